"""What the cloud writes for people has words in both languages of the web app."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.access.types import PassChange
from cloud.kernel.language import Language, Text
from cloud.sites import alarm_words
from cloud.sites.types import AlarmKind
from protocols.records import DeviceReason
from tests.contract.audit_keys import acts

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "cloud/web/src/shared/i18n"
_PASS_ACTS = {
    PassChange.REQUESTED,
    PassChange.ISSUED,
    PassChange.APPROVED,
    PassChange.EDITED,
    PassChange.REFUSED,
    PassChange.REVOKED,
}  # the rest is told by boxes, not done by people
_VARIABLE = {
    "pass.": {f"pass.{change.value}" for change in _PASS_ACTS},
    "sites..change": {"sites.site.change"},
}
_COMPARING = {"sites..change": {f"sites.{kind}.change" for kind in ("site", "box", "point")}}


def section(language: Language, file: str, name: str, part: str) -> set[str]:
    """The keys of a part of a catalogue's section."""
    return set(re.findall(r"^    (\w+):", _lines(language, file, name, part), re.M))


def _lines(language: Language, file: str, name: str, part: str) -> str:
    text = (WORDS / language.value / f"{file}.ts").read_text()
    body = text.split(f"export const {name} =")[1].split("\nexport const")[0]
    found = re.search(rf"\n  {part}: \{{\n(.*?)\n  \}},", body, re.S)
    assert found is not None, f"{language}: {name}.{part}"
    return found[1]


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
def test_every_detail_of_the_audit_trail_has_words_and_no_words_are_dead(language: Language) -> None:
    found = list(acts())
    assert len(found) > 40
    assert set().union(*(act.keys for act in found)) == section(language, "admin", "audit", "detail")


def test_the_page_knows_which_acts_tell_old_and_new() -> None:
    comparing = {name for act in acts() if act.compares for name in _COMPARING.get(act.action, {act.action})}
    shown = (ROOT / "cloud/web/src/features/audit/details.ts").read_text()
    listed = shown.split("COMPARING")[1].split("]);")[0]
    assert set(re.findall(r'"([\w.]+)"', listed)) == comparing


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_of_a_device_has_words(language: Language) -> None:
    assert {reason.value for reason in DeviceReason} == section(language, "sites", "sites", "deviceReason")


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_of_alarm_has_words(language: Language) -> None:
    kinds = {kind.value for kind in AlarmKind}
    assert kinds <= section(language, "alarms", "alarms", "kind")
    assert kinds <= section(language, "alarms", "alarms", "hint")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("part", "known"), [("kind", alarm_words.KINDS), ("given", alarm_words.GIVEN_UP)])
def test_alarms_are_searched_by_the_words_that_the_page_shows(
    language: Language, part: str, known: dict[str, Text]
) -> None:
    shown = re.findall(r'^    (\w+): "(.*)",$', _lines(language, "alarms", "alarms", part), re.M)
    searched = {name: text.in_language(language, count="{{count}}") for name, text in known.items()}
    assert searched == dict(shown)
