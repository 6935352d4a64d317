"""Addresses that people type: credentials do not belong into them."""

import re
from typing import Any

_USERINFO = re.compile(r"([a-z][a-z0-9+.-]*://)[^/?#\s]*@", re.IGNORECASE)


def has_userinfo(text: str) -> bool:
    """Whether a URL in the text carries a user or a password: http://admin:secret@10.0.0.5/."""
    return _USERINFO.search(text) is not None


def without_userinfo(value: Any) -> Any:
    """JSON-like data as it may be shown: user and password of every URL in it replaced by ***."""
    if isinstance(value, str):
        return _USERINFO.sub(r"\1***@", value)
    if isinstance(value, dict):
        return {name: without_userinfo(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_userinfo(inner) for inner in value]
    return value
