"""How every list is asked for and answered: `?page=1&page_size=50&sort=-created&q=words` → {items, total, next}.

A list selects columns, not entities. `sort` names one of the list's columns, `-` before it turns the order. Counting
stops at COUNT_LIMIT: `total_capped` says that there are more.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.kernel.database import scope_of
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.schemas import ONE_LINE, Search
from cloud.kernel.text import like_pattern, search_words

COUNT_LIMIT = 10_000
_SHORT_NUMBER = re.compile(r"[0-9]{1,2}")
_LONG_NUMBER = re.compile(r"[0-9]{3,}")
_NO_SEARCH = Text("В этом списке нет поиска.", "This list cannot be searched.")
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
    q: Annotated[Search | None, Query(description="words, all of which must be found")] = None,
) -> ListQuery:
    return ListQuery(page, page_size, sort, q)


ListParams = Annotated[ListQuery, Depends(_list_query)]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    total: int = Field(description="how many there are, as far as they were counted")
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
    then: Sequence[Column] = (),
    found: ColumnElement[bool] | None = None,
) -> dict[str, Any]:
    """Run a list: the content of a `Page`, rows as mappings.

    `tie` is a unique column of the listed table that makes the order total; where it is not unique alone, `then` are
    those that complete it. `found` is where the query's words are looked for (`matches`); a list without it refuses
    them. Raises FixInput for that, and for an unknown sort.
    """
    if found is not None:
        statement = statement.where(found)
    else:
        refuse_search(query)
    company, owner = only_company(session), owner_of(tie)
    if company is not None and owner is not None:
        statement = statement.where(owner == company)
    total, capped = _count(session, statement, tie)
    ordered = statement.order_by(*in_order(query.sort or default_sort, sortable, tie), *then)
    offset = (query.page - 1) * query.page_size
    rows = session.execute(ordered.limit(query.page_size + 1).offset(offset)).mappings().all()
    more = len(rows) > query.page_size
    return {
        "items": [dict(row) for row in rows[: query.page_size]],
        "total": total,
        "total_capped": capped,
        "next": query.page + 1 if more else None,
    }


def refuse_search(query: ListQuery) -> None:
    """For a list that cannot be searched: words that nobody looks for would find everything. Raises FixInput."""
    if query.q:
        raise FixInput.at("q", "no_search", _NO_SEARCH)


def matches(column: Column, q: str | None, *, numbers_in: Column | None = None) -> ColumnElement[bool]:
    """All words of the query are found in a column made by `text.search_text`, plates by either alphabet.

    A number of one or two digits among other words is a whole one where `numbers_in` is given, the text with addresses:
    «кв. 1» is no «кв. 17», and is in nobody's telephone. That with which one begins, «7 912», may be anywhere.
    """
    words = search_words(q or "")
    found = []
    for at, spellings in enumerate(words):
        anywhere = [column.like(like_pattern(each), escape="\\") for each in spellings]
        if numbers_in is not None and len(words) > 1 and _is_whole(words, at):
            found.append(or_(_has_number(numbers_in, spellings[0]), *anywhere[1:]))
        else:
            found.append(or_(*anywhere))
    return and_(true(), *found)


def _is_whole(words: Sequence[tuple[str, ...]], at: int) -> bool:
    following = words[at + 1][0] if at + 1 < len(words) else ""
    return bool(_SHORT_NUMBER.fullmatch(words[at][0])) and not _LONG_NUMBER.fullmatch(following)


def _has_number(column: Column, number: str) -> ColumnElement[bool]:
    return column.regexp_match(rf"(^|\D)0*{int(number)}(\D|$)")


def patterns(q: str | None) -> list[tuple[str, ...]]:
    """LIKE patterns of each word of a query, one for each of its spellings."""
    return [tuple(map(like_pattern, spellings)) for spellings in search_words(q or "")]


def only_company(session: Session) -> UUID | None:
    """The one company whose rows may be read; None: there are several, or none.

    A list names it beside the policy's `= any(…)`, which no index brings in order: then a page of a long list is an
    index scan. Who may see what stays the policy's word.
    """
    scope = scope_of(session)
    allowed = scope.allowed | {scope.current} if scope.current else scope.allowed
    return next(iter(allowed)) if len(allowed) == 1 else None


def owner_of(tie: InstrumentedAttribute[Any]) -> InstrumentedAttribute[UUID] | None:
    """The listed table's column that names the company, if it has one."""
    return getattr(tie.class_, "organisation_id", None)


def _count(session: Session, statement: AnySelect, tie: InstrumentedAttribute[Any]) -> tuple[int, bool]:
    bare = statement.with_only_columns(tie, maintain_column_froms=True).order_by(None)
    counted = bare.limit(COUNT_LIMIT + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    return min(total, COUNT_LIMIT), total > COUNT_LIMIT


def in_order(
    sort: str, sortable: Mapping[str, Column], tie: InstrumentedAttribute[Any]
) -> tuple[ColumnElement[Any], ...]:
    """A total order by what was asked for. Raises FixInput for an unknown sort."""
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
