"""A box of cards at once: each line is judged by itself, and one way of reading holds for the whole list."""

from pathlib import Path

from cloud.access import service
from cloud.access.recognition import ways_to_read
from cloud.access.types import StockList
from cloud.kernel.database import trial
from cloud.kernel.language import Language
from tests.cloud.access.test_access import Gate, gate
from tests.cloud.access.test_cards import EM, SAME_AS_EM, add, shown
from tests.cloud.serving import served
from tests.support.postgres import Database

__all__ = ["gate"]


def brought(gate: Gate, *cards: tuple[str, str], read_as: str | None = None) -> list[str]:
    """What is wrong with each line; the key of the card where nothing is."""
    lines = [{"text": text, "label": label} for text, label in cards]
    with gate.company.work() as (session, actor):
        verdicts = service.import_cards(
            session, actor, StockList.model_validate({"cards": lines, "read_as": read_as})
        )
        return [
            verdict.made.key if verdict.made is not None else " ".join(each.code for each in verdict.faults)
            for verdict in verdicts
        ]


def test_each_line_is_judged_by_itself(gate: Gate) -> None:
    add(gate, "0001202404")
    told = brought(
        gate,
        ("018,23011", "Брелок 17"),
        ("0001202404", ""),
        ("брелок", ""),
        ("", "Брелок 18"),
        ("0001202405", "н" * 1000),
        ("018,23011", "он же"),
        ("04A2B3C4D5E680", "две\nстроки"),
        ("0001202406", "последняя"),
    )
    assert told == [
        *(
            "W26:18:23011",
            "card_known",
            "card_unreadable",
            "string_too_short",
            "string_too_long",
            "row_twice",
        ),
        *("control_characters", "EM:001258E6"),
    ]
    assert [(number, state) for number, state, _ in shown(gate, sort="card")] == [
        ("0001202404", "stock"),
        ("0001202406", "stock"),
        ("018,23011", "stock"),
    ]


def test_the_same_card_in_another_form_is_known(gate: Gate) -> None:
    assert brought(gate, (EM, ""), (SAME_AS_EM[0], ""), (SAME_AS_EM[2], "")) == [
        "EM:001259E3",
        "row_twice",
        "row_twice",
    ]
    assert brought(gate, (SAME_AS_EM[1], "")) == ["card_known"]
    assert len(shown(gate)) == 1


def test_one_fob_in_two_printed_forms_is_twice_in_the_list(gate: Gate) -> None:
    whole, short = ("0001222222", ""), ("018,42574", "")
    for lines in ([whole, short], [short, whole]):
        with gate.company.work() as (session, actor):
            cards = [{"text": text, "label": label} for text, label in lines]
            with trial(session):
                _, second = service.import_cards(session, actor, StockList.model_validate({"cards": cards}))
        (fault,) = second.faults
        assert fault.text.in_language(Language.RU, **fault.data) == "Та же карта, что в строке 1."
    assert brought(gate, whole, short) == ["EM:0012A64E", "row_twice"]


def test_forms_are_compared_as_in_the_register(gate: Gate) -> None:
    fob, alike, short = ("0001222222", ""), ("0017999438", ""), ("018,42574", "")
    assert brought(gate, fob, short, alike, short) == [
        "EM:0012A64E",
        "row_twice",
        "EM:0112A64E",  # not the same as the second line, which is the first
        "card_several",
    ]
    assert brought(gate, ("W26:1:7", ""), ("W26:2:7", ""), ("N:7", "")) == [
        "W26:1:7",
        "W26:2:7",
        "card_several",
    ]


def test_a_number_with_several_readings_is_asked_about_and_read_as_the_list_says(gate: Gate) -> None:
    number = "04A2B3C4"
    assert list(ways_to_read(number)) == ["EM4100", "UID4", "UID4_REVERSED"]
    lines = [(number, "белая"), (EM, ""), ("0410B3C4", "")]
    assert brought(gate, *lines) == ["card_ambiguous", "EM:001259E3", "card_ambiguous"]
    assert brought(gate, *lines, read_as="UID4_REVERSED") == ["UID:C4B3A204", "card_known", "UID:C4B31004"]
    assert brought(gate, ("04A2B3C5", ""), read_as="C1K35") == ["card_ambiguous"], "not one of its readings"


def test_it_is_tried_and_then_done_over_http(database: Database, tmp_path: Path) -> None:
    body = {"cards": [{"text": "04A2B3C4", "label": "Брелок 1"}, {"text": EM}]}
    with served(database, tmp_path) as running:
        boss = running.operator()
        [trial, done, again] = [
            boss.call("POST", f"/api/access/cards/import?dry_run={dry}", body).json()
            for dry in ("true", "false", "false")
        ]
        chosen = boss.call("POST", "/api/access/cards/import", body | {"read_as": "EM4100"}).json()
        listed = boss.get("/api/access/cards?sort=card").json()["items"]
        audit = boss.get("/api/audit").json()["items"]
        guard = running.colleague(boss, "manager@example.org", ["guard"])
        assert guard.call("POST", "/api/access/cards/import", body).status_code == 403
    assert trial["choices"] == ["EM4100", "UID4", "UID4_REVERSED"]
    assert [row["card_id"] for row in trial["rows"]] == [None, None]
    assert [(each["added"], each["faulty"]) for each in (trial, done, again, chosen)] == [
        (1, 1),
        (1, 1),
        (0, 2),
        (1, 1),
    ]
    assert done["rows"][1]["key"] == "EM:001259E3"
    assert done["rows"][0]["faults"][0]["column"] == "text"
    assert "can be read in several ways" in done["rows"][0]["faults"][0]["message"], "as the request wants it"
    assert [(card["printed"], card["label"]) for card in listed] == [(EM, ""), ("04A2B3C4", "Брелок 1")]
    assert [each["action"] for each in audit].count("card.import") == 3, "a trial is no act"
