"""How far an alert has come, by area and over time, and whom to call about it: from the store as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peewee import SqliteDatabase

from server import scope
from server.store.alerts import find_alert
from server.store.answers import answered_at, has_question
from server.store.claims import Heard
from server.store.deliveries import Acts, acts_on, delivery, ending, readers_at
from server.store.models import AlertEntry, Area, Device
from server.store.models_watch import ReachSample
from server.store.texts import unpack_words
from server.watch.board import Loaded
from server.watch.calls import Call, in_order, missing_of
from server.watch.course import Sample
from server.watch.progress import Progress, Span, progress_of
from server.watch.roster import DeviceTraits
from server.watch.tallies import PLACE, Tallies, Times


def traits(db: SqliteDatabase, devices: Iterable[str] | None = None) -> list[DeviceTraits]:
    """Of these devices, or of all."""
    columns = (
        Device.device,
        Device.name,
        Device.areas,
        Device.roles,
        Device.revoked_at,
        Device.supervisor,
        Device.phone,
    )
    query = Device.select(*columns)
    if devices is not None:
        query = query.where(Device.device << list(devices))
    rows = query.order_by(Device.device).tuples().execute(db)
    return [
        DeviceTraits(device, name, unpack_words(areas), unpack_words(roles), revoked_at, supervisor, phone)
        for device, name, areas, roles, revoked_at, supervisor, phone in rows
    ]


def progress(
    db: SqliteDatabase, number: int, heard: Mapping[str, Heard], now: int, bound: tuple[str, ...] = ()
) -> Progress:
    """How far an alert has come with the devices that somebody bound to areas may see. Raises UnknownAlertError."""
    claims = {device: one.claim for device, one in heard.items()}
    areas, tallies = {one.device: one.areas for one in traits(db)}, Tallies(bound)
    for one in delivery(db, number, claims, now).devices:
        if scope.may_see_device(bound, areas[one.device]):
            times = one.seen_at, one.acknowledged_at, one.answered_at
            tallies.add(areas[one.device], PLACE[one.state], times)
    samples = () if bound else samples_of(db, number)
    return progress_of(tallies, span(db, number, now), samples, area_names(db), now)


def span(db: SqliteDatabase, number: int, now: int) -> Span:
    """From when to when an alert held. Raises UnknownAlertError."""
    alert = ending(db, number)
    ended_at = None
    if alert.replaced_by is not None:
        ended_at = AlertEntry.select(AlertEntry.published_at).where(AlertEntry.number == alert.replaced_by).scalar(db)
    elif alert.expires <= now:
        ended_at = alert.expires
    return Span(number, alert.published_at, ended_at)


def area_names(db: SqliteDatabase) -> dict[str, str]:
    """Code → name, of the list of areas."""
    return dict(Area.select(Area.code, Area.name).tuples().execute(db))


def load(db: SqliteDatabase, number: int, now: int) -> Loaded:
    """What a board of an alert begins with. Raises UnknownAlertError."""
    alert, held = ending(db, number), span(db, number, now)
    key = AlertEntry.select(AlertEntry.key).where(AlertEntry.number == number).scalar(db)
    acts, answered = acts_on(db, number), answered_at(db, number)
    times: dict[str, Times] = {}
    for device in {*acts, *answered}:
        did = acts.get(device, Acts())
        times[device] = did.seen_at, did.acknowledged_at, answered.get(device)
    readers = readers_at(db, alert, now) if alert.is_over(now) else None
    stored, asks = find_alert(db, str(number), now), has_question(db, number)
    return Loaded(key, stored, alert, held.ended_at, readers, times, asks, samples_of(db, number))


# -- how many had it, over time ---------------------------------------------------------------------------------------


def samples_of(db: SqliteDatabase, number: int) -> tuple[Sample, ...]:
    """What was noted, in order."""
    rows = ReachSample.select().where(ReachSample.alert == number).order_by(ReachSample.at).execute(db)
    return tuple(Sample(row.at, row.reached) for row in rows)


def note_sample(db: SqliteDatabase, number: int, sample: Sample) -> None:
    """Note how many devices have an alert now."""
    row = {"alert": number, "at": sample.at, "reached": sample.reached}
    ReachSample.insert(**row).on_conflict_replace().execute(db)


# -- whom to call -----------------------------------------------------------------------------------------------------


def calls(
    db: SqliteDatabase, number: int, heard: Mapping[str, Heard], now: int, bound: tuple[str, ...] = ()
) -> list[Call]:
    """The devices that somebody bound to areas may see and with which something is missing, the most urgent first; those
    that are revoked, and those from which the alert was withdrawn, are nobody to call. Raises UnknownAlertError."""
    claims = {device: one.claim for device, one in heard.items()}
    known, names = {one.device: one for one in traits(db)}, area_names(db)
    asks, found = has_question(db, number), []
    for one in delivery(db, number, claims, now).devices:
        device, missing = known[one.device], missing_of(one.state, asks=asks)
        if missing is None or device.revoked_at is not None or not scope.may_see_device(bound, device.areas):
            continue
        last = heard.get(one.device, Heard()).at
        areas = tuple((code, names.get(code, "")) for code in device.areas)
        found.append(Call(one.device, device.name, areas, device.supervisor, one.state, missing, last, device.phone))
    return in_order(found)
