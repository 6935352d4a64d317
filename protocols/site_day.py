"""The day at a site: what «today» is there."""

from datetime import datetime, time, timedelta, tzinfo


def day_of(at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From midnight to midnight, end exclusive, by the site's clocks: 23 or 25 hours where they change."""
    day = at.astimezone(zone).date()
    begin, end = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return begin, end
