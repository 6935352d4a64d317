"""Playlists of HTTP Live Streaming (RFC 8216). Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from edge.video.segments import Segment

GAP_MS = 1500


def playlist(segments: Sequence[Segment], *, sequence: int = 0, is_live: bool) -> str:
    """Segments one after the other, each by its beginning; a gap between two is marked. Not live: it is whole."""
    longest_ms = max((each.duration_ms for each in segments), default=1000)
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{math.ceil(longest_ms / 1000)}"]
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{sequence}")
    if not is_live:
        lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    before: Segment | None = None
    for each in segments:
        if before is None or not follows(before, each):
            lines += ["#EXT-X-DISCONTINUITY"] * (before is not None)
            at = datetime.fromtimestamp(each.start_ms / 1000, UTC)
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{at.isoformat(timespec='milliseconds')}")
        lines += [f"#EXTINF:{each.duration_ms / 1000:.3f},", f"segment.ts?at={each.start_ms}"]
        before = each
    if not is_live:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join([*lines, ""])


def follows(before: Segment, after: Segment) -> bool:
    """Whether nothing is missing between the two."""
    return abs(after.start_ms - before.end_ms) <= GAP_MS
