"""A thread that watches one PC/SC reader. Unlike pyscard's own CardMonitor it goes on when pcscd restarts."""

from smartcard import scard

from edge.drivers.pcsc_reader.decode import GET_UID, card
from edge.drivers.watched import GoneError, OnCard, OnState, Watcher

WAIT_MS = 500  # how long one wait for a change lasts, hence how long stopping may take
AGAIN_S = 2.0  # between tries while there is no service or no reader


class PcscWatcher(Watcher):
    """Takes the first reader whose name begins so."""

    def __init__(self, reader: str, *, reverse: bool, on_card: OnCard, on_state: OnState) -> None:
        super().__init__(f"pcsc {reader}", again_s=AGAIN_S, on_card=on_card, on_state=on_state)
        self._prefix = reader
        self._reverse = reverse

    def watch(self) -> None:
        """See Watcher."""
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check(result)
        try:
            self._follow(context, self._find(context))
        finally:
            scard.SCardReleaseContext(context)

    def _find(self, context: int) -> str:
        result, readers = scard.SCardListReaders(context, [])
        _check(result)
        for reader in readers:
            if reader.startswith(self._prefix):
                return str(reader)
        raise GoneError(f"no reader {self._prefix!r}, only {', '.join(readers)}")

    def _follow(self, context: int, reader: str) -> None:
        """A card that lies on the reader when the watch begins counts as presented.

        A reader may be listed and gone all the same, so it is there once its state has been seen.
        """
        state, present = scard.SCARD_STATE_UNAWARE, False
        while not self._stopping.is_set():
            result, states = scard.SCardGetStatusChange(context, WAIT_MS, [(reader, state)])
            if result == scard.SCARD_E_TIMEOUT:
                continue
            _check(result)
            state = states[0][1]
            if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
                raise GoneError(f"{reader}: unplugged")
            self._on_state(True, reader)
            was_present, present = present, bool(state & scard.SCARD_STATE_PRESENT)
            if present and not was_present:
                self._read(context, reader)

    def _read(self, context: int, reader: str) -> None:
        result, handle, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result != scard.SCARD_S_SUCCESS:  # taken away too soon, or no chip that answers
            self._tell(b"\x00\x00")
            return
        try:
            result, answer = scard.SCardTransmit(handle, protocol, list(GET_UID))
            whole = result == scard.SCARD_S_SUCCESS and len(answer) >= 2
            self._tell(bytes(answer) if whole else b"\x00\x00")
        finally:
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)

    def _tell(self, answer: bytes) -> None:
        """The answer ends with a status word; 0000 is none that a card gives."""
        status = int.from_bytes(answer[-2:], "big")
        self._on_card(card(answer[:-2], status, reverse=self._reverse))


def _check(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise GoneError(scard.SCardGetErrorMessage(result))
