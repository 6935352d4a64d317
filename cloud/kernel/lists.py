"""How every list is asked for and answered: `?page=1&page_size=50&sort=-created&q=words` → {items, total, next}.

A list selects columns, not entities. `sort` names one of the list's columns, `-` before it turns the order. Counting
stops at COUNT_LIMIT: `total_capped` says that there are more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.kernel.database import scope_of
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.schemas import ONE_LINE
from cloud.kernel.text import latin_look_alikes, like_pattern, search_words

COUNT_LIMIT = 10_000
_UNKNOWN_SORT = Text(
    "Нельзя сортировать по «{given}»; можно: {known}.", "Cannot sort by “{given}”; can: {known}."
)

AnySelect = Select[*tuple[Any, ...]]
T = TypeVar("T")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list was asked for."""

    page: int = 1
    page_size: int = 50
    sort: str | None = None
    q: str | None = None


Words = Annotated[str, ONE_LINE]


async def _list_query(
    page: Annotated[int, Query(ge=1, le=100_000, description="from 1")] = 1,
    page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    sort: Annotated[
        Words | None,
        Query(max_length=60, description="a column's name; `-` before it: descending", examples=["-created"]),
    ] = None,
    q: Annotated[Words | None, Query(max_length=200, description="words, all of which must be found")] = None,
) -> ListQuery:
    return ListQuery(page, page_size, sort, q)


ListParams = Annotated[ListQuery, Depends(_list_query)]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    total: int = Field(description=f"how many there are; counted up to {COUNT_LIMIT}")
    total_capped: bool = Field(default=False, description="there are more than `total`")
    next: int | None = Field(description="number of the next page, or null at the end")


def fetch_page(
    session: Session,
    statement: AnySelect,
    query: ListQuery,
    *,
    sortable: Mapping[str, Column],
    default_sort: str,
    tie: InstrumentedAttribute[Any],
) -> dict[str, Any]:
    """Run a list: the content of a `Page`, rows as mappings.

    `tie` is a unique column of the listed table that makes the order total. Raises FixInput for an unknown sort.
    """
    statement = _of_the_company(session, statement, tie)
    total, capped = _count(session, statement, tie)
    ordered = statement.order_by(*_order(query.sort or default_sort, sortable, tie))
    offset = (query.page - 1) * query.page_size
    rows = session.execute(ordered.limit(query.page_size + 1).offset(offset)).mappings().all()
    more = len(rows) > query.page_size
    return {
        "items": [dict(row) for row in rows[: query.page_size]],
        "total": total,
        "total_capped": capped,
        "next": query.page + 1 if more else None,
    }


def as_answer(page: Mapping[str, Any]) -> Response:
    """A page's JSON as it stands, for lists that are asked for all the time: no second look at every row.

    The columns must be exactly the fields of the endpoint's `response_model`; a test of the endpoint says so.
    """
    return Response(msgspec.json.encode(page), media_type="application/json")


def matches(column: Column, q: str | None) -> ColumnElement[bool]:
    """All words of the query are found in a column made by `text.search_text`, plates by either alphabet."""
    return and_(true(), *(_found(column, word) for word in search_words(q or "")))


def _found(column: Column, word: str) -> ColumnElement[bool]:
    as_typed, as_plate = like_pattern(word), like_pattern(latin_look_alikes(word))
    found = column.like(as_typed, escape="\\")
    return found if as_plate == as_typed else or_(found, column.like(as_plate, escape="\\"))


def _of_the_company(session: Session, statement: AnySelect, tie: InstrumentedAttribute[Any]) -> AnySelect:
    """Name the company where only one may be read: beside the policy's `= any(…)`, which no index brings in order.

    It makes a page of a long list an index scan; who may see what stays the policy's word.
    """
    scope = scope_of(session)
    allowed = scope.allowed | {scope.current} if scope.current else scope.allowed
    owner = getattr(tie.class_, "organisation_id", None)
    if owner is None or len(allowed) != 1:
        return statement
    return statement.where(owner == next(iter(allowed)))


def _count(session: Session, statement: AnySelect, tie: InstrumentedAttribute[Any]) -> tuple[int, bool]:
    bare = statement.with_only_columns(tie, maintain_column_froms=True).order_by(None)
    counted = bare.limit(COUNT_LIMIT + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    return min(total, COUNT_LIMIT), total > COUNT_LIMIT


def _order(
    sort: str, sortable: Mapping[str, Column], tie: InstrumentedAttribute[Any]
) -> tuple[ColumnElement[Any], ...]:
    name = sort.removeprefix("-")
    if name not in sortable:
        raise FixInput.at(
            "sort", "unknown_sort", _UNKNOWN_SORT, given=name, known=", ".join(sorted(sortable))
        )
    column = sortable[name]
    if not sort.startswith("-"):
        return column.asc(), tie.asc()  # ascending has its nulls last already
    if _is_never_null(column, tie):
        return column.desc(), tie.desc()  # as an index gives it
    return column.desc().nulls_last(), tie.desc()


def _is_never_null(column: Column, tie: InstrumentedAttribute[Any]) -> bool:
    """Of the listed table itself (an outer join makes nulls of any other's) and declared so."""
    if not isinstance(column, InstrumentedAttribute) or column.class_ is not tie.class_:
        return False
    return not any(each.nullable for each in column.property.columns)
