"""The demo's supervisor and the folder it works in."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.layout import Layout
from deploy.demo.servers.processes import ChildProcess, ServerError, wait_until
from deploy.demo.supervisor import Service, Supervisor


@pytest.fixture
def said() -> list[str]:
    """What the supervisor reported."""
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def service(folder: Path, script: str, name: str = "it") -> Service:
    return Service(ChildProcess(name, ["sh", "-c", script], log=folder / f"{name}.log"), pause_s=0.05)


def ready_when_up(one: Service) -> Service:
    one.is_ready = lambda: one.process.log.read_text() == "up\n"
    return one


def test_a_process_that_dies_is_reported_with_its_last_words_and_started_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    talker = service(tmp_path, "echo last words; exec sleep 60")
    talker.is_ready = lambda: talker.process.log.read_text() == "last words\n"
    supervisor.start([talker])
    first = supervisor.named("it").process.pid
    supervisor.named("it").process.signal(signal.SIGKILL)

    def is_back() -> bool:
        supervisor.look()
        return supervisor.named("it").process.is_running()

    assert wait_until(lambda: not supervisor.named("it").process.is_running(), timeout_s=60)
    assert wait_until(is_back, timeout_s=60)
    assert supervisor.named("it").process.pid != first
    assert "it ended with -9" in said[0]
    assert "last words" in said[0]
    assert said[1:] == ["it is started again"]


def test_one_that_dies_again_and_again_is_given_longer_pauses(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    dying = service(tmp_path, "exit 1")
    dying.start()
    supervisor._tiers.append([dying])
    pauses = []
    for _ in range(3):
        assert wait_until(lambda: not dying.process.is_running(), timeout_s=60)
        supervisor.look()
        pauses.append(dying.pause_s)
        dying.start()
    assert pauses == [0.1, 0.2, 0.4]


def test_one_that_is_not_ready_stops_the_start_with_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no such file"):
        supervisor.start([Service(service(tmp_path, "echo no such file; exit 2").process, lambda: False)])


def test_stop_ends_the_last_started_first(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name in ("server", "client"):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; echo up; while :; do sleep 0.05; done"
        supervisor.start([ready_when_up(service(tmp_path, script, name))])
    supervisor.stop()
    assert order.read_text() == "client\nserver\n"


def test_ports_and_secrets_are_chosen_once(tmp_path: Path) -> None:
    layout, again = Layout(tmp_path / "demo"), Layout(tmp_path / "demo")
    layout.prepare()
    names = [f"p{n}" for n in range(20)]
    ports = [layout.port(name) for name in names]
    assert len(set(ports)) == len(ports)
    assert [again.port(name) for name in names] == ports
    assert again.secret("admin") == layout.secret("admin") != layout.secret("other")
    assert (tmp_path / "demo/secrets.json").stat().st_mode & 0o777 == 0o600


def test_removing_a_demo_removes_its_cluster_wherever_it_lies(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    layout = Layout(closed / "demo")
    layout.prepare()
    layout.postgres.mkdir(exist_ok=True)
    cluster = layout.postgres
    layout.remove()
    assert not cluster.exists()
    assert not layout.folder.exists()
