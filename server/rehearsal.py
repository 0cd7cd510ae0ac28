"""A publish that is not done: everything is checked as it would be, and said is who would get the alert."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from alerts.audience import Audience, Reader, is_for_any
from server.hub import Hub
from server.publish import Submission, check
from server.store.records import DeviceRow

DAY_S = 86_400
WEEK_S = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class Reached:
    """How many devices an alert is for, and when the hub last heard of them; each stands in one of the last four."""

    devices: int
    connected: int
    within_day: int
    within_week: int
    longer_ago: int
    never: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a publish would answer: until when the alert would hold, whom it is for, and what its publisher should know."""

    expires: int
    audience: Audience
    reached: Reached
    reports: tuple[str, ...]


async def rehearse(hub: Hub, submission: Submission, is_connected: Callable[[str], bool]) -> Rehearsal:
    """Raises what `Hub.publish` raises, and changes nothing. Whoever has what is replaced counts too: they hear of its end."""
    now = hub.now()
    prepared = await hub.prepare(submission, now)
    reports = await hub.read(lambda db: check(db, submission, prepared))
    rows = await hub.devices()
    connected = {row.device for row in rows if is_connected(row.device)}
    found = await asyncio.to_thread(reached, rows, prepared.entry.reach, connected, now)
    return Rehearsal(prepared.entry.expires, submission.audience, found, reports)


def reached(rows: Sequence[DeviceRow], reach: tuple[Audience, ...], connected: Set[str], now: int) -> Reached:
    """Of these devices, those that any of the audiences includes."""
    addressed = [
        row for row in rows if row.revoked_at is None and is_for_any(reach, Reader(row.device, row.areas, row.roles))
    ]
    ages = [None if row.last_seen is None else now - row.last_seen for row in addressed]
    return Reached(
        devices=len(addressed),
        connected=sum(row.device in connected for row in addressed),
        within_day=sum(age is not None and age < DAY_S for age in ages),
        within_week=sum(age is not None and DAY_S <= age < WEEK_S for age in ages),
        longer_ago=sum(age is not None and age >= WEEK_S for age in ages),
        never=ages.count(None),
    )
