"""The site under fault: three lanes and eight fast meters on one line, so that something is always under way."""

from deploy.demo import company
from deploy.demo.sites import MeterPlan, SitePlan
from deploy.demo.wiring import Lane

READER = "entry-reader"
LANES = (
    Lane("Въезд", 0, "entry", "in", reader=READER, camera="entry-camera"),
    Lane("Выезд", 1, "exit", "out", camera="exit-camera"),
    Lane("Хоздвор", 2, "yard", "in", camera="yard-camera"),
)
CAMERAS = tuple(lane.camera for lane in LANES)
_HOMES = ("А1", "А2", "А3", "А4", "А5", "Б1", "Б2", "Б3")

SITE = SitePlan(
    key="gate",
    name="КПП под ударами",
    complex=company.SETTLEMENT,
    box="КПП",
    lanes=LANES,
    meters=tuple(
        MeterPlan(
            unit=41 + number,
            name=f"Электричество, дом {home}",
            model="sdm120",
            profile="eastron_sdm120",
            resource="electricity",
            serial=f"SDM-{41 + number}",
            home=home,
            channels=("total_energy", "active_power", "voltage"),
        )
        for number, home in enumerate(_HOMES)
    ),
)
SPEED = 3600.0
"""Of the households' clock: a counter moves between any two polls, so every register served is one of a kind."""
