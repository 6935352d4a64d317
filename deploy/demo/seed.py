"""Fills the demo with its company through the public API, as its administrator would by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo import company
from deploy.demo.api import Api
from deploy.demo.company import Guest, Resident
from deploy.demo.sites import DevicePlan, MeterPlan, SiteFiles, SitePlan, ZonePlan
from deploy.demo.wiring import FIRE_INPUT, RELAY_UNIT, Lane, barrier_draft, relay_name

METER_PERIOD_S = 2.0  # far more often than a real house needs
_RESIDENTS_PASS_YEARS = 3


@dataclass
class SeededSite:
    """What the cloud calls the site's parts."""

    site: str
    box: str
    devices: dict[str, str] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    meters: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)


class Seeder:
    """Creates in order; every method returns the ids that later ones need."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.complexes: dict[str, str] = {}
        self.premises: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.doors: dict[str, dict[str, str]] = {}  # whose a complex's doors are, by its name

    def housing(self) -> None:
        """The settlement with its houses, the tower with its flats."""
        settlement = self._complex(company.SETTLEMENT, "settlement", company.SETTLEMENT_ADDRESS)
        for street, houses in company.STREETS.items():
            for house in houses:
                address = f"{company.SETTLEMENT}, {street}, д. {house}"
                building = self._building(settlement, house, "house", address, floors=2)
                self._premises(building, "house", house)
        tower = self._complex(company.TOWER, "apartments", company.TOWER_ADDRESS)
        building = self._building(tower, "7", "tower", company.TOWER_ADDRESS, floors=company.TOWER_FLOORS)
        entrance = self._api.post("/api/housing/entrances", {"building_id": building, "name": "1"})["id"]
        self.doors[company.TOWER] = {"building_id": building, "entrance_id": entrance}
        for number in range(1, company.TOWER_FLOORS * company.FLATS_ON_FLOOR + 1):
            floor = (number - 1) // company.FLATS_ON_FLOOR + 1
            self._premises(building, "flat", str(number), entrance_id=entrance, floor=floor)

    def _complex(self, name: str, kind: str, address: str) -> str:
        draft = {"name": name, "kind": kind, "address": address, "time_zone": company.TIME_ZONE}
        self.complexes[name] = str(self._api.post("/api/housing/complexes", draft)["id"])
        return self.complexes[name]

    def _building(self, complex_id: str, name: str, kind: str, address: str, *, floors: int) -> str:
        draft = {"complex_id": complex_id, "name": name, "kind": kind, "address": address, "floors": floors}
        return str(self._api.post("/api/housing/buildings", draft)["id"])

    def _premises(self, building: str, kind: str, number: str, **more: Any) -> None:
        draft = {"building_id": building, "kind": kind, "number": number, **more}
        self.premises[number] = self._api.post("/api/housing/premises", draft)["id"]

    def residents(self) -> None:
        """People and where they live."""
        for resident in company.RESIDENTS:
            draft = {"name": resident.name, "phones": [resident.phone]}
            person = self._api.post("/api/people", draft)["id"]
            self.people[resident.name] = person
            residency = {"premises_id": self.premises[resident.home], "role": resident.role}
            self._api.post(f"/api/people/{person}/residencies", residency)

    def site(self, plan: SitePlan, files: SiteFiles) -> SeededSite:
        """A site with its box, devices, zones, points and meters; the configuration waits for the box."""
        of = self.complexes[plan.complex]
        draft = {"name": plan.name, "time_zone": company.TIME_ZONE, "complex_id": of}
        site = self._api.post("/api/sites", draft)["id"]
        box = self._api.post("/api/boxes", {"site_id": site, "name": plan.box})["id"]
        made = SeededSite(site, box)
        for device in files.devices():
            made.devices[device.key] = self._device(made, device)
        for zone in plan.zones:
            made.zones[zone.name] = self._zone(made, zone)
        for lane in plan.lanes:
            made.points[lane.barrier] = self._point(made, lane, self.doors.get(plan.complex, {}))
        if plan.has_fire_alarm:
            contact = {"device": made.devices[relay_name(RELAY_UNIT)], "input": FIRE_INPUT}
            self._api.put(f"/api/boxes/{box}/fire", {"inputs": [contact]})
        for meter in plan.meters:
            made.meters[meter.serial] = self._meter(made, meter)
        return made

    def _device(self, made: SeededSite, plan: DevicePlan) -> str:
        settings = dict(plan.settings)
        if plan.bus:
            settings["bus"] = made.devices[plan.bus]
        draft = {
            "box_id": made.box,
            "driver": plan.driver,
            "name": plan.name,
            "settings": settings,
            "secrets": dict(plan.secrets or {}),
        }
        return str(self._api.post("/api/devices", draft)["id"])

    def _zone(self, made: SeededSite, plan: ZonePlan) -> str:
        draft = {
            "name": plan.name,
            "parent_id": made.zones[plan.within] if plan.within else None,
            "capacity": plan.capacity,
            "anti_passback": plan.anti_passback,
            "vehicles_only": plan.vehicles_only,
        }
        return str(self._api.post(f"/api/sites/{made.site}/zones", draft)["id"])

    def _point(self, made: SeededSite, lane: Lane, door: dict[str, str]) -> str:
        """`door`: whose it is, where that is not the whole complex."""
        names = (lane.reader, lane.camera, lane.scanner, lane.panel)
        readers = [made.devices[name] for name in names if name]
        draft = {
            "box_id": made.box,
            "name": lane.name,
            "zone_id": next(iter(made.zones.values()), None),
            "barrier": barrier_draft(lane, made.devices[lane.relay]),
            "readers": [{"device": device, "direction": lane.direction} for device in readers],
            "camera_id": made.devices[lane.view] if lane.view else None,
            "residents": True,
            **door,
        }
        return str(self._api.post("/api/points", draft)["id"])

    def _meter(self, made: SeededSite, plan: MeterPlan) -> str:
        draft = {
            "premises_id": self.premises[plan.home],
            "resource": plan.resource,
            "serial": plan.serial,
            "profile": plan.profile,
            "box_id": made.box,
            "device_id": made.devices["line"],
            "name": plan.name,
            "unit": plan.unit,
            "channels": list(plan.channels),
            "period_s": METER_PERIOD_S,
        }
        return str(self._api.post("/api/meters", draft)["id"])

    def enrolment_code(self, box: str) -> str:
        """A one-time code for the box."""
        return str(self._api.post(f"/api/boxes/{box}/code")["code"])

    def apply_configuration(self, box: str) -> None:
        """Send the box what its points, devices and meters amount to."""
        self._api.post(f"/api/boxes/{box}/configuration")

    def passes(self, gate: str, tower: str, now: datetime) -> None:
        """Passes of residents and guests, and one car that is not let in."""
        for resident in company.RESIDENTS:
            site = tower if resident.home.isdecimal() else gate
            if draft := _resident_pass(resident, now):
                self._issue({**draft, "site_id": site, "premises_id": self.premises[resident.home]})
        for guest in company.GUESTS:
            self._issue({**_guest_pass(guest, now), "site_id": gate, "host_id": self.people[guest.host]})
        block = {"site_id": gate, "plate": company.BLACKLISTED_PLATE, "reason": company.BLACKLIST_REASON}
        self._api.post("/api/access/blacklist", block)

    def _issue(self, draft: Mapping[str, Any]) -> None:
        self._api.post("/api/access/passes", draft)


def _resident_pass(resident: Resident, now: datetime) -> dict[str, Any] | None:
    card = company.RESIDENT_CARDS.get(resident.name)
    if not resident.plate and not card:
        return None
    return {
        "kind": "resident",
        "holder": resident.name,
        "vehicle": resident.vehicle,
        "plates": [resident.plate] if resident.plate else [],
        "cards": [{"text": card}] if card else [],
        "phone": resident.phone,
        "service": "Постоянный пропуск",
        "valid_until": (now + timedelta(days=365 * _RESIDENTS_PASS_YEARS)).isoformat(),
    }


def _guest_pass(guest: Guest, now: datetime) -> dict[str, Any]:
    return {
        "kind": guest.kind,
        "holder": guest.holder,
        "vehicle": guest.vehicle,
        "plates": [guest.plate] if guest.plate else [],
        "cards": [{"text": guest.card}] if guest.card else [],
        "service": guest.service,
        "entries": guest.entries,
        "valid_until": (now + timedelta(days=guest.days)).isoformat(),
    }


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)
