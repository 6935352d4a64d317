"""A mosquitto broker of our own, on loopback, with the configuration it is given."""

import os
import shutil
import signal
from pathlib import Path

from deploy.demo.servers.processes import ChildProcess, ServerError, accepts_connections, free_port

PLAIN = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
"""
"""A broker without TLS for tests of what is above it; `{port}` is filled in."""


def find_binary() -> Path:
    """The broker's program; Debian keeps it in `/usr/sbin`, which a plain user's PATH lacks."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    if found := shutil.which("mosquitto", path=path):
        return Path(found)
    raise ServerError("no mosquitto: install the package mosquitto")


class MosquittoServer:
    """One broker in one folder. Every `{port}` and `{folder}` of the configuration is filled in."""

    def __init__(self, folder: Path, *, config: str = PLAIN, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.config_file = folder / "mosquitto.conf"
        self._config = config
        self.process = ChildProcess(
            "mosquitto", [find_binary(), "-c", self.config_file], log=folder / "mosquitto.log", cwd=folder
        )

    def start(self) -> None:
        """Write the configuration, start the broker and wait until it accepts connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = self._config.replace("{port}", str(self.port)).replace("{folder}", str(self.folder))
        if os.geteuid() == 0 and "\nuser " not in f"\n{text}":
            text = f"user root\n{text}"  # otherwise it changes to a user who cannot read the keys
        self.config_file.write_text(text)
        self.process.start()
        self.process.wait_ready(lambda: accepts_connections(self.port))

    def reload(self) -> None:
        """Make it read its ACL and CRL again."""
        self.process.signal(signal.SIGHUP)

    def stop(self) -> None:
        """Stop it; retained messages are saved when the configuration says so."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL it."""
        self.process.kill()
