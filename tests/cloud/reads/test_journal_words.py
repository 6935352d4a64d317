"""Orders and configurations of the journal in words: who, where, why, what came of it, what changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloud.kernel.language import Language
from cloud.reads.journal_words import told
from protocols import acts, records
from protocols.acts import ManualReason, Verdict
from protocols.fields import Direction
from protocols.messages import CommandKind, OrderedBy
from protocols.records import (
    BarrierCause,
    BarrierPosition,
    CommandOutcome,
    CommandResult,
    ConfigAct,
    ConfigApplied,
    ConfigChange,
    encode,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POINT, METER = uuid4(), uuid4()
NAMES = {str(POINT): "Шлагбаум въезда", str(METER): "Счётчик подвала"}


def answer(outcome: CommandOutcome = CommandOutcome.DONE, **changes: Any) -> CommandResult:
    fields: dict[str, Any] = {
        "action": CommandKind.OPEN.value,
        "point": POINT,
        "person": "Иванова М. П.",
        "person_id": uuid4(),
        "person_kind": OrderedBy.DISPATCHER.value,
        "why": "курьер",
        "ordered_at": NOON,
        "expires_at": NOON + timedelta(seconds=10),
    }
    fields |= changes
    return CommandResult(id=uuid4(), at=NOON, command=uuid4(), outcome=outcome, **fields)


def said(event: records.AnyEvent, language: Language = Language.RU) -> tuple[str, str, str]:
    row = told(encode(event), NAMES, language, lambda at: at[11:19])
    return row.what, row.where, row.details


def test_a_remote_opening_says_where_who_why_and_when() -> None:
    assert said(answer()) == (
        "Открыто удалённо",
        "Шлагбаум въезда",
        "сотрудник Иванова М. П. · причина: курьер · приказ от 12:00:00",
    )
    assert said(answer(), Language.EN) == (
        "Opened remotely",
        "Шлагбаум въезда",
        "staff: Иванова М. П. · reason: курьер · ordered at 12:00:00",
    )


def test_one_that_came_late_or_was_refused_says_that_nothing_was_done() -> None:
    late = answer(CommandOutcome.EXPIRED, reason="expired", detail="expired at 2026-11-22T12:00:10+00:00")
    what, where, details = said(late)
    assert (what, where) == ("Не открыто удалённо", "Шлагбаум въезда")
    assert details.startswith("опоздало, ничего не сделано · сотрудник Иванова М. П. · причина: курьер")
    refused = answer(CommandOutcome.REFUSED, reason="clock_unknown", person_kind=OrderedBy.RESIDENT.value)
    assert said(refused)[2].startswith(
        "контроллер отказал · часы контроллера не сверены · житель Иванова М. П."
    )


def test_a_guard_s_reason_at_the_cloud_s_page_is_told_in_words() -> None:
    guard = OrderedBy.GUARD.value
    assert (
        "охранник Иванова М. П. · причина: скорая помощь"
        in said(answer(person_kind=guard, why="open ambulance"))[2]
    )
    assert "причина: подтверждено ·" in said(answer(person_kind=guard, why="confirm"))[2]
    assert "причина: open the gate" in said(answer(why="open the gate"))[2]  # a dispatcher's own words


def test_other_orders_have_their_own_words() -> None:
    hold = answer(action=CommandKind.HOLD.value, until=NOON + timedelta(hours=6))
    assert said(hold)[0] == "Удержание открытым включено удалённо"
    assert said(hold)[2].startswith("до 18:00:00 · сотрудник Иванова М. П.")
    read = answer(action=CommandKind.READ_NOW.value, point=None, target=METER)
    assert said(read)[2].startswith("Счётчик подвала · сотрудник")


@pytest.mark.parametrize("kind", CommandKind)
def test_every_order_has_words(kind: CommandKind) -> None:
    titles = {said(answer(outcome, action=kind.value))[0] for outcome in CommandOutcome}
    assert len(titles) == 2
    assert "Команда" not in titles


def test_an_answer_of_an_older_box_is_told_as_before() -> None:
    old = CommandResult(
        id=uuid4(), at=NOON, command=uuid4(), outcome=CommandOutcome.DONE, detail="coil written"
    )
    assert said(old) == ("Команда", "", "сделано · coil written")


def test_a_configuration_says_who_sent_it_and_what_changed() -> None:
    event = ConfigApplied(
        id=uuid4(),
        at=NOON,
        version=8,
        applied=True,
        person="Иванова М. П.",
        changes=[
            ConfigChange(section="box", act=ConfigAct.CHANGED, settings=["time_zone"]),
            ConfigChange(
                section="points",
                act=ConfigAct.CHANGED,
                id=POINT,
                name="Въезд",
                settings=["barrier.pulse_ms", "barrier.loop", "unheard_of"],
            ),
            ConfigChange(
                section="devices",
                act=ConfigAct.CHANGED,
                id=uuid4(),
                name="Камера",
                driver="onvif_camera",
                settings=["host"],
            ),
            ConfigChange(section="meters", act=ConfigAct.ADDED, id=METER, name="eastron_sdm120, 1"),
            ConfigChange(
                section="devices", act=ConfigAct.REMOVED, id=uuid4(), name="Реле", driver="modbus_relay"
            ),
        ],
        untold=3,
    )
    what, _, details = said(event)
    assert what == "Настройка"
    assert details.split(" · ") == [
        "версия 8 принята",
        "отправил(а) Иванова М. П.",
        "изменено: сам контроллер (Часовой пояс)",
        "изменено: точка «Въезд» (Импульс, Петля, unheard_of)",
        "изменено: устройство «Камера» (Адрес в сети)",
        "добавлено: счётчик «Счётчик подвала»",
        "удалено: устройство «Реле»",
        "и ещё изменений: 3",
    ]
    refused = ConfigApplied(id=uuid4(), at=NOON, version=9, applied=False, errors=["devices.0: required"])
    assert said(refused)[2] == "версия 9 отвергнута · devices.0: required"


def test_a_guard_s_opening_against_the_blacklist_says_why() -> None:
    event = acts.GateDecision(
        id=uuid4(),
        at=NOON,
        guard=UUID(int=7),
        point=POINT,
        direction=Direction.IN,
        verdict=Verdict.OPEN,
        reason=ManualReason.AMBULANCE,
        blacklisted=True,
    )
    row = told(encode(event), NAMES | {str(UUID(int=7)): "Пётр Ильич"}, Language.RU)
    assert row.details == "въезд · открыто · вопреки чёрному списку · скорая помощь · Пётр Ильич"


def test_a_hold_and_an_alarm_are_told_in_words() -> None:
    hold = records.PointHold(
        id=uuid4(), at=NOON, hold=uuid4(), point=POINT, until=NOON, person="Иванова М. П.", reason="переезд"
    )
    assert said(hold)[2] == "включено · до 12:00:00 · Иванова М. П. · переезд"
    fire = records.Alarm(id=uuid4(), at=NOON, alarm=uuid4(), kind="fire", raised=True)
    assert said(fire)[2] == "поднята · Пожарная тревога"


@pytest.mark.parametrize("cause", BarrierCause)
def test_what_moved_a_barrier_is_told_in_words(cause: BarrierCause) -> None:
    event = records.BarrierState(id=uuid4(), at=NOON, point=POINT, position=BarrierPosition.OPEN, cause=cause)
    _, _, moved = said(event)
    assert moved.startswith("открыто · ")
    assert cause.value not in moved


@pytest.mark.parametrize(
    "record",
    [
        b'{"type":"command_result","outcome":{},"person":[],"why":7,"until":{},"action":[],"person_kind":{}}',
        b'{"type":"config_applied","changes":7,"errors":{},"person":[1]}',
        b'{"type":"config_applied","changes":[1,{"section":[],"act":{},"settings":[{}],"id":[]}]}',
    ],
)
def test_whatever_a_box_wrote_can_be_told(record: bytes) -> None:
    assert told(record, NAMES, Language.RU) is not None
