"""The desk reader on a real pcscd, in namespaces of its own; and what a card answers, purely."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.drivers.pcsc_reader.decode import card
from protocols.cards import CardFormat
from tests.edge.drivers.pcsc_scenario import VPCD

ROOT = Path(__file__).parents[3]
SLOW = pytest.mark.timeout(180)  # a service that polls, and drivers that look again every two seconds
IN_NAMESPACES = """
ip link set lo up || exit 77
mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd || exit 77
exec "$@"
"""


def missing() -> str:
    """Why the scenarios cannot run here."""
    if os.geteuid() != 0:
        return "needs root for namespaces"
    for program in ("pcscd", "unshare", "ip", "mount"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return "" if VPCD.exists() else "vsmartcard-vpcd is not installed"


def played(scenario: str, folder: Path) -> Any:
    """What the drivers told in a scenario of `pcsc_scenario`."""
    if why := missing():
        pytest.skip(why)
    command = ["unshare", "--net", "--mount", "--fork", "--kill-child", "sh", "-c", IN_NAMESPACES, "sh"]
    command += [sys.executable, "-m", "tests.edge.drivers.pcsc_scenario", scenario, str(folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    if done.returncode == 77:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@SLOW
def test_cards_on_a_real_pcscd_that_comes_goes_and_comes_back(tmp_path: Path) -> None:
    told = played("transcript", tmp_path)
    assert len(told["reads"]) == 7  # the scenario compares each with the transcript
    assert told["statuses"] == ["offline", "online", "offline", "online"]


@SLOW
def test_two_readers_at_one_pcscd_each_hear_of_their_own_cards(tmp_path: Path) -> None:
    told = played("several", tmp_path)
    assert told["reads"] == [
        "04A1B2C3",
        "04A1B2C3D4E5F6",
        "04A1B2C3",  # while the other's card is silent
        "status 0000",  # that one, taken away
        "status 0000",  # an answer that is none
        "status 6A81",
        "04A1B2C3",
    ]
    assert told["statuses"] == {name: ["offline", "online"] for name in ("Desk A", "Desk B")}


@SLOW
def test_a_reader_that_is_pulled_out_is_told_once_and_the_other_goes_on(tmp_path: Path) -> None:
    if shutil.which("cc") is None or not Path("/usr/include/PCSC/ifdhandler.h").exists():
        pytest.skip("a reader with a plug is compiled: no C compiler, or no headers of pcsc-lite")
    told = played("unplugged", tmp_path)
    assert told["reads"] == ["04A1B2C3", "04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6"]
    assert told["statuses"] == {
        "Desk A": ["offline", "online", "offline", "online"],
        "Desk B": ["offline", "online"],
    }


def test_the_order_of_bytes_is_the_readers() -> None:
    assert card(bytes.fromhex("04A1B2C3"), 0x9000, reverse=False).credentials[0].uid_hex == "04A1B2C3"
    turned = card(bytes.fromhex("C3B2A104"), 0x9000, reverse=True)
    assert (turned.raw, turned.credentials[0].uid_hex) == ("C3B2A104", "04A1B2C3")
    assert turned.credentials[0].format is CardFormat.UID4


@pytest.mark.parametrize(
    ("data", "status", "raw"),
    [(b"", 0x6A81, "status 6A81"), (b"", 0, "status 0000"), (b"\x01\x02", 0x9000, "0102")],
)
def test_what_has_no_uid_is_unreadable(data: bytes, status: int, raw: str) -> None:
    assert card(data, status, reverse=False) == (raw, ())
