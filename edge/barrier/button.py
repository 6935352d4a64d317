"""An exit button that is pressed all the time, or more often than people press. Pure; times are monotonic nanoseconds.

It goes on letting out: whoever leaves must not be kept in by a contact that is worn.
"""

from dataclasses import dataclass, replace

from edge.barrier.state import NS_PER_S

JAMMED_NS = (
    30 * NS_PER_S
)  # nobody leans on it for so long to get out: a door is open for seconds after a press
# Whoever follows goes through the open door: people in a row press less often than once in two seconds, for minutes
# on end; a loose contact that is looked at ten times a second shows two or three presses a second.
PRESSES_MAX, WITHIN_NS = 30, 60 * NS_PER_S
QUIET_NS = 60 * NS_PER_S  # seen at rest for so long it is well again: a worn contact chatters in bouts


@dataclass(frozen=True, slots=True)
class Button:
    """What must be remembered. `wrong`: why it is not to be trusted; empty: it is well; None: nobody knows yet."""

    pressed: bool | None = None  # None: it was not seen
    since_ns: int = 0  # when it was pressed, or when it was last not seen at rest
    presses: tuple[int, ...] = ()  # the last ones
    wrong: str | None = None


def see(button: Button, pressed: bool | None, now_ns: int) -> Button:
    """It was looked at; `pressed` None: in vain, and then nobody knows what it did meanwhile."""
    if pressed is None:
        return replace(button, pressed=None, since_ns=now_ns)
    presses = button.presses
    if pressed and button.pressed is False:
        presses = (*presses, now_ns)[-PRESSES_MAX:]
    since_ns = now_ns if pressed is not button.pressed else button.since_ns
    seen = replace(button, pressed=pressed, since_ns=since_ns, presses=presses)
    return replace(seen, wrong=_wrong(seen, now_ns))


def _wrong(button: Button, now_ns: int) -> str | None:
    presses, lasts_ns = button.presses, now_ns - button.since_ns
    if button.pressed and lasts_ns >= JAMMED_NS:
        return button.wrong or f"pressed for {JAMMED_NS // NS_PER_S} s"
    is_often = len(presses) == PRESSES_MAX and presses[-1] - presses[0] <= WITHIN_NS
    if is_often and now_ns - presses[-1] < QUIET_NS:
        return button.wrong or f"pressed {PRESSES_MAX} times within {WITHIN_NS // NS_PER_S} s"
    if not button.pressed and lasts_ns >= QUIET_NS:
        return ""
    return button.wrong
