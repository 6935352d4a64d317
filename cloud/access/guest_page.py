"""The page that a guest opens by a link: plain HTML and SVG, no script, no names; ten-year-old phones show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import segno
from sqlalchemy.orm import Session

from cloud.access.guest_codes import GuestCode, guest_code, link_of
from cloud.access.models import Pass
from cloud.access.types import PassState, ShownLink
from cloud.access.week_text import week_lines
from cloud.kernel.language import Language, Text
from cloud.kernel.secrets import SecretBox

PATH = "/p/{link}"
_TITLE = Text("Пропуск № {number}", "Pass {number}")
_SHOW = Text("Покажите на въезде", "Show this at the gate")
_GOOD_UNTIL = Text(
    "Код на экране действует до {until}. Потом откройте страницу ещё раз.",
    "The code on the screen is good until {until}. Open the page again after that.",
)
_FROM_UNTIL = Text("Действует с {begins} до {ends}", "Valid from {begins} until {ends}")
_FROM = Text("Действует с {begins}", "Valid from {begins}")
_ENTRIES = Text("Въездов осталось: {left}", "Entries left: {left}")
_PLATE = Text("Номер машины", "Plate")
_PIN = Text("Код для клавиатуры", "PIN for the keypad")
_CODE = Text("Назовите охране или введите", "Tell the guard, or type")
_WHERE = Text("Куда", "Where")
_POINTS = Text("Где пустят", "Where you are let in")
_EVERYWHERE = Text("Через любой въезд и вход", "By any gate or door")
_HOURS = Text("В какие часы", "At what hours")
_CLOSED = Text(
    "Сейчас по этому пропуску не пустят: приезжайте {opens} или позже.",
    "Nobody is let in by this pass now: come at {opens} or later.",
)
_WAITS = Text(
    "Пропуск ещё не согласован. Откройте страницу позже.",
    "This pass has not been approved yet. Open the page later.",
)
_REVOKED = Text(
    "Пропуск аннулирован. Попросите того, к кому едете, выдать новый.",
    "This pass has been revoked. Ask whom you visit for a new one.",
)
_ENDED = Text(
    "Срок пропуска закончился. Попросите того, к кому едете, выдать новый.",
    "This pass has ended. Ask whom you visit for a new one.",
)
_LATER = Text("Пропуск ещё не начал действовать.", "This pass is not valid yet.")
_NO_CODE = Text(
    "Кода сейчас нет: назовите охране номер пропуска.",
    "There is no code now: tell the guard the pass's number.",
)
_NOT_FOUND = Text(
    "Такой ссылки нет. Проверьте, что адрес скопирован целиком.",
    "There is no such link. Check that the address was copied whole.",
)
_STYLE = (
    "body{margin:0;padding:16px;background:#fff;color:#111;font:18px/1.4 sans-serif;text-align:center}"
    "h1{margin:8px 0;font-size:24px}p{margin:8px 0}.big{font-size:30px;font-weight:bold;letter-spacing:2px}"
    ".dim{color:#555;font-size:16px}.bad{color:#a00;font-weight:bold}svg{width:100%;max-width:340px;height:auto}"
)


def shown_link(session: Session, vault: SecretBox, public_url: str, row: Pass) -> ShownLink:
    """What is sent to the guest of a pass, and the code behind it as it is now."""
    code = guest_code(session, vault, row)
    return ShownLink(
        url=url(public_url, link_of(vault, row.id)),
        code=code.text if code else None,
        svg=picture(code.text) if code else None,
        until=code.until if code else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """What the page tells; `state` as it is shown now. Times in UTC.

    `points`: where one comes in, by name; None: by every one of the site's. `opens`: when its week lets in next; None:
    now, or no more.
    """

    number: int
    site: str
    points: list[str] | None
    time_zone: str
    address: str
    state: PassState
    begins: datetime
    ends: datetime | None
    schedule: list[dict[str, Any]]
    opens: datetime | None
    entries_left: int | None
    plates: list[str]
    pin: str | None
    typed: str | None
    code: GuestCode | None


def url(public_url: str, link: str) -> str:
    """The page's address."""
    return public_url.rstrip("/") + PATH.format(link=link)


