"""A field in which tags are held: nfcpy's side of a tag over UDP, for a reader whose path is `udp:127.0.0.1:<port>`."""

import socket
import threading
from typing import Any

import nfc
from nfc.clf import LocalTarget, udp

from firmware_sim.journal import Journal

_LISTEN_S = 0.5  # how long one wait for the reader lasts, hence how long taking a tag away may take
CLASSIC, ULTRALIGHT = (bytes.fromhex("0400"), b"\x08"), (bytes.fromhex("4400"), b"\x00")  # ATQA, SAK


class _Loopback(udp.Device):  # type: ignore[misc]
    """The library would listen on every address of the machine."""

    def _bind_socket(self, _time_to_return: float) -> bool:
        self.socket.bind(("127.0.0.1", self.addr[1]))
        return True


class NfcField:
    """At most one tag at a time; while there is none, nobody answers at the port."""

    def __init__(self, name: str, *, journal: Journal, port: int = 0) -> None:
        self.name = name
        self.port = port or _free_port()
        self._journal = journal
        self._taken = threading.Event()
        self._thread: threading.Thread | None = None

    def present(self, uid: bytes) -> dict[str, Any]:
        """Hold a tag there, of 4 bytes a Mifare Classic, of 7 an Ultralight. Returns the log's entry."""
        self.take()
        entry = self._journal.write("tag", field=self.name, uid=uid.hex())
        self._taken.clear()
        self._thread = threading.Thread(
            target=self._answer, args=(uid,), name=f"tag {self.name}", daemon=True
        )
        self._thread.start()
        return entry

    def take(self) -> None:
        """Take the tag away."""
        self._taken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _answer(self, uid: bytes) -> None:
        target = LocalTarget("106A")
        sens_res, sel_res = CLASSIC if len(uid) == 4 else ULTRALIGHT
        target.sens_res, target.sel_res, target.sdd_res = map(bytearray, (sens_res, sel_res, uid))
        frontend = nfc.ContactlessFrontend()
        frontend.device = _Loopback("127.0.0.1", self.port)
        try:
            while not self._taken.is_set():
                frontend.listen(target, timeout=_LISTEN_S)
        finally:
            frontend.close()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
