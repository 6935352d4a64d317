"""What an engineer may send by mail: how the box stands, without keys, secrets or personal data."""

import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from edge import identity
from edge.drivers.base import redacted
from edge.identity import Files, IdentityError
from protocols.config import decode_configuration

EVENTS_SHOWN = 20


def dump(data: Path) -> dict[str, Any]:
    """Everything readable about the box's data folder. Raises sqlite3.Error on a damaged store."""
    files = Files(data)
    report: dict[str, Any] = {"data": data.name, "identity": _identity(files)}
    store = data / "store.sqlite"
    if not store.exists():
        return report
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return report | _store(connection)
    finally:
        connection.close()


def _identity(files: Files) -> dict[str, Any]:
    try:
        membership = identity.load_membership(files)
        certificate = identity.load_certificate(files.certificate)
    except IdentityError as error:
        return {"enrolled": False, "reason": str(error)}
    return {
        "enrolled": True,
        "box": str(membership.answer.box),
        "cloud": membership.cloud,
        "broker": f"{membership.answer.mqtt.host}:{membership.answer.mqtt.port}",
        "certificate_until": certificate.not_valid_after_utc.isoformat(),
    }


def _store(connection: sqlite3.Connection) -> dict[str, Any]:
    return {
        "schema": connection.execute("PRAGMA user_version").fetchone()[0],
        "streams": [
            {
                "id": str(UUID(bytes=row[0])),
                "kind": row[1],
                "last": row[2],
                "acked": row[3],
                "closed": bool(row[4]),
            }
            for row in connection.execute("SELECT id, kind, last, acked, closed FROM stream ORDER BY n")
        ],
        "held": dict(connection.execute("SELECT kind, count(*) FROM held GROUP BY kind").fetchall()),
        "files": connection.execute("SELECT count(*) FROM file").fetchone()[0],
        "configurations": [
            {"version": version, "body": _configuration(body)}
            for version, body in connection.execute("SELECT version, body FROM config ORDER BY version DESC")
        ],
        "last_events": [
            _event(body)
            for (body,) in connection.execute(
                "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events'"
                " ORDER BY n DESC, sequence DESC LIMIT ?",
                (EVENTS_SHOWN,),
            )
        ],
    }


def _configuration(body: bytes) -> dict[str, Any]:
    configuration: dict[str, Any] = msgspec.to_builtins(decode_configuration(body))
    for device in configuration.get("devices", []):
        device["settings"] = redacted(device.get("settings", {}))
    return configuration


_PERSONAL = frozenset(
    {
        "credential",
        "plate",
        "read",
        "pass_id",
        "detail",
        "carrier",
        "left_carrier",
        "other_carrier",
        "other_pass",
        "nonce",
    }
)


def _event(body: bytes) -> dict[str, Any]:
    event: dict[str, Any] = msgspec.json.decode(body)
    return {name: "***" if name in _PERSONAL else value for name, value in event.items()}
