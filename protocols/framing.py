"""The records of a batch apart from the batch, for when one of them cannot be decoded. Pure.

A JSON decoder walks through what it does not decode, too, so one record with a broken escape, or nested beyond its
stack, would make unreadable all that came with it. Here only strings and brackets are looked at.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# A string (also one that never ends: it is looked at once), or what separates. Possessive: nothing is tried twice.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_NAME = b'"records"'
_PLACEHOLDER = b"null"


class Parted(NamedTuple):
    """`frame`: the batch with a null for each record. `records`: their bytes, as they stood."""

    frame: bytes
    records: list[bytes]


def parted(data: bytes) -> Parted | None:
    """The batch and its records; None where there is not one list of records that begins and ends."""
    spans = list(_lists_of_records(data))
    if len(spans) != 1:
        return None
    ((begin, end, cuts),) = spans
    edges = zip([begin, *cuts], [*cuts, end], strict=True)
    records = [data[first + 1 : last].strip() for first, last in edges]
    if not all(records):
        return None
    nulls = b",".join([_PLACEHOLDER] * len(records))
    return Parted(data[: begin + 1] + nulls + data[end:], records)


def _lists_of_records(data: bytes) -> Iterator[tuple[int, int, list[int]]]:
    """(where it begins, where it ends, its commas) of each list that the message names `records`."""
    depth = begin = named = 0
    cuts: list[int] | None = None
    for match in _TOKEN.finditer(data):
        at, token = match.start(), match[0]
        if token in b"[{":
            if token == b"[" and depth == 1 and named and data[named:at].strip() == b":":
                begin, cuts = at, []
            depth += 1
        elif token in b"]}":
            depth -= 1
            if depth == 1 and cuts is not None:
                yield begin, at, cuts
                cuts = None
        elif token == b"," and depth == 2 and cuts is not None:
            cuts.append(at)
        named = match.end() if token == _NAME and depth == 1 else 0
