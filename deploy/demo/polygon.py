"""The demo's polygon: which sites its page draws, and which cars and cards it offers."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deploy.demo import company
from deploy.demo.boxes import ready_service
from deploy.demo.layout import Layout
from deploy.demo.sites import SiteFiles
from deploy.demo.supervisor import Service
from deploy.demo.wiring import FIRE_INPUT, RELAY_UNIT, Lane

STRANGER = "О 777 ОО 77"


def polygon_url(layout: Layout) -> str:
    """Where its page is."""
    return f"http://127.0.0.1:{layout.port('polygon')}/"


def polygon_service(layout: Layout, config: Path) -> Service:
    """`domovoy-sim polygon`: ready when all ports of all sites are open."""
    return ready_service(layout, "polygon", "polygon", config)


def write_polygon(layout: Layout, sites: Sequence[SiteFiles], *, uplink_url: str, public_url: str) -> Path:
    """Its configuration; each site's own must be written, too."""
    content = {
        "port": layout.port("polygon"),
        "uplink_url": uplink_url,
        "sites": [_stage(layout, files) for files in sites],
        "plates": [{"plate": plate, "note": note} for plate, note in _plates()],
        "cards": list(_cards()),
        "links": [
            {"name": {"ru": "Рабочее место диспетчера", "en": "Dispatcher's desk"}, "url": public_url},
            *({"name": _guards_page(files), "url": files.guard_url} for files in sites),
        ],
    }
    path = layout.sites / "polygon.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1))
    return path


def _guards_page(files: SiteFiles) -> dict[str, str]:
    return {"ru": f"Пост охраны: {files.plan.name}", "en": f"Guard's page: {files.plan.name}"}


def _stage(layout: Layout, files: SiteFiles) -> dict[str, Any]:
    plan = files.plan
    stage: dict[str, Any] = {
        "key": plan.key,
        "name": plan.name,
        "config": str(files.simulator_config.relative_to(layout.sites)),
        "places": [_place(lane) for lane in plan.lanes],
    }
    if plan.has_fire_alarm:
        stage["fire"] = {"line": "line", "unit": RELAY_UNIT, "input": FIRE_INPUT}
    return stage


def _place(lane: Lane) -> dict[str, str]:
    names = ("reader", "camera", "scanner", "panel")
    return {
        "kind": "lane" if lane.camera else "door",
        "name": lane.name,
        "direction": lane.direction,
        "barrier": lane.barrier,
        **({"lane": lane.barrier} if lane.camera else {}),
        **{name: value for name in names if (value := getattr(lane, name))},
    }


def _plates() -> Iterator[tuple[str, str]]:
    """Who may drive in, and two who may not."""
    for resident in company.RESIDENTS:
        if resident.plate:
            yield resident.plate, resident.name
    for guest in company.GUESTS:
        if guest.plate:
            yield guest.plate, guest.holder
    yield company.BLACKLISTED_PLATE, f"чёрный список: {company.BLACKLIST_REASON}"
    yield STRANGER, "без пропуска"


def _cards() -> Iterator[dict[str, Any]]:
    held = dict(company.RESIDENT_CARDS)
    held |= {guest.holder: guest.card for guest in company.GUESTS if guest.card}
    for holder, text in held.items():
        facility, number = text.split(",")
        yield {"text": text, "facility": int(facility), "number": int(number), "note": holder}
    yield {"text": "200,00001", "facility": 200, "number": 1, "note": "чужая карта"}
