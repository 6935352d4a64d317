"""A thread that watches one PC/SC reader. pyscard's own CardMonitor ends for good when pcscd restarts; this does not.

It calls `on_card` and `on_state` in its own thread; the driver takes them into the loop.
"""

import threading
from collections.abc import Callable

from smartcard import scard

from edge.drivers.pcsc_reader.decode import GET_UID

WAIT_MS = 500  # how long one wait for a change lasts, hence how long stopping may take
_GONE_MS = 2000  # between tries while there is no service or no reader

OnCard = Callable[[bytes, int], None]
OnState = Callable[[bool, str], None]


class PcscError(Exception):
    """The service or the reader is not there; the text is PC/SC's own."""


class Watcher:
    """Runs between `start` and `stop`."""

    def __init__(self, reader: str, *, on_card: OnCard, on_state: OnState) -> None:
        self._prefix = reader
        self._on_card = on_card
        self._on_state = on_state
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pcsc {reader}", daemon=True)

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; takes up to WAIT_MS."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except PcscError as error:
                self._on_state(False, str(error))
                self._stopping.wait(_GONE_MS / 1000)

    def _watch(self) -> None:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check(result)
        try:
            reader = self._find(context)
            self._on_state(True, reader)
            self._follow(context, reader)
        finally:
            scard.SCardReleaseContext(context)

    def _find(self, context: int) -> str:
        result, readers = scard.SCardListReaders(context, [])
        _check(result)
        for reader in readers:
            if reader.startswith(self._prefix):
                return str(reader)
        raise PcscError(f"no reader {self._prefix!r}, only {', '.join(readers)}")

    def _follow(self, context: int, reader: str) -> None:
        """A card that lies on the reader when the watch begins counts as presented."""
        state, present = scard.SCARD_STATE_UNAWARE, False
        while not self._stopping.is_set():
            result, states = scard.SCardGetStatusChange(context, WAIT_MS, [(reader, state)])
            if result == scard.SCARD_E_TIMEOUT:
                continue
            _check(result)
            state = states[0][1]
            if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
                raise PcscError(f"{reader}: unplugged")
            was_present, present = present, bool(state & scard.SCARD_STATE_PRESENT)
            if present and not was_present:
                self._read(context, reader)

    def _read(self, context: int, reader: str) -> None:
        result, card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result != scard.SCARD_S_SUCCESS:  # taken away too soon, or no chip that answers
            self._on_card(b"", 0)
            return
        try:
            result, answer = scard.SCardTransmit(card, protocol, list(GET_UID))
            whole = result == scard.SCARD_S_SUCCESS and len(answer) >= 2
            self._on_card(bytes(answer[:-2]), answer[-2] << 8 | answer[-1]) if whole else self._on_card(
                b"", 0
            )
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def _check(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise PcscError(scard.SCardGetErrorMessage(result))
