"""Looking back: passages and openings in one row, the newest first, page by page."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from edge.guardhouse import chronicle, openings
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.chronicle import PassageRow
from edge.guardhouse.folding import folded, words_of
from edge.guardhouse.ground import Ground, picture_path
from edge.guardhouse.moments import ms_of
from edge.guardhouse.passage_search import Place, Wanted
from edge.guardhouse.views import Views
from protocols.guard_api import FindPassages, Rows
from protocols.guard_views import OpeningView, PassagePage
from protocols.typed import may_be

IsLeft = Callable[[], Awaitable[bool]]
Entry = tuple[Place, PassageRow | OpeningView | None]
"""Where in the row; None: it cannot be read."""


class _Found(NamedTuple):
    """`entries`: newest first. `more`: there are older ones of their kind."""

    entries: Sequence[Entry]
    more: bool


class Past:
    """Reads; changes nothing."""

    def __init__(self, ground: Ground, catalogue: Catalogue, views: Views) -> None:
        self._ground = ground
        self._catalogue = catalogue
        self._views = views

    async def page(self, asked: FindPassages, is_left: IsLeft) -> PassagePage:
        """At most as many rows as are wanted. Raises ClientDisconnect."""
        before, unreadable = _before(asked), 0
        while True:
            found = _merged(
                [await self._passages(asked, before, is_left), await self._openings(asked, before)],
                asked.limit,
            )
            entries = list(found.entries)
            if not found.more or any(entry for _, entry in entries):
                break
            before, unreadable = entries[-1][0], unreadable + len(entries)  # the next page begins at a row
        while found.more and entries[-1][1] is None:
            entries.pop()  # the next page's
        return PassagePage(
            items=await self._views.passages([each for _, each in entries if isinstance(each, PassageRow)]),
            openings=[self._opening(each) for _, each in entries if isinstance(each, OpeningView)],
            more=found.more,
            unreadable=unreadable + sum(each is None for _, each in entries),
        )

    async def _passages(self, asked: FindPassages, before: Place, is_left: IsLeft) -> _Found:
        if asked.rows is Rows.OPENINGS:
            return _Found([], more=False)
        words, keys = words_of(asked.q), [[(folded(key),)] for key in may_be(asked.q).keys]
        wanted = Wanted(
            wordings=[words, *keys],
            passes=[each.bytes for each in self._catalogue.opened_by(asked.q)],
            show=asked.show,
            point=None if asked.point is None else asked.point.bytes,
            before=before,
            since=_since(asked),
            limit=asked.limit + 1,
        )
        found = await self._ground.searching.passages(wanted, is_left)
        some = partial(chronicle.some, ids=found[: asked.limit])
        return _Found(list(await self._ground.reading.ask(some)), more=len(found) > asked.limit)

    async def _openings(self, asked: FindPassages, before: Place) -> _Found:
        if asked.rows is Rows.PASSAGES:
            return _Found([], more=False)
        wanted = openings.Wanted(
            words=words_of(asked.q),
            show=asked.show,
            point=None if asked.point is None else asked.point.bytes,
            before=before,
            since=_since(asked),
            limit=asked.limit + 1,
        )
        found = list(await self._ground.reading.ask(partial(openings.find, wanted=wanted)))
        return _Found(found[: asked.limit], more=len(found) > asked.limit)

    def _opening(self, view: OpeningView) -> OpeningView:
        point = self._ground.gate.site.points.get(view.point)
        still = picture_path(view.still) if view.still else None
        return msgspec.structs.replace(view, point_name=point.name if point else "", still=still)


def _merged(found: list[_Found], limit: int) -> _Found:
    """Nothing that lies before the end of a kind of which there is more: older ones of it may stand between."""
    ends = [each.entries[-1][0] for each in found if each.more and each.entries]
    every = sorted(
        (entry for each in found for entry in each.entries), key=lambda entry: entry[0], reverse=True
    )
    here = [entry for entry in every if not ends or entry[0] >= max(ends)][:limit]
    return _Found(here, more=bool(ends) or len(here) < len(every))


def _before(asked: FindPassages) -> Place:
    """Alone a time excludes all that was within its millisecond; with an id what came before that there is shown."""
    if asked.before is None:
        return 2**62, b""
    return ms_of(asked.before), b"" if asked.before_id is None else asked.before_id.bytes


def _since(asked: FindPassages) -> Place:
    return (0 if asked.after is None else ms_of(asked.after) + 1, b"")
