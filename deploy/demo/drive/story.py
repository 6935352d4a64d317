"""The story, step by step: what issue, passage, revocation, cut line and bad input look like from outside."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from deploy.demo.drive.gate import Gate, expect, wait
from deploy.demo.drive.stranger import Stranger
from deploy.demo.drive.timeline import Step, StepFailed
from deploy.demo.drive.world import World
from deploy.demo.seed import now
from deploy.demo.servers.proxy import Line

GUEST_PLATE_TYPED, GUEST_PLATE = "Х 711 ТТ 90", "X711TT90"
CARD_TYPED, CARD = "018,23011", (18, 23011)
RESIDENT_PLATES = ("T254MK72", "B917OP72")
ROUNDS = 20
CARS_IN_THE_CUT = 6
Telling = tuple[str, Callable[[World, Step], None]]


def story() -> Iterator[Telling]:
    """Titles and what to do."""
    yield "A company, a settlement and a tower exist", lay_the_ground
    yield "An edge box is enrolled from scratch with a one-time code", enrol_box
    yield "A dispatcher signs in and opens the live stream", sign_in
    yield f"She issues a one-day, one-entry pass for the car typed as «{GUEST_PLATE_TYPED}»", issue_plate
    yield f"and a card pass by an EM-Marine number in its 3.5 form, {CARD_TYPED}", issue_card
    yield "The car comes: plate, decision, coil on and off, on the stream and in the table", car_comes
    yield "Its photograph arrives", photograph_arrives
    yield "The second visit of a one-entry pass is refused, with the reason", second_visit
    yield "The card opens", card_opens
    yield "The card is revoked: it is refused", card_revoked
    yield f"Residents come and go, {ROUNDS} times, each measured", residents_come
    yield "The line to the cloud is cut: passes still work", line_cut
    yield "The line is mended: every passage arrives once", line_mended
    yield "The meter's readings are the simulator's registers, exactly", meters_agree
    yield "An unknown plate is refused", unknown_plate
    yield "An expired pass is refused", expired_pass
    yield "A blacklisted guest is refused, at the desk and at the gate", blacklisted
    yield "A malformed message and an oversize one harm nobody", bad_messages


def guest(holder: str, **more: Any) -> dict[str, Any]:
    """A guest's pass for a day."""
    ends = now() + timedelta(days=1)
    return {"kind": "guest", "holder": holder, "valid_until": ends.isoformat(), **more}


def lay_the_ground(world: World, step: Step) -> None:
    world.seed_housing()
    step.note(f"{len(world.seeder.premises)} premises, {len(world.seeder.people)} residents")


def enrol_box(world: World, step: Step) -> None:
    world.enrol_gate()
    step.note(f"box {world.gate_site.box}")


def sign_in(world: World, _step: Step) -> None:
    world.sign_in_dispatcher()


def issue_plate(world: World, step: Step) -> None:
    made = world.gate.issue(guest("Баклушин Иван", plates=[GUEST_PLATE_TYPED], entries=1))
    if made["plates"] != [GUEST_PLATE]:
        raise StepFailed(f"typed {GUEST_PLATE_TYPED}, understood {made['plates']}")
    world.passes["guest"] = made["id"]
    step.note(f"pass № {made['number']}, understood as {made['plates'][0]}")


def issue_card(world: World, step: Step) -> None:
    made = world.gate.issue(guest("Клининг", cards=[{"text": CARD_TYPED}]))
    world.passes["card"] = made["id"]
    step.note(f"pass № {made['number']}, keys {made['cards'][0]['keys']}")


def car_comes(world: World, step: Step) -> None:
    passage = world.gate.car("entry-camera", GUEST_PLATE)
    expect(passage, "granted", "granted")
    if passage["pass_id"] != world.passes["guest"]:
        raise StepFailed(f"granted by another pass: {passage['pass_id']}")
    world.passages["guest"] = passage["id"]
    row = world.gate.passages(pass_id=world.passes["guest"])
    if [line["id"] for line in row] != [passage["id"]]:
        raise StepFailed(f"the table has {len(row)} passages of this pass")
    step.note(f"decided in {passage['decision_us']} µs, coil after {passage['latency_us']} µs")


def photograph_arrives(world: World, step: Step) -> None:
    picture = world.gate.wait_still(world.passages["guest"])
    if not picture.startswith(b"\xff\xd8"):
        raise StepFailed("what arrived is no JPEG")
    step.note(f"{len(picture)} bytes")


def second_visit(world: World, _step: Step) -> None:
    world.pause_between_reads()
    expect(world.gate.car("entry-camera", GUEST_PLATE), "denied", "no_entries_left")


def card_opens(world: World, _step: Step) -> None:
    expect(world.gate.card("entry-reader", *CARD), "granted", "granted")


