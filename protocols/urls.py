"""Addresses that people type: a password in one is not shown, in no answer and no log."""

import re
from typing import Any

HIDDEN = "***"
LOGGED_MAX = 16_000
"""Characters of a text that is logged: whoever sends more must not fill the log, nor make it slow."""
# Anchored at what is rare, and never two open ends side by side: hostile text costs what its length costs.
_USERINFO = re.compile(r"(?<=[a-z0-9+.-])://[^/?#\s]*@", re.IGNORECASE)
# Cameras that know no other sign-in: http://10.0.0.5/snapshot.cgi?user=admin&pwd=secret, or
# rtsp://10.0.0.5/user=admin_password=secret_channel=1
_IN_QUERY = re.compile(
    r"((?:[?&;/_,-](?:[a-z0-9]{0,32}(?:password|passwd|loginpas|pwd|psw)"
    r"|passphrase|pass|pw|token|secret|apikey|key|auth)"
    r"|[?&;](?:p|login))(?:=|%3d))"
    r"[^&;#\s\"'<>)\\]+",
    re.IGNORECASE,
)


def has_userinfo(text: str) -> bool:
    """Whether a URL in the text carries a user or a password: http://admin:secret@10.0.0.5/."""
    return _USERINFO.search(text) is not None


def has_hidden(text: str) -> bool:
    """Whether the text is one that `without_secrets` has made: what stood there is not known any more."""
    return any(HIDDEN in match.group() for match in _IN_QUERY.finditer(text))


def without_secrets(value: Any) -> Any:
    """JSON-like data as it may be shown: what proves somebody in its URLs is replaced by ***."""
    if isinstance(value, str):
        # Most of what is logged is no URL: to look for the signs first costs a tenth of the expressions.
        if "://" in value:
            value = _USERINFO.sub(f"://{HIDDEN}@", value)
        return _IN_QUERY.sub(rf"\1{HIDDEN}", value) if "=" in value or "%3" in value else value
    if isinstance(value, dict):
        return {name: without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value


def loggable(value: Any) -> Any:
    """`without_secrets` of data that is logged: long texts are cut."""
    if isinstance(value, str):
        return without_secrets(value if len(value) <= LOGGED_MAX else f"{value[:LOGGED_MAX]}…")
    if isinstance(value, dict):
        return {name: loggable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [loggable(inner) for inner in value]
    return value
