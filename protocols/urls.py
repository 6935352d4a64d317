"""Addresses that people type: what can hold a password in one is not shown, in no answer and no log.

Cameras call it as they like: http://10.0.0.5/snapshot.cgi?user=admin&pwd=secret, or
rtsp://10.0.0.5/user=admin_password=secret_channel=1. So no name is looked for: a user, a query, a fragment, and a path
from where it sets anything, are hidden whole.
"""

import re
from typing import Any

HIDDEN = "***"
LOGGED_MAX = 16_000
"""Characters of a text that is logged: whoever sends more must not fill the log, nor make it slow."""
# Anchored at what is rare, and never two open ends side by side: hostile text costs what its length costs.
_USERINFO = re.compile(r"(?<=[a-z0-9+.-])://[^/?#\s]*@", re.IGNORECASE)
_IS_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,31}://", re.IGNORECASE)
_LINE = re.compile(r"(?<=[a-z0-9+.-])://.+", re.IGNORECASE)
_WORD = re.compile(r"(?<=[a-z0-9+.-])://\S+", re.IGNORECASE)
_QUERY = re.compile(r"\?\S+")
_END = re.compile(r"[?#]")
_SETS = re.compile(r"=|%3d", re.IGNORECASE)
_TRACES = re.compile(rf"[/?#]{re.escape(HIDDEN)}")


def has_userinfo(text: str) -> bool:
    """Whether a URL in the text carries a user or a password: http://admin:secret@10.0.0.5/."""
    return _USERINFO.search(text) is not None


def has_hidden(text: str) -> bool:
    """Whether the text is one that `without_secrets` has made: what stood there is not known any more."""
    return _TRACES.search(text) is not None


def without_secrets(value: Any) -> Any:
    """JSON-like data as it may be shown: what can prove somebody in its URLs is replaced by ***."""
    if isinstance(value, str):
        # Most of what is logged is no URL: to look for the signs first costs a tenth of the expressions.
        if "://" in value:
            value = _USERINFO.sub(f"://{HIDDEN}@", value)
            value = (_LINE if _IS_ADDRESS.match(value) else _WORD).sub(_shown, value)
        return _QUERY.sub(_shown_query, value) if "?" in value else value
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


def _shown(address: re.Match[str]) -> str:
    text = address.group()
    if (end := _END.search(text)) and end.end() < len(text):
        text = text[: end.end()] + HIDDEN
    path = text.find("/", len("://"))
    if path >= 0 and (sets := _SETS.search(text, path, end.start() if end else len(text))):
        text = text[: text.rindex("/", path, sets.start()) + 1] + HIDDEN
    return text


def _shown_query(query: re.Match[str]) -> str:
    """Of an address without its host, as devices and libraries tell it."""
    return f"?{HIDDEN}" if _SETS.search(query.group()) else query.group()
