"""`domovoy journal`: whether what boxes witnessed stands as they wrote it, and by whose keys that is known.

Exit codes of `verify`: 0 all as it was written; 1 something is not, or cannot be read; 2 whole in itself, and signed by
keys that nothing here vouches for.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import IsolationLevel

from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import MIGRATOR
from cloud.telemetry import extracts
from cloud.telemetry.extracts import Connection, ExtractError
from cloud.telemetry.journal import Report

WHOLE, BROKEN, UNVOUCHED = 0, 1, 2
_KEY_BYTES = 32


def journal(settings: Settings, arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.act == "keys":
            return _keys(settings, options.box)
        if options.file is not None:
            return _verify_file(settings, options)
        return _verify_database(settings, options)
    except ExtractError as error:
        print(f"{options.file}: {error}", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"domovoy journal: {error}", file=sys.stderr)
    except psycopg.OperationalError as error:
        print(f"domovoy journal: the database cannot be asked: {error}", file=sys.stderr)
    return BROKEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("domovoy journal")
    acts = parser.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify", help="prove the journals of all boxes, of one, or an extract")
    verify.add_argument("file", type=Path, nargs="?", help="an extract; default: what stands in the database")
    keys = acts.add_parser(
        "keys", help="the keys to compare with: note them where the installation cannot reach"
    )
    for each in (verify, keys):
        each.add_argument("--box", type=UUID, help="of this box alone")
    told = "of the box, 64 hexadecimal digits, may be repeated; default: as the database knows them"
    verify.add_argument("--box-key", type=_key, action="append", help=told)
    told = (
        "of the cloud, which signs extracts; default: of this installation, where its secrets key is at hand"
    )
    verify.add_argument("--cloud-key", type=_key, help=told)
    return parser


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not 64 hexadecimal digits")
    return key


def _connect(settings: Settings) -> Connection:
    connection = psycopg.connect(settings.need_owner_database_url())
    connection.isolation_level = IsolationLevel.REPEATABLE_READ  # retention goes on meanwhile
    connection.read_only = True
    connection.execute(f"SET ROLE {MIGRATOR}")  # journals are walled off, even from their owner
    return connection


def _keys(settings: Settings, only: UUID | None) -> int:
    """Print whose keys prove what; exit code 0."""
    if (own := _own_key(settings)) is not None:
        print(f"{own.hex()}  cloud")
    with _connect(settings) as connection:
        boxes = connection.execute(
            "SELECT id, name FROM box WHERE %(only)s::uuid IS NULL OR id = %(only)s ORDER BY name, id",
            {"only": only},
        ).fetchall()
        for box_id, name in boxes:
            for key, since in _enrolled(connection, box_id):
                print(f"{key.hex()}  box {box_id} ({name}) since {since:%Y-%m-%d %H:%M %Z}")
    return WHOLE


def _own_key(settings: Settings) -> bytes | None:
    """The key of this installation; None where its secrets key is not at hand."""
    if settings.secrets_key_file is None:
        return None
    signer = SecretBox.from_file(settings.secrets_key_file).signing_key(extracts.EXPORT_KEY)
    return signer.public_key().public_bytes_raw()


def _verify_database(settings: Settings, options: argparse.Namespace) -> int:
    is_whole = True
    with _connect(settings) as connection:
        for stream in extracts.streams(connection, options.box):
            keys = options.box_key or [key for key, _since in _enrolled(connection, stream.box_id)]
            title = f"box {stream.box_id}, stream {stream.stream_id}"
            is_whole &= _tell(title, extracts.prove(connection, stream, keys))
    return WHOLE if is_whole else BROKEN


def _verify_file(settings: Settings, options: argparse.Namespace) -> int:
    with options.file.open("rb") as lines:
        header = extracts.check(lines).header
    keys = options.box_key
    if keys is None and settings.owner_database_url is not None:
        with _connect(settings) as connection:
            keys = [key for key, _since in _enrolled(connection, UUID(header.box))]
        keys = keys or None  # it may be another installation's
    with options.file.open("rb") as lines:
        header, reports, is_signed, cloud_key = extracts.check(lines, keys)
    print(f"{header.box_name} ({header.box}), {header.begin} to {header.end}")
    told = [_tell(f"stream {stream}", report) for stream, report in reports.items()]
    expected = options.cloud_key or _own_key(settings)
    is_ours = is_signed and expected in (None, cloud_key)
    if is_signed and not is_ours:
        print("THE CLOUD'S SIGNATURE IS BY ANOTHER KEY")
    else:
        print("the cloud's signature holds" if is_signed else "THE CLOUD'S SIGNATURE DOES NOT HOLD")
    print(f"  by the key {cloud_key.hex()}")
    if not (all(told) and is_ours):
        return BROKEN
    unvouched = [name for name, known in (("box", keys), ("cloud", expected)) if known is None]
    for name in unvouched:
        print(f"NOT COMPARED: whether it is the key of the {name} is known to nobody here: give --{name}-key")
    return UNVOUCHED if unvouched else WHOLE


def _enrolled(connection: Connection, box_id: UUID) -> list[tuple[bytes, datetime]]:
    """With the one that an older process may have kept at the box alone, as `sites.journal_keys`."""
    rows = connection.execute(
        "SELECT key, min(since) FROM (SELECT box_id, key, since FROM box_journal_key UNION ALL"
        " SELECT id, journal_key, enrolled_at FROM box WHERE journal_key IS NOT NULL AND enrolled_at IS NOT NULL)"
        " AS known WHERE box_id = %s GROUP BY key ORDER BY min(since)",
        [box_id],
    )
    return [(bytes(key), since) for key, since in rows]


def _tell(title: str, report: Report) -> bool:
    """Print what came of a stream; whether it is whole."""
    print(f"{title}: {report.records} records, {report.proofs} signatures")
    for key, (first, last) in report.signers.items():
        print(f"  {first} to {last} signed by the key {key.hex()}")
    for first, last, cause in report.absent:
        print(f"  not here: {first} to {last} ({cause.value})")
    for first, last in report.erased:
        print(f"  erased by retention, hash kept: {first} to {last}")
    for first, last in report.unbound:
        print(f"  not bound by a signature any more, since what follows is not here: {first} to {last}")
    for finding in report.findings:
        print(f"  {finding.fault.value.upper()}: {finding.first} to {finding.last}")
    return not report.findings
