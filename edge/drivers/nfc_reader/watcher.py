"""A thread that looks for tags at one reader. It calls `on_card` and `on_state` in its own thread.

Only the tag's own announcement is used, not nfcpy's tag classes: a Mifare Classic, which nfcpy does not know, has a UID
like any other.
"""

import logging
import threading
from collections.abc import Callable

import nfc
from nfc.clf import CommunicationError, RemoteTarget

from edge.drivers.base import MonotonicNs

PAUSE_S = 0.1  # between two looks
GONE_NS = 300_000_000  # a tag that was not seen for so long was taken away
AGAIN_S = 2.0  # between tries while there is no reader
# What a garbled answer breaks in nfcpy: it is no tag.
_NOISE = (CommunicationError, ValueError, LookupError, TypeError)

OnCard = Callable[[bytes], None]
OnState = Callable[[bool, str], None]

logging.getLogger("nfc").setLevel(logging.CRITICAL)  # it tells each try that fails


class Watcher:
    """Runs between `start` and `stop`."""

    def __init__(self, path: str, *, now_ns: MonotonicNs, on_card: OnCard, on_state: OnState) -> None:
        self._path = path
        self._now_ns = now_ns
        self._on_card = on_card
        self._on_state = on_state
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"nfc {path}", daemon=True)

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; takes as long as one look, up to a second or so."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except OSError as error:
                self._on_state(False, f"{self._path}: {error}")
                self._stopping.wait(AGAIN_S)

    def _watch(self) -> None:
        """Until stopped. Raises OSError when the reader is not there (any more)."""
        frontend = nfc.ContactlessFrontend(self._path)
        try:
            self._follow(frontend)
        finally:
            frontend.close()

    def _follow(self, frontend: nfc.ContactlessFrontend) -> None:
        """A tag is told once for as long as it lies there."""
        shown, seen_ns, told = b"", 0, False
        while not self._stopping.is_set():
            uid, now_ns = _uid(frontend), self._now_ns()
            if not told:  # a reader that can be opened and not used is none
                self._on_state(True, str(frontend.device))
                told = True
            if uid and uid != shown:
                self._on_card(uid)
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