def picture(code: str) -> str:
    """A code as SVG: alphanumeric, so that a scanner from afar has larger modules to read."""
    drawn = BytesIO()
    segno.make(code, mode="alphanumeric", error="m", micro=False).save(
        drawn,
        kind="svg",
        scale=4,
        border=4,
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return drawn.getvalue().decode()


def page(view: GuestView, language: Language, at: datetime) -> str:
    """The page of a pass."""
    parts = [f"<h1>{_told(_TITLE, language, number=view.number)}</h1>", f"<p>{escape(view.site)}</p>"]
    parts += _code(view, language, at)
    parts.append(f"<p>{_window(view, language)}</p>")
    parts += _conditions(view, language)
    facts = [
        (_WHERE, view.address),
        (_PLATE, ", ".join(view.plates)),
        (_PIN, view.pin if _is_open(view) else None),
        (_CODE, view.typed if _is_open(view) else None),
    ]
    for title, value in facts:
        if value:
            shown = f'<span class="big">{escape(value)}</span>'
            parts.append(f'<p><span class="dim">{_told(title, language)}</span><br>{shown}</p>')
    if view.entries_left is not None and _is_open(view):
        parts.append(f'<p class="dim">{_told(_ENTRIES, language, left=view.entries_left)}</p>')
    return _whole("".join(parts), _told(_TITLE, language, number=view.number), language)


def _conditions(view: GuestView, language: Language) -> list[str]:
    """Where one is let in, and when: a line each, as they may be many."""
    if not _is_open(view):
        return []
    told = (
        (_POINTS, [_EVERYWHERE.in_language(language)] if view.points is None else view.points),
        (_HOURS, week_lines(view.schedule, language)),
    )
    return [
        f'<p><span class="dim">{_told(title, language)}</span><br>{"<br>".join(map(escape, lines))}</p>'
        for title, lines in told
        if lines
    ]


def not_found(language: Language) -> str:
    """For a link that nobody gave out."""
    told = _told(_NOT_FOUND, language)
    return _whole(f'<p class="bad">{told}</p>', told, language)


def _is_open(view: GuestView) -> bool:
    return view.state not in {PassState.REVOKED, PassState.REFUSED, PassState.EXPIRED}


def _code(view: GuestView, language: Language, at: datetime) -> list[str]:
    if not _is_open(view):
        why = _ENDED if view.state is PassState.EXPIRED else _REVOKED
        return [f'<p class="bad">{_told(why, language)}</p>']
    if view.state is PassState.REQUESTED:
        return [f"<p><b>{_told(_WAITS, language)}</b></p>"]
    soon = _soon(view, language, at)
    if view.code is None:
        return [soon, f"<p>{_told(_NO_CODE, language)}</p>"]
    until = _moment(view.code.until, view.time_zone)
    return [
        soon,
        f"<p><b>{_told(_SHOW, language)}</b></p>",
        picture(view.code.text),
        f'<p class="dim">{_told(_GOOD_UNTIL, language, until=until)}</p>',
    ]


def _soon(view: GuestView, language: Language, at: datetime) -> str:
    """That one comes too early; empty: one does not."""
    if view.opens is not None:
        opens = _moment(view.opens, view.time_zone)
        return f"<p><b>{_told(_CLOSED, language, opens=opens)}</b></p>"
    return f"<p>{_told(_LATER, language)}</p>" if view.begins > at + timedelta(minutes=1) else ""


def _window(view: GuestView, language: Language) -> str:
    begins = _moment(view.begins, view.time_zone)
    if view.ends is None:
        return _told(_FROM, language, begins=begins)
    return _told(_FROM_UNTIL, language, begins=begins, ends=_moment(view.ends, view.time_zone))


def _moment(at: datetime, time_zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(time_zone)):%d.%m.%Y %H:%M}".replace(" ", "\u00a0")


def _told(text: Text, language: Language, **data: object) -> str:
    return escape(text.in_language(language, **data))


def _whole(body: str, title: str, language: Language) -> str:
    return (
        f'<!DOCTYPE html><html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
