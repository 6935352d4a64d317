"""Faces as passes name them: `FACE:` and the SHA-256 of the picture, which goes to panels that recognise.

Each picture is made unique when it is kept: its hash tells nothing to somebody who has another copy of it.
"""

import re

PREFIX = "FACE:"
PICTURE_MAX_BYTES = 1024 * 1024
LONGEST_SIDE = 1080  # what panels take
_NAME = re.compile(r"[0-9a-f]{64}")
_SHOWN = 8  # characters


def key_of(picture: str) -> str:
    """The match key of a picture, named by its hash."""
    return PREFIX + picture


def picture_of(key: str) -> str | None:
    """The picture that a match key names; None: it is a key of another kind, or says no hash."""
    name = key.removeprefix(PREFIX)
    return name if name != key and _NAME.fullmatch(name) else None


def masked(key: str) -> str:
    """A face's key as it is written down: enough to tell two apart, too little to ask for the picture."""
    return f"{PREFIX}…{key[-_SHOWN:]}" if key.startswith(PREFIX) else key
