"""Use cases of the meters slice: a meter is a line of a box's configuration and a handful of series."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text, sort_key
from cloud.meters.errors import MeterNotThere
from cloud.meters.models import Meter
from cloud.meters.types import MeterDraft
from cloud.sites import service as sites
from cloud.sites.events import BoxReplaced
from cloud.telemetry import service as telemetry
from cloud.telemetry.types import SeriesDraft, SeriesKind
from protocols import config
from protocols.drivers import BUSES
from protocols.meters import Channel, Kind, MeterProfile, ProfileError, load_meter
from protocols.meters.profile import Type

_PROFILE_UNKNOWN = Text("Такой модели прибора нет.", "There is no such meter model.")
_CHANNEL_UNKNOWN = Text("У этой модели нет канала «{channel}».", "This model has no channel “{channel}”.")
_CHANNEL_TWICE = Text("Канал «{channel}» указан дважды.", "Channel “{channel}” is given twice.")

_NO_LINE = Text("Счётчик стоит на линии Modbus: выберите её.", "A meter hangs on a Modbus line: choose one.")


def create_meter(session: Session, actor: Actor, draft: MeterDraft) -> Meter:
    """Add a meter with a series per channel; the box polls it from its next configuration on.

    Raises FixInput for an unknown model or channel; BoxNotFound, DeviceNotFound, PremisesNotThere, BuildingNotThere.
    """
    organisation_id = actor.require(Permission.METERS_MANAGE)
    profile = _profile(draft)
    _check_places(session, draft)
    made = Meter(id=new_id(session), organisation_id=organisation_id, created_at=now(session))
    _fill(made, draft)
    session.add(made)
    session.flush()
    _make_series(session, made, profile, draft.channels)
    _tell_box(session, made.box_id)
    record(session, actor, "meter.create", "meter", made.id, draft.model_dump(mode="json"))
    publish(session, organisation_id, LiveKind.METER, made.id, Permission.METERS_READ)
    return made


def remove_meter(session: Session, actor: Actor, meter_id: UUID) -> None:
    """Stop polling a meter; its readings stay. Raises MeterNotThere."""
    organisation_id = actor.require(Permission.METERS_MANAGE)
    row = get_meter(session, meter_id)
    sites.find_box(session, row.box_id, lock=True)
    row.removed_at = now(session)
    session.flush()
    _tell_box(session, row.box_id)
    record(session, actor, "meter.remove", "meter", row.id, {"name": row.name})
    publish(session, organisation_id, LiveKind.METER, row.id, Permission.METERS_READ)


def follow_replacement(session: Session, _actor: Actor, event: BoxReplaced) -> None:
    """A reaction: meters of a replaced box are polled by its successor, whose configuration names them already."""
    standing = (
        select(Meter).where(Meter.box_id == event.box_id, Meter.removed_at.is_(None)).order_by(Meter.id)
    )
    for meter in session.scalars(standing):
        meter.box_id = event.replacement_id
        for series in telemetry.series_of_meter(session, meter.id):
            telemetry.assign_box(session, series.id, event.replacement_id)


def get_meter(session: Session, meter_id: UUID) -> Meter:
    """A meter that is still polled. Raises MeterNotThere."""
    row = session.get(Meter, meter_id)
    if row is None or row.removed_at is not None:
        raise MeterNotThere
    return row


def _profile(draft: MeterDraft) -> MeterProfile:
    try:
        profile = load_meter(draft.profile)
    except ProfileError as error:
        raise FixInput.at("profile", "profile_unknown", _PROFILE_UNKNOWN) from error
    known = {channel.name for channel in profile.channels}
    wrong = []
    for index, channel in enumerate(draft.channels):
        path, data = f"channels.{index}", {"channel": channel}
        if channel not in known:
            wrong.append(FieldError(path, "channel_unknown", _CHANNEL_UNKNOWN, data))
        elif channel in draft.channels[:index]:
            wrong.append(FieldError(path, "channel_twice", _CHANNEL_TWICE, data))
    if wrong:
        raise FixInput(*wrong)
    return profile


def _check_places(session: Session, draft: MeterDraft) -> None:
    sites.find_box(session, draft.box_id, lock=True)  # one change at a time of what a box polls
    line = sites.find_device(session, draft.device_id, box_id=draft.box_id)
    if line.driver not in BUSES:
        raise FixInput.at("device_id", "no_bus", _NO_LINE)
    if draft.premises_id:
        housing.get_premises(session, draft.premises_id)
    if draft.building_id:
        housing.get_building(session, draft.building_id)


def _fill(target: Meter, draft: MeterDraft) -> None:
    target.name, target.serial, target.resource = draft.name, draft.serial, draft.resource
    target.premises_id, target.building_id = draft.premises_id, draft.building_id
    target.box_id, target.device_id = draft.box_id, draft.device_id
    target.profile, target.unit, target.period_s = draft.profile, draft.unit, draft.period_s
    target.channels = list(draft.channels)
    target.sort_key = sort_key(draft.name)
    target.search = search_text(draft.name, draft.serial)


def _make_series(session: Session, meter: Meter, profile: MeterProfile, names: Sequence[str]) -> None:
    box = sites.find_box(session, meter.box_id)
    for name in names:
        channel = profile.channel(name)
        telemetry.create_series(
            session,
            SeriesDraft(
                site_id=box.site_id,
                name=f"{meter.name}: {name}",
                unit=channel.unit,
                kind=SeriesKind(channel.kind.value),
                scale=channel.scale,
                modulus=_modulus(channel),
                box_id=box.id,
                meter_id=meter.id,
                channel=name,
            ),
        )


def _modulus(channel: Channel) -> Decimal | None:
    """Where the register wraps; a 64 bit one does not live to see it, a float loses digits instead."""
    bits = {Type.U16: 16, Type.U32: 32}.get(channel.type)
    return 2**bits * channel.scale if bits and channel.kind is Kind.COUNTER else None


def _tell_box(session: Session, box_id: UUID) -> None:
    """The box's configuration names all its meters; it is sent when somebody applies it."""
    standing = select(Meter).where(Meter.box_id == box_id, Meter.removed_at.is_(None)).order_by(Meter.id)
    meters = session.scalars(standing).all()
    names = {meter.id: meter.name for meter in meters}
    sites.set_meters(session, box_id, [_as_configured(session, meter) for meter in meters], names)


def _as_configured(session: Session, meter: Meter) -> config.Meter:
    numbers = {series.channel: series.id for series in telemetry.series_of_meter(session, meter.id)}
    return config.Meter(
        id=meter.id,
        device=meter.device_id,
        profile=meter.profile,
        unit=meter.unit,
        period_s=meter.period_s,
        channels=[config.MeterChannel(channel=name, series=numbers[name]) for name in meter.channels],
    )
