"""What the cloud writes for people has words in both languages of the web app."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.access.types import PassChange
from cloud.kernel.language import Language
from cloud.sites.types import AlarmKind

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "cloud/web/src/shared/i18n"
_PASS_ACTS = {
    PassChange.ISSUED,
    PassChange.EDITED,
    PassChange.REVOKED,
}  # the rest is told by boxes, not done by people
_VARIABLE = {
    "pass.": {f"pass.{change.value}" for change in _PASS_ACTS},
    "sites..change": {"sites.site.change"},
}


def section(language: Language, file: str, name: str, part: str) -> set[str]:
    """The keys of a part of a catalogue's section."""
    text = (WORDS / language.value / f"{file}.ts").read_text()
    body = text.split(f"export const {name} =")[1].split("\nexport const")[0]
    found = re.search(rf"\n  {part}: \{{\n(.*?)\n  \}},", body, re.S)
    assert found is not None, f"{language}: {name}.{part}"
    return set(re.findall(r"^    (\w+):", found[1], re.M))


def written_actions() -> Iterator[str]:
    """Every action of the audit trail that the cloud's code names."""
    for file in (ROOT / "cloud").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _is_record(node.func) and len(node.args) > 2:
                yield from _actions(node.args[2])


def _is_record(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) == "record"


def _actions(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.JoinedStr):
        fixed = "".join(str(part.value) for part in argument.values if isinstance(part, ast.Constant))
        yield from _VARIABLE[fixed]


@pytest.mark.parametrize("language", list(Language))
def test_every_act_of_the_audit_trail_has_words(language: Language) -> None:
    actions = set(written_actions())
    assert len(actions) > 30
    kinds, verbs = section(language, "admin", "audit", "kind"), section(language, "admin", "audit", "verb")
    shown = (ROOT / "cloud/web/src/features/audit/actions.ts").read_text()
    for action in sorted(actions):
        kind, verb = action.split(".")[-2:]
        assert kind in kinds, action
        assert verb in verbs, action
        assert f'"{kind}"' in shown, action
        assert f'"{verb}"' in shown, action


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_of_alarm_has_words(language: Language) -> None:
    kinds = {kind.value for kind in AlarmKind}
    assert kinds <= section(language, "alarms", "alarms", "kind")
    assert kinds <= section(language, "alarms", "alarms", "hint")
