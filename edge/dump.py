"""What an engineer may send by mail: how the box stands, without keys, secrets or personal data."""

import re
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
            for row in connection.execute("SELECT id, kind, last, acked, closed FROM standing ORDER BY n")
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


def _configuration(body: bytes) -> Any:
    try:
        configuration: dict[str, Any] = msgspec.to_builtins(decode_configuration(body))
    except msgspec.DecodeError as error:
        return f"unreadable: {error}"
    for device in configuration.get("devices", []):
        device["settings"] = redacted(device.get("settings", {}))
    if configuration.get("page"):
        configuration["page"]["key"] = "***"
    return configuration


# What says how the box works, and nothing of a person. A field that is not named here is not told: another record may
# hold anything under its name.
_TOLD = frozenset(
    {
        "type",
        "id",
        "at",
        "clock",
        "point",
        "direction",
        "outcome",
        "reason",
        "pass_version",
        "use",
        "source",
        "decision_us",
        "weak_match",
        "zone",
        "behind",
        "flags",
        "list_age_s",
        "passage",
        "done",
        "latency_us",
        "entry_returned",
        "undone",
        "sha256",
        "media_type",
        "size",
        "alarm",
        "kind",
        "raised",
        "severity",
        "command",
        "action",
        "person_kind",
        "device",
        "status",
        "number",
        "position",
        "cause",
        "version",
        "applied",
        "old_stream",
        "old_sequence",
        "old_hash",
        "count",
        "verdict",
        "state",
        "way",
        "shift",
        "guard",
        "visit",
        "violation",
        "blacklisted",
        "card_back",
        "entries",
        "valid_from",
        "valid_until",
    }
)
_CODES = frozenset({"reason", "kind", "cause", "number"})
_CODE = re.compile(r"[a-z0-9_]{0,60}")


def _event(body: bytes) -> Any:
    try:
        event: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        return f"unreadable: {error}"
    return {name: value if _is_told(name, value) else "***" for name, value in event.items()}


def _is_told(name: str, value: Any) -> bool:
    """A code of a newer agent is a word; what a device or a person said is not."""
    if name in _CODES and isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    return name in _TOLD
