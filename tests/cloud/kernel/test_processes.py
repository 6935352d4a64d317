"""The cloud's processes as they are run: api, worker and beat, with a real queue and post office."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from urllib.parse import urlsplit

import httpx
import pytest
import redis
from celery import Celery

from cloud.kernel import mail
from cloud.kernel.secrets import write_new_key
from cloud.kernel.tenancy import Role
from deploy.demo.servers.processes import ChildProcess, free_port, wait_until
from deploy.demo.servers.proxy import Line, Proxy
from deploy.demo.servers.redis import RedisServer
from tests.cloud.serving import PASSWORD
from tests.support.mail import Mailbox
from tests.support.postgres import Database
from tests.support.processes import RunProcess, installed

DOMOVOY = installed("domovoy")


@dataclass
class Cloud:
    """What every process is told."""

    url: str
    env: dict[str, str]


@pytest.fixture
def cloud(database: Database, redis_server: RedisServer, mailbox: Mailbox, tmp_path: Path) -> Cloud:
    port, key = free_port(), tmp_path / "secrets.key"
    write_new_key(key)
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<title>Домовой</title>")
    (tmp_path / "web" / "assets" / "app-1a2b.js").write_text("1")
    url = f"http://127.0.0.1:{port}"
    env = {
        "DOMOVOY_HTTP_PORT": str(port),
        "DOMOVOY_PUBLIC_URL": url,
        "DOMOVOY_REDIS_URL": redis_server.url,
        "DOMOVOY_SMTP_URL": mailbox.url,
        "DOMOVOY_SECRETS_KEY_FILE": str(key),
        "DOMOVOY_FILES_DIR": str(tmp_path / "files"),
        "DOMOVOY_WEB_DIR": str(tmp_path / "web"),
    }
    return Cloud(url, env)


@pytest.fixture
def api(cloud: Cloud, database: Database, run_process: RunProcess) -> ChildProcess:
    process = run_process(
        "api", DOMOVOY, "api", env={**cloud.env, "DOMOVOY_DATABASE_URL": database.url(Role.API)}
    )
    assert wait_until(lambda: is_listening(cloud.url), timeout_s=120)
    return process


def is_listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def log_of(folder: Path, name: str) -> str:
    return (folder / f"{name}.log").read_text()


def first_run(cloud: Cloud, log: str) -> None:
    found = re.search(r"/first-run#(\S+)", log)
    assert found
    body = {
        "token": found[1],
        "email": "boss@example.org",
        "name": "Анна",
        "password": PASSWORD,
        "company": "Афины",
    }
    assert httpx.post(f"{cloud.url}/api/first-run", json=body, timeout=60).status_code == 201


def test_the_api_serves_and_stops_at_once_though_a_stream_is_open(
    cloud: Cloud, api: ChildProcess, tmp_path: Path
) -> None:
    assert httpx.get(f"{cloud.url}/api/health", timeout=60).json() == {"status": "ok"}
    ready = httpx.get(f"{cloud.url}/api/ready", timeout=60)
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "waiting_for": []})
    first_run(cloud, log_of(tmp_path, "api"))
    with httpx.Client(base_url=cloud.url, timeout=60) as client:
        client.post("/api/session", json={"email": "boss@example.org", "password": PASSWORD})
        with client.stream("GET", "/api/stream") as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("id:")
            api.signal(signal.SIGTERM)
            assert wait_until(lambda: not is_listening(cloud.url), timeout_s=20)
            assert "event: reload" in list(lines)
    # The stream went at once; then Python takes 0.6 s of processor time to end, seconds on a busy machine.
    assert wait_until(lambda: not api.is_running(), timeout_s=120)
    assert api.returncode == 0
    assert "traceback" not in log_of(tmp_path, "api")


def test_an_api_without_the_web_app_that_it_is_told_to_serve_does_not_start(
    cloud: Cloud, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "web" / "index.html").unlink()
    env = {**os.environ, **cloud.env, "DOMOVOY_DATABASE_URL": database.url(Role.API)}
    ended = subprocess.run(
        [DOMOVOY, "api"], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 2
    assert f"DOMOVOY_WEB_DIR: no built web app in {tmp_path / 'web'}" in ended.stderr


def test_a_web_folder_that_goes_later_is_not_found(cloud: Cloud, api: ChildProcess, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "web")
    for path in ("/", "/desk", "/assets/app-1a2b.js"):
        assert httpx.get(cloud.url + path, headers={"Accept": "text/html"}, timeout=60).status_code == 404


def test_an_api_that_starts_while_the_database_is_away_says_so_until_it_is_back(
    cloud: Cloud, database: Database, run_process: RunProcess, tmp_path: Path
) -> None:
    direct = urlsplit(database.url(Role.API))
    assert direct.port is not None
    line = Proxy(direct.port)
    line.start()
    line.set_line(Line.CUT)
    try:
        url = direct._replace(netloc=direct.netloc.replace(f":{direct.port}", f":{line.port}")).geturl()
        api = run_process("api", DOMOVOY, "api", env={**cloud.env, "DOMOVOY_DATABASE_URL": url})
        assert wait_until(lambda: is_listening(cloud.url), timeout_s=120)
        assert httpx.get(f"{cloud.url}/api/health", timeout=60).status_code == 200
        assert httpx.get(f"{cloud.url}/api/ready", timeout=60).status_code == 503
        line.set_line(Line.OPEN)
        assert wait_until(lambda: "/first-run#" in log_of(tmp_path, "api"), timeout_s=120)
        assert httpx.get(f"{cloud.url}/api/ready", timeout=60).status_code == 200
        first_run(cloud, log_of(tmp_path, "api"))
        assert api.is_running()
    finally:
        line.stop()


def test_pages_assets_and_metrics(cloud: Cloud, api: ChildProcess) -> None:
    html = {"Accept": "text/html"}
    page = httpx.get(f"{cloud.url}/desk/passes?q=1", headers=html, timeout=60)
    assert page.text == "<title>Домовой</title>"
    assert page.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    asset = httpx.get(f"{cloud.url}/assets/app-1a2b.js", timeout=60)
    assert "immutable" in asset.headers["cache-control"]
    assert httpx.get(f"{cloud.url}/assets/gone.js", headers=html, timeout=60).status_code == 404
    missing = httpx.get(
        f"{cloud.url}/api/nothing", headers={"X-Correlation-Id": "from-the-gate-1"}, timeout=60
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert missing.headers["x-correlation-id"] == "from-the-gate-1"
    assert 'domovoy_http_seconds_count{method="GET"' in httpx.get(f"{cloud.url}/metrics", timeout=60).text


def test_bodies_have_a_limit_and_must_be_json(cloud: Cloud, api: ChildProcess) -> None:
    url, big = f"{cloud.url}/api/session", b'"' + b"x" * 1024 * 1024 + b'"'
    json_type = {"Content-Type": "application/json"}
    assert httpx.post(url, content=big, headers=json_type, timeout=60).json()["code"] == "too_large"
    chunked = httpx.post(url, content=iter([big]), headers=json_type, timeout=60)
    assert (chunked.status_code, chunked.json()["code"]) == (413, "too_large")
    broken = httpx.post(url, content=b"{", headers=json_type, timeout=60)
    assert (broken.status_code, broken.json()["code"]) == (400, "not_json")


def test_a_letter_goes_out_by_worker(
    cloud: Cloud,
    api: ChildProcess,
    database: Database,
    run_process: RunProcess,
    mailbox: Mailbox,
    tmp_path: Path,
) -> None:
    first_run(cloud, log_of(tmp_path, "api"))
    httpx.post(f"{cloud.url}/api/password-reset", json={"email": "boss@example.org"}, timeout=60)
    with pytest.raises(Empty):
        mailbox.receive(timeout_s=0.5)
    env = {**cloud.env, "DOMOVOY_DATABASE_URL": database.url(Role.WORKER)}
    worker = run_process("worker", DOMOVOY, "worker", "--concurrency", "1", env=env)
    letter = mailbox.receive(timeout_s=120)  # the hint waited in the queue
    assert letter["To"] == "boss@example.org"
    assert letter["Subject"] == "Домовой: новый пароль"
    link = re.search(r"/password-reset#(\S+)", letter.get_content())
    assert link
    body = {"token": link[1], "password": "a-brand-new-one"}
    assert httpx.post(f"{cloud.url}/api/password-reset/confirm", json=body, timeout=60).status_code == 204
    worker.signal(signal.SIGTERM)
    assert wait_until(lambda: not worker.is_running(), timeout_s=120)
    assert worker.returncode == 0


def test_a_worker_s_metrics_are_those_of_its_children(
    cloud: Cloud, database: Database, run_process: RunProcess, tmp_path: Path
) -> None:
    port = free_port()
    env = {
        **cloud.env,
        "DOMOVOY_DATABASE_URL": database.url(Role.WORKER),
        "DOMOVOY_METRICS_PORT": str(port),
        "TMPDIR": str(tmp_path),
    }
    worker = run_process("worker", DOMOVOY, "worker", "--concurrency", "2", env=env)
    run_process("beat", DOMOVOY, "beat", env=env)

    def has_swept() -> bool:
        try:
            told = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        except httpx.TransportError:
            return False
        return 'domovoy_jobs_total{job="kernel.outbox.sweep",outcome="done"}' in told

    assert wait_until(has_swept, timeout_s=120)
    assert len(list(tmp_path.glob("domovoy-metrics-*"))) == 1
    worker.signal(signal.SIGTERM)
    assert wait_until(lambda: not worker.is_running(), timeout_s=120)
    assert worker.returncode == 0
    assert list(tmp_path.glob("domovoy-metrics-*")) == []


def test_what_happens_in_a_worker_s_children_is_in_its_log(
    cloud: Cloud, api: ChildProcess, database: Database, run_process: RunProcess, tmp_path: Path
) -> None:
    first_run(cloud, log_of(tmp_path, "api"))
    asked = httpx.post(f"{cloud.url}/api/password-reset", json={"email": "boss@example.org"}, timeout=60)
    env = {
        **cloud.env,
        "DOMOVOY_DATABASE_URL": database.url(Role.WORKER),
        "DOMOVOY_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",  # nobody is there
    }
    run_process("worker", DOMOVOY, "worker", "--concurrency", "1", env=env)
    Celery(broker=cloud.env["DOMOVOY_REDIS_URL"]).send_task(mail.DELIVER, kwargs={"nonsense": 1})

    def told(message: str) -> list[dict[str, str]]:
        lines = [json.loads(each) for each in log_of(tmp_path, "worker").splitlines() if each.startswith("{")]
        return [each for each in lines if each["message"] == message]

    assert wait_until(lambda: bool(told("a letter was not sent") and told("a job failed")), timeout_s=120)
    assert told("a letter was not sent")[0]["correlation_id"] == asked.headers["x-correlation-id"]
    assert told("a job failed")[0]["job"] == mail.DELIVER
    assert "TypeError" in told("a job failed")[0]["error"]


def test_a_process_shows_what_it_counts_where_it_is_told(
    database: Database, run_process: RunProcess, tmp_path: Path
) -> None:
    port = free_port()
    env = {"DOMOVOY_OWNER_DATABASE_URL": database.owner_url, "DOMOVOY_METRICS_PORT": str(port)}
    maintain = run_process("maintain", DOMOVOY, "maintain", env=env)
    assert wait_until(lambda: is_listening(f"http://127.0.0.1:{port}"), timeout_s=120)

    def has_passed() -> bool:
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        return 'domovoy_maintain_passes_total{kind="refresh",outcome="done"}' in told

    assert wait_until(has_passed, timeout_s=120)
    second = run_process("second", DOMOVOY, "maintain", env=env)
    assert wait_until(lambda: not second.is_running(), timeout_s=120)
    assert second.returncode == 2
    assert f"127.0.0.1:{port} (DOMOVOY_METRICS_PORT)" in log_of(tmp_path, "second")
    maintain.signal(signal.SIGTERM)
    assert wait_until(lambda: not maintain.is_running(), timeout_s=120)
    assert maintain.returncode == 0


def test_a_lost_hint_is_found_by_the_sweep(
    cloud: Cloud,
    api: ChildProcess,
    database: Database,
    redis_server: RedisServer,
    run_process: RunProcess,
    mailbox: Mailbox,
    tmp_path: Path,
) -> None:
    first_run(cloud, log_of(tmp_path, "api"))
    httpx.post(f"{cloud.url}/api/password-reset", json={"email": "boss@example.org"}, timeout=60)
    with redis.Redis.from_url(redis_server.url) as queue:
        queue.flushall()
    env = {**cloud.env, "DOMOVOY_DATABASE_URL": database.url(Role.WORKER)}
    run_process("worker", DOMOVOY, "worker", "--concurrency", "1", env=env)
    beat = run_process("beat", DOMOVOY, "beat", env=env)
    assert mailbox.receive(timeout_s=120)["To"] == "boss@example.org"
    beat.signal(signal.SIGTERM)
    assert wait_until(lambda: not beat.is_running(), timeout_s=120)


def test_a_request_does_not_wait_for_a_queue_that_is_away(
    cloud: Cloud, database: Database, run_process: RunProcess, tmp_path: Path
) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    env = {**cloud.env, "DOMOVOY_REDIS_URL": nowhere, "DOMOVOY_DATABASE_URL": database.url(Role.API)}
    run_process("api", DOMOVOY, "api", env=env)
    assert wait_until(lambda: is_listening(cloud.url), timeout_s=120)
    first_run(cloud, log_of(tmp_path, "api"))
    answer = httpx.post(f"{cloud.url}/api/password-reset", json={"email": "boss@example.org"}, timeout=60)
    assert answer.status_code == 204
    assert wait_until(lambda: "a hint was not sent" in log_of(tmp_path, "api"), timeout_s=120)


def test_a_missing_setting_is_named(run_process: RunProcess, tmp_path: Path) -> None:
    process = run_process("api", DOMOVOY, "api", env={"DOMOVOY_DATABASE_URL": ""})
    assert wait_until(lambda: not process.is_running(), timeout_s=120)
    assert process.returncode == 2
    assert "DOMOVOY_DATABASE_URL" in log_of(tmp_path, "api")
