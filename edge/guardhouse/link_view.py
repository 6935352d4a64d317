"""How the box stands with the cloud, as a quiet bar on the guard's page says it."""

from datetime import datetime

from edge import streams
from edge.guardhouse.ground import Ground
from edge.guardhouse.moments import utc
from protocols.guard_views import Link
from protocols.messages import Stream


class LinkView:
    """Remembers since when the cloud is away: at the start, since it last said anything."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        confirmed_ms = ground.held.confirmed_ms
        self._away_since: datetime | None = utc(confirmed_ms) if confirmed_ms else ground.now

    def look(self) -> bool:
        """Once in a while. Whether it is another than a moment ago."""
        was_away = self._away_since is not None
        is_away = not self._ground.connected()
        if is_away and not was_away:
            self._away_since = self._ground.now
        elif not is_away:
            self._away_since = None
        return is_away != was_away

    async def now(self) -> Link:
        """As it is."""
        self.look()
        moment = self._ground.clock.now()
        queued, _ = await self._ground.reading.ask(lambda store: streams.waiting(store, Stream.EVENTS))
        age_s = self._ground.held.age_s(moment.unix_ms)
        after_s = self._ground.gate.site.stale.after_s
        return Link(
            away_since=self._away_since,
            queued=queued,
            list_age_s=age_s,
            stale=after_s is not None and age_s >= after_s,
            clock=moment.state,
        )
