"""Reads off the cloud's code what the audit trail may hold: the names of details, by the act that writes them.

Only what is said plainly can be read: an act whose details are built otherwise raises Unclear, and needs a line in
`BY_HAND`.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from cloud.access.types import PointPolicyDraft, PolicyDraft
from cloud.organisations.companies import CompanyDraft
from protocols.privacy import KeptKind

ROOT = Path(__file__).parents[2]
BY_HAND: dict[str, set[str]] = {
    "access.point_policy.change": set(PointPolicyDraft.model_fields),
    "access.policy.change": set(PolicyDraft.model_fields),
    "organisations.company.change": {field.name for field in fields(CompanyDraft)},
    "organisations.staff.change": {"roles", "state"},
    "privacy.retention.change": {f"kept_{kind}" for kind in KeptKind},
}
_DIFFERENCE = "difference"
_PASSED_ON = {"without_secrets", "dict", _DIFFERENCE}


class Unclear(AssertionError):
    """The details of an act cannot be read off the code."""


@dataclass(frozen=True)
class Act:
    """One call of `audit.record`. `compares`: its details are pairs of old and new."""

    action: str
    keys: frozenset[str]
    compares: bool


def acts() -> Iterator[Act]:
    """Every act of the cloud's code; an action's variable parts are left out ("sites..change")."""
    for file in sorted((ROOT / "cloud").rglob("*.py")):
        yield from _Module(file).acts()


class _Module:
    def __init__(self, file: Path) -> None:
        self._tree = ast.parse(file.read_text())
        self._name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        functions = (node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef))
        self._functions = {node.name: node for node in functions}

    def acts(self) -> Iterator[Act]:
        for function in self._functions.values():
            for call in _calls(function, "record"):
                if len(call.args) < 5 or self._name == "cloud.kernel.audit":
                    continue
                action = _written(call.args[2])
                details = call.args[5] if len(call.args) > 5 else None
                keys = BY_HAND.get(action)
                if keys is None:
                    keys = self._keys(details, function) if details is not None else set()
                yield Act(action, frozenset(keys), self._compares(details, function))

    def _compares(self, details: ast.expr | None, function: ast.FunctionDef) -> bool:
        if isinstance(details, ast.Name):
            return any(self._compares(value, function) for value in _assigned(function, details.id))
        return details is not None and bool(list(_calls(details, _DIFFERENCE)))

    def _keys(self, value: ast.expr, function: ast.FunctionDef) -> set[str]:
        match value:
            case ast.Dict(keys=names, values=values):
                return self._of_literal(names, values, function)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._keys(left, function) | self._keys(right, function)
            case ast.DictComp(generators=[ast.comprehension(iter=source)]):
                return self._keys(source, function)
            case ast.Name(id=name):
                return self._of_name(name, function)
            case ast.Call():
                return self._of_call(value, function)
        raise Unclear(f"{self._name}.{function.name}: {ast.unparse(value)}")

    def _of_literal(
        self, names: list[ast.expr | None], values: list[ast.expr], function: ast.FunctionDef
    ) -> set[str]:
        found: set[str] = set()
        for name, value in zip(names, values, strict=True):
            if isinstance(name, ast.Constant):
                found.add(str(name.value))
            elif name is None:
                found |= self._keys(value, function)
            if isinstance(value, ast.Dict):
                found |= self._keys(value, function)
        return found

    def _of_name(self, name: str, function: ast.FunctionDef) -> set[str]:
        assigned = _assigned(function, name)
        if assigned:
            return set().union(*(self._keys(value, function) for value in assigned))
        if function.args.kwarg is not None and function.args.kwarg.arg == name:
            return self._of_keywords(function)
        position = [argument.arg for argument in function.args.args].index(name)
        found: set[str] = set()
        for caller in self._functions.values():
            for call in _calls(caller, function.name):
                found |= self._keys(call.args[position], caller)
        return found

    def _of_keywords(self, function: ast.FunctionDef) -> set[str]:
        """What callers anywhere give beyond the parameters that have names."""
        named = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        trees = (ast.parse(file.read_text()) for file in (ROOT / "cloud").rglob("*.py"))
        calls = (call for tree in trees for call in _calls(tree, function.name))
        return {str(keyword.arg) for call in calls for keyword in call.keywords} - named

    def _of_call(self, call: ast.Call, function: ast.FunctionDef) -> set[str]:
        name = _called(call)
        if name == "model_dump" and isinstance(call.func, ast.Attribute):
            return _fields_of(self._model(call.func.value, function))
        if name == "items" and isinstance(call.func, ast.Attribute):
            return self._keys(call.func.value, function)
        if name in _PASSED_ON:
            return set().union(*(self._keys(argument, function) for argument in call.args))
        if name in self._functions:
            made = self._functions[name]
            returns = [node.value for node in ast.walk(made) if isinstance(node, ast.Return) and node.value]
            return set().union(*(self._keys(value, made) for value in returns))
        raise Unclear(f"{self._name}.{function.name}: {ast.unparse(call)}")

    def _model(self, value: ast.expr, function: ast.FunctionDef) -> Any:
        annotations = {argument.arg: argument.annotation for argument in function.args.args}
        annotation = annotations.get(value.id) if isinstance(value, ast.Name) else None
        if isinstance(value, ast.Call):  # a draft made on the spot
            annotation = value.func
            if isinstance(annotation, ast.Attribute) and annotation.attr == "model_construct":
                annotation = annotation.value
        if not isinstance(annotation, ast.Name):
            raise Unclear(f"{self._name}.{function.name}: {ast.unparse(value)}")
        return getattr(importlib.import_module(self._name), annotation.id)


def _written(action: ast.expr) -> str:
    if isinstance(action, ast.JoinedStr):
        return "".join(str(part.value) for part in action.values if isinstance(part, ast.Constant))
    return str(action.value) if isinstance(action, ast.Constant) else ""


def _calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call) and _called(each) == name)


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _assigned(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]


def _fields_of(model: Any) -> set[str]:
    """The fields of a draft and of the drafts within it."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(name)
        for inner in _models(field.annotation):
            found |= _fields_of(inner)
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