def card_revoked(world: World, _step: Step) -> None:
    world.gate.revoke(world.passes["card"], "Договор расторгнут")
    world.pause_between_reads()
    expect(world.gate.card("entry-reader", *CARD), "denied", "revoked")


def residents_come(world: World, step: Step) -> None:
    for plate in RESIDENT_PLATES:
        world.gate.issue({"kind": "resident", "plates": [plate], "holder": "Житель"})
    for number in range(ROUNDS):
        expect(world.gate.car("entry-camera", RESIDENT_PLATES[number % 2]), "granted", "granted")
        issue_and_forget(world.gate, number)
    step.note(f"{ROUNDS} passages, {ROUNDS} passes issued meanwhile")


def issue_and_forget(gate: Gate, number: int) -> None:
    """One more pass, for the percentiles of issue → held."""
    gate.issue(guest(f"Гость {number}", plates=[f"A{100 + number}BC72"]))


def line_cut(world: World, step: Step) -> None:
    world.before_cut = {row["id"] for row in world.gate.passages()}
    world.set_line(Line.CUT)
    entry = world.simulators.last_entry()
    for number in range(CARS_IN_THE_CUT):
        world.simulators.car("entry-camera", RESIDENT_PLATES[number % 2])
        world.gate.wait_pulse(entry)
        entry = world.simulators.last_entry()
    if {row["id"] for row in world.gate.passages()} != world.before_cut:
        raise StepFailed("passages arrived through a line that is cut")
    # A passage and what the barrier did, each; the last is written down when its pulse is over.
    wait(
        lambda: world.backlog() >= 2 * CARS_IN_THE_CUT,
        60,
        "the cars that passed are not in the box's journal",
    )
    step.note(
        f"{CARS_IN_THE_CUT} cars passed, the cloud saw none; {world.backlog()} events wait in the box's journal"
    )


def line_mended(world: World, step: Step) -> None:
    world.set_line(Line.OPEN)

    def new() -> list[dict[str, Any]]:
        return [row for row in world.gate.passages() if row["id"] not in world.before_cut]

    wait(lambda: len(new()) >= CARS_IN_THE_CUT, 90, "the passages of the cut did not arrive")
    world.gate.wait_held()
    if len(new()) != CARS_IN_THE_CUT:
        raise StepFailed(f"{CARS_IN_THE_CUT} cars passed, {len(new())} passages arrived")
    step.note(f"{CARS_IN_THE_CUT} of {CARS_IN_THE_CUT}, each once")


def meters_agree(world: World, step: Step) -> None:
    step.note(world.compare_meter())


def unknown_plate(world: World, _step: Step) -> None:
    expect(world.gate.car("entry-camera", "O777OO77"), "denied", "unknown_plate")


def expired_pass(world: World, _step: Step) -> None:
    ends = now() + timedelta(seconds=8)
    world.gate.issue(guest("Опоздавший", plates=["M404MM72"], valid_until=ends.isoformat()))
    wait(lambda: now() > ends, 60, "time stands still")
    expect(world.gate.car("entry-camera", "M404MM72"), "denied", "expired")


def blacklisted(world: World, step: Step) -> None:
    plate = "E666KX72"
    world.gate.issue(guest("Сидоров Сидор", plates=[plate]))
    world.gate.block(plate, "Драка")
    expect(world.gate.car("entry-camera", plate), "denied", "blacklisted")
    again = guest("Сидоров Сидор", plates=[plate], site_id=world.gate_site.site)
    refusal = world.refusal("/api/access/passes", again)
    if refusal.code != "blacklisted":
        raise StepFailed(f"the desk refused with {refusal.code!r}: {refusal}")
    step.note(f"at the desk: {refusal.problem.get('detail') or refusal.problem.get('title')}")


def bad_messages(world: World, step: Step) -> None:
    identity = world.enrol_stranger()
    with Stranger(identity, world.stack.broker.port) as stranger:
        stranger.send_malformed()

        def set_aside() -> list[str]:
            return [f"{row['reason']}: {row['detail']}" for row in world.quarantine(identity["box"])]

        wait(lambda: len(set_aside()) == 2, 60, "the malformed messages are not both in quarantine")
        step.note(f"malformed: set aside, {'; '.join(set_aside())}")
        wait(lambda: world.unknown_types(identity["box"]) == 1, 60, "the unknown message was not counted")
        step.note("of a type that nobody knows yet: counted")
        if not stranger.send_oversize():
            raise StepFailed("the broker took an oversize message")
        step.note("oversize: the broker closed the connection")
    expect(world.gate.car("entry-camera", RESIDENT_PLATES[0]), "granted", "granted")
    step.note("the next car passes, and its passage arrives")
