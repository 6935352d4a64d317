"""What ffmpeg is told. Pure.

The stream's address carries the sign-in, and arguments of a process are seen by everybody on the machine: so ffmpeg
reads the address from its standard input, as a list of one (its concat demuxer).
"""

from typing import NamedTuple
from urllib.parse import quote, urlsplit

from edge.drivers.base import Stream

SEGMENT_S = 4
CONNECT_S = 10
_PROTOCOLS = "pipe,rtsp,rtp,tcp,udp"
_MEANINGS = (
    ("401 Unauthorized", "the camera refuses the sign-in (401)"),
    ("403 Forbidden", "the camera refuses the sign-in (403)"),
    ("404 Not Found", "the camera has no such stream (404)"),
    ("Connection refused", "the camera takes no connection"),
    ("timed out", "the camera does not answer"),
    ("No route to host", "there is no way to the camera"),
    ("dimensions not set", "no picture came"),
    ("No space left on device", "the disk is full"),
    ("Disk quota exceeded", "the disk's quota is used up"),
)


class Programs(NamedTuple):
    """`ffmpeg`; `setpriv` of util-linux, empty where there is none: it lets ffmpeg die with the agent."""

    ffmpeg: str
    setpriv: str = ""


def arguments(programs: Programs, *, segment_s: int = SEGMENT_S) -> list[str]:
    """Copies the picture, without sound, into numbered segments; each is named on standard output once it is whole."""
    tied = [programs.setpriv, "--pdeathsig", "KILL"] if programs.setpriv else []
    quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"]
    source = ["-f", "concat", "-safe", "0", "-protocol_whitelist", _PROTOCOLS, "-i", "pipe:0"]
    copied = ["-map", "0:v:0", "-c", "copy", "-f", "segment", "-segment_format", "mpegts"]
    cut = ["-segment_time", str(segment_s), "-segment_list", "pipe:1", "-segment_list_type", "csv"]
    return [*tied, programs.ffmpeg, *quiet, *source, *copied, *cut, "%06d.ts"]


def fed(stream: Stream) -> bytes:
    """What stands on its standard input. RTP comes within the RTSP connection: datagrams get lost."""
    address = _with_sign_in(stream).replace("'", r"'\''")
    options = f"option rtsp_transport tcp\noption timeout {CONNECT_S * 1_000_000}\n"
    return f"ffconcat version 1.0\nfile '{address}'\n{options}".encode()


def told(words: str, stream: Stream) -> str:
    """What ffmpeg said, without the address of the stream and what proves the box to the camera."""
    secrets = {_with_sign_in(stream), stream.url, stream.password, quote(stream.password, safe="")}
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        words = words.replace(secret, "***")
    return words


def meaning(words: str) -> str:
    """What ffmpeg's last words come to, as far as they are known; else the words."""
    return next((plain for mark, plain in _MEANINGS if mark in words), words)


def _with_sign_in(stream: Stream) -> str:
    """What is in the address by itself gives way to the settings' sign-in."""
    if not stream.user:
        return stream.url
    parts = urlsplit(stream.url)
    host = parts.netloc.rpartition("@")[2]
    sign_in = f"{quote(stream.user, safe='')}:{quote(stream.password, safe='')}"
    return parts._replace(netloc=f"{sign_in}@{host}").geturl()
