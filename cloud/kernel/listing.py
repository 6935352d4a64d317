"""A list that is declared once and asked for all the time: its SQL is built once per shape, PostgreSQL writes its rows.

    PASSES = Listing(
        columns={"id": Pass.id, "holder": Pass.holder, …},
        filters={"site_id": Pass.site_id == bindparam("site_id")},
        searched=Pass.search,
        sortable={"changed": Pass.changed_at},
        default_sort="-changed",
        tie=Pass.id,
    )
    PASSES.page(session, query, site_id=None, at=now(session))  # bytes: the JSON of a `Page`

`lists.fetch_page` is the plain way and answers the same. This one costs a fifth of its time: nothing is composed,
hashed or converted per request, a row is never a Python object, and counting stops at COUNT_LIMIT, sooner than there.
The names of `columns` must be exactly the fields of the endpoint's model; a test of the endpoint says so. Moments
come as PostgreSQL writes them (`2026-11-22T18:04:05.6+00:00`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from fastapi import Response
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.kernel.database import ask
from cloud.kernel.lists import Column, ListQuery, in_order, only_company, owner_of, patterns, refuse_search

COUNT_LIMIT = 1_000  # to count ten times as many would cost twice as much as the page itself
_SHAPES = 256  # kept over all lists; a rarer one is built anew
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class _Shape(NamedTuple):
    """What the text of a list's SQL depends on."""

    sort: str
    filters: frozenset[str]
    words: tuple[int, ...]  # how many spellings each word of the search has
    is_one_company: bool
    size: int  # in the text, as is a beginning at the first row: the planner plans for what it sees
    is_first: bool


class _Sql(NamedTuple):
    """A statement's text with named places, and the values that the declaration itself puts into some of them."""

    text: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, statement: Select[Any]) -> "_Sql":
        compiled = statement.compile(dialect=_DIALECT)
        return cls(str(compiled), dict(compiled.params))


class _Statements(NamedTuple):
    page: _Sql
    total: _Sql


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing:
    """A list's declaration. A filter is in force when a value other than None is given under its name."""

    columns: Mapping[str, Column]
    sortable: Mapping[str, Column]
    default_sort: str
    tie: InstrumentedAttribute[Any]  # unique in the listed table: makes the order total
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    searched: Column | None = None  # made by `text.search_text`; None: `q` is refused

    def page(self, session: Session, query: ListQuery, **values: Any) -> bytes:
        """The JSON of a `Page`. `values`: of the filters, and of what else the columns name.

        Raises FixInput for an unknown sort, and for a search where there is none.
        """
        company = only_company(session)
        if self.searched is None:
            refuse_search(query)
        words = patterns(query.q)
        shape = _Shape(
            query.sort or self.default_sort,
            frozenset(name for name in self.filters if values.get(name) is not None),
            tuple(len(spellings) for spellings in words),
            company is not None,
            query.page_size,
            query.page == 1,
        )
        offset = (query.page - 1) * query.page_size
        given = values | _words(words) | {"company": company, "offset": offset}
        return self._page(session, _statements(self, shape), given, query)

    def _page(
        self, session: Session, statements: _Statements, given: Mapping[str, Any], query: ListQuery
    ) -> bytes:
        rows = _run(session, statements.page, given)
        # Behind the last page no row is left to carry the total.
        [_, total] = rows[0] if rows else ("", *_run(session, statements.total, given)[0])
        follows = query.page + 1 if len(rows) > query.page_size else None
        return _written([row[0] for row in rows[: query.page_size]], total, follows)


def as_answer(page: bytes) -> Response:
    """The page's JSON as it stands: no second look at every row."""
    return Response(page, media_type="application/json")


@lru_cache(maxsize=_SHAPES)
def _statements(listing: Listing, shape: _Shape) -> _Statements:
    conditions = [listing.filters[name] for name in sorted(shape.filters)]
    conditions += _found(listing.searched, shape.words) if listing.searched is not None else []
    owner = owner_of(listing.tie)
    if shape.is_one_company and owner is not None:
        conditions.append(owner == bindparam("company"))
    named = [column.label(name) for name, column in listing.columns.items()]
    counted = select(listing.tie).where(*conditions).limit(_number(COUNT_LIMIT + 1))
    total = select(func.count()).select_from(counted.subquery())
    listed = (
        select(*named)
        .where(*conditions)
        .order_by(*in_order(shape.sort, listing.sortable, listing.tie))
        .limit(_number(shape.size + 1))
        .offset(None if shape.is_first else bindparam("offset", type_=Integer))
        .subquery("listed")
    )
    row = cast(func.row_to_json(literal_column("listed")), Text)
    return _Statements(_Sql.of(select(row, total.scalar_subquery()).select_from(listed)), _Sql.of(total))


def _found(searched: Column, words: tuple[int, ...]) -> list[ColumnElement[bool]]:
    return [
        or_(*(searched.like(bindparam(f"word_{word}_{n}"), escape="\\") for n in range(spellings)))
        for word, spellings in enumerate(words)
    ]


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _words(words: list[tuple[str, ...]]) -> dict[str, str]:
    return {
        f"word_{word}_{n}": pattern
        for word, spellings in enumerate(words)
        for n, pattern in enumerate(spellings)
    }


def _run(session: Session, sql: _Sql, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return ask(session, sql.text, {name: given.get(name, own) for name, own in sql.values.items()})


def _written(rows: list[str], total: int, follows: int | None) -> bytes:
    capped = "true" if total > COUNT_LIMIT else "false"
    after = "null" if follows is None else str(follows)
    tail = f'],"total":{min(total, COUNT_LIMIT)},"total_capped":{capped},"next":{after}}}'
    return ('{"items":[' + ",".join(rows) + tail).encode()
