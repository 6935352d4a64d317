"""A thread that looks for tags at one reader.

Only the tag's own announcement is used, not nfcpy's tag classes: a Mifare Classic, which nfcpy does not know, has a UID
like any other.
"""

import logging

import nfc
from nfc.clf import CommunicationError, RemoteTarget

from edge.drivers.base import MonotonicNs
from edge.drivers.watched import GoneError, OnCard, OnState, Watcher, card_of

PAUSE_S = 0.1  # between two looks
GONE_NS = 300_000_000  # a tag that was not seen for so long was taken away
AGAIN_S = 2.0  # between tries while there is no reader
# What a garbled answer breaks in nfcpy: it is no tag.
_NOISE = (CommunicationError, ValueError, LookupError, TypeError)

logging.getLogger("nfc").setLevel(logging.CRITICAL)  # it tells each try that fails


class NfcWatcher(Watcher):
    """Takes the reader at this path."""

    def __init__(
        self, path: str, *, reverse: bool, now_ns: MonotonicNs, on_card: OnCard, on_state: OnState
    ) -> None:
        super().__init__(f"nfc {path}", again_s=AGAIN_S, on_card=on_card, on_state=on_state)
        self._path = path
        self._reverse = reverse
        self._now_ns = now_ns

    def watch(self) -> None:
        """See Watcher."""
        try:
            frontend = nfc.ContactlessFrontend(self._path)
            try:
                self._follow(frontend)
            finally:
                frontend.close()
        except OSError as error:
            raise GoneError(f"{self._path}: {error}") from error

    def _follow(self, frontend: nfc.ContactlessFrontend) -> None:
        """A tag is told once for as long as it lies there."""
        shown, seen_ns, told = b"", 0, False
        while not self._stopping.is_set():
            uid, now_ns = _uid(frontend), self._now_ns()
            if not told:  # a reader that can be opened and not used is none
                self._on_state(True, str(frontend.device))
                told = True
            if uid and uid != shown:
                self._on_card(card_of(uid, reverse=self._reverse))
            if uid or now_ns - seen_ns > GONE_NS:
                shown, seen_ns = uid, now_ns
            self._stopping.wait(PAUSE_S)


def _uid(frontend: nfc.ContactlessFrontend) -> bytes:
    """Of the tag that lies there; empty when there is none. Raises OSError."""
    try:
        target = frontend.sense(RemoteTarget("106A"))
    except _NOISE:
        return b""
    if target is None:
        return b""
    if target.rid_res:  # type 1: its answer to RID has no anticollision before it
        return bytes(target.rid_res[2:6])
    return bytes(target.sdd_res or b"")
