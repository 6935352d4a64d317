"""Where the demo keeps what: one folder, its secrets, and the ports that it took."""

import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from deploy.demo.servers.postgres import can_reach, server_user
from deploy.demo.servers.processes import ServerError, can_listen

ROOT = Path(__file__).parents[2]
_FIRST_PORT, _LAST_PORT = 18_000, 31_999  # below what the kernel gives to outgoing connections


class Layout:
    """The folders and files of one demo. Ports and secrets are chosen once and kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.broker = folder / "broker"
        self.authority = folder / "authority"
        self.keys = folder / "keys"
        self.files = folder / "files"
        self.sites = folder / "sites"
        self.redis = folder / "redis"
        self.seed_mark = folder / "seeded.json"
        self._seeding_mark = folder / "seeding"
        self._lock = folder.with_name(f"{folder.name}.lock")  # beside it: the folder may be thrown away

    def prepare(self) -> None:
        """Make the folders; others than this user cannot look in (the database's own user can pass through)."""
        if self.postgres.parent != self.folder:
            claim(self.postgres)
            if (
                not self.folder.exists()
            ):  # a checkout that stood here before was thrown away without its cluster
                empty(self.postgres)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.logs, self.broker, self.redis, self.authority, self.keys, self.files, self.sites):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    @cached_property
    def postgres(self) -> Path:
        """The cluster's folder; elsewhere when we are root and the checkout is closed to the server's user."""
        inside = self.folder / "postgres"
        if can_reach(inside, server_user(inside)):
            return inside
        mark = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"domovoy-demo-{mark}"  # noqa: S108  # see `prepare`

    def port(self, name: str) -> int:
        """The loopback port of this name, the same at every start: boxes and devices remember addresses."""
        ports = self._read("ports.json")
        if name not in ports:
            ports[name] = str(_unused_port({int(port) for port in ports.values()}))
            self._write("ports.json", ports)
        return int(ports[name])

    def check_ports(self) -> None:
        """Raises ServerError naming a kept port that another program has taken since."""
        for name, port in self._read("ports.json").items():
            if not can_listen(int(port)):
                raise ServerError(
                    f"port {port} ({name}) of this demo is taken by another program: stop that, or `make demo-reset` / "
                    f"порт {port} ({name}) этого демо занят другой программой: остановите её или `make demo-reset`"
                )

    def secret(self, name: str) -> str:
        """The secret of this name, made when first asked for; readable by this user alone."""
        return self._secret(name, lambda: secrets.token_urlsafe(18))

    def hex_secret(self, name: str, size: int) -> str:
        """The same, as `size` bytes in hexadecimal."""
        return self._secret(name, lambda: secrets.token_hex(size))

    def keep_secret(self, name: str, value: str) -> None:
        """Keep what somebody else made; from now on it is the secret of this name."""
        self._write("secrets.json", self._read("secrets.json") | {name: value})

    def kept_secret(self, name: str) -> str | None:
        """A secret that was made before; None: there is none of this name."""
        return self._read("secrets.json").get(name)

    def _secret(self, name: str, make: Callable[[], str]) -> str:
        known = self._read("secrets.json")
        if name not in known:
            known[name] = make()
            self._write("secrets.json", known)
        return known[name]

    @contextmanager
    def private_file(self, name: str, content: str) -> Iterator[Path]:
        """A file that only this user can read, for as long as it is needed."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(content)
        try:
            yield path
        finally:
            path.unlink()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Within: this demo is ours alone. Raises ServerError while another process has it."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = self._lock.read_text().strip()
                raise ServerError(
                    f"a demo is running in {self.folder} (process {holder}): stop it first / "
                    f"демо уже работает (процесс {holder}), сначала остановите его"
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @contextmanager
    def seeding(self) -> Iterator[None]:
        """Around the making of what is made once: a start that ends within leaves a mark."""
        self._seeding_mark.touch()
        yield
        self._seeding_mark.unlink()

    @property
    def is_half_seeded(self) -> bool:
        """Whether a start ended while it filled the demo: what is there fits nothing."""
        return self._seeding_mark.exists()

    def remove(self) -> None:
        """Delete everything, wherever it lies."""
        if self.postgres.exists():
            shutil.rmtree(self.postgres)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _read(self, name: str) -> dict[str, str]:
        path = self.folder / name
        try:
            known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        except ValueError as error:
            raise ServerError(f"{path} is damaged ({error}): `make demo-reset` / файл повреждён") from error
        return known

    def _write(self, name: str, content: Mapping[str, str]) -> None:
        path = self.folder / name
        temporary = path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(content, indent=1))
        temporary.replace(path)


def claim(folder: Path) -> None:
    """Make a folder where everybody may make folders, for the server's user alone; one of a stranger is refused."""
    user = server_user(folder)
    owners = {os.geteuid()} | ({user.pw_uid} if user else set())
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise ServerError(f"{folder}: somebody else made this; remove it first") from None
    folder.chmod(0o700)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def empty(folder: Path) -> None:
    """Delete what is in a folder."""
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _unused_port(taken: set[int]) -> int:
    candidates = [port for port in range(_FIRST_PORT, _LAST_PORT) if port not in taken]
    random.shuffle(candidates)
    free = next((port for port in candidates if can_listen(port)), None)
    if free is None:
        raise OSError("no free port on 127.0.0.1")
    return free
