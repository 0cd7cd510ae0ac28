"""Who is quieter than usual: what was heard is counted hour by hour, and each hour judged against the past (quiet.py).

    counted   senders   alerts published here, by the alert's sender            judged by gaps
              feeds     alerts that a feed brought                              judged by gaps
              areas     devices connected or heard, in the area or below it     judged by the same hours of other days
              acks      acknowledgements from the area or below it              judged by gaps
              hub       seconds in which the hub watched: an hour with less than WATCHED_SECONDS_MIN is nobody's silence

A silence begins at the end of an hour and is written with its event in one transaction. It ends when what was silent is heard as
usual, or after LASTS_DAYS_MAX, when what was silence has become usual. The hours of a silence are no part of anybody's past, so
that a second one is noticed as soon as the first. An area is not called silent when one above it is: one silence is told once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from server.events import Event, EventKind
from server.hub import Hub
from server.ops.quiet import DAYS_KEPT, WINDOW_HOURS, Judgement, Verdict, judge_gaps, judge_window
from server.store import silences
from server.store.records import DeviceRow
from server.store.silences import HUB, Counts, Silence

_logger = structlog.get_logger("server.silence")

SENDER, FEED, AREA, ACKS = "sender", "feed", "area", "acks"
AREA_KINDS = frozenset({AREA, ACKS})
KINDS = (SENDER, FEED, AREA, ACKS)

HOUR_S = 3600
LOOK_S = 600
"""How often is counted, in seconds of the hub's time."""
WATCHED_SECONDS_MIN = 2700
AREA_DEVICES_MIN = 5
"""Areas with fewer devices are not counted: the one above them is."""
LASTS_DAYS_MAX = 7
CAUGHT_UP_HOURS_MAX = 48
"""How far back events are counted again after a start."""

_COUNTED = frozenset(
    {
        *(EventKind.ALERT_PUBLISHED, EventKind.ALERT_UPDATED, EventKind.ALERT_CANCELLED),
        *(EventKind.ALERT_ACKNOWLEDGED, EventKind.FEED_PUBLISHED, EventKind.FEED_HELD),
    }
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one source or area now. `since`: when its silence began, if it is silent."""

    kind: str
    name: str
    verdict: Verdict
    words: str
    since: int | None = None


class SilenceWatch:
    """The service that counts and judges, for one hub."""

    name = "silence"

    def __init__(self, hub: Hub, is_connected: Callable[[str], bool]) -> None:
        self._hub = hub
        self._is_connected = is_connected
        self._last: int | None = None
        self._heard: dict[int, set[str]] = {}
        """Hour → the devices heard in it, as far as this process knows."""
        self._judged: int | None = None
        self._verdicts: dict[tuple[str, str], Judgement] = {}
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Count every ten minutes, on the ten minutes, until cancelled."""
        self._last = None
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S - self._hub.now() % LOOK_S)

    async def watched(self) -> list[Watched]:
        """Everything that is counted, with what was last said of it; what is silent first."""
        open_now = {(one.kind, one.name): one for one in await self._hub.read(silences.open_silences)}
        found = [Watched(*key, Verdict.SILENT, one.words, one.began_at) for key, one in sorted(open_now.items())]
        others = {key: said for key, said in self._verdicts.items() if key not in open_now}
        return found + [
            Watched(*key, Verdict.USUAL if said.verdict is Verdict.SILENT else said.verdict, said.words)
            for key, said in sorted(others.items())
        ]

    # -- counting -----------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Count what was heard since the last look, and judge each hour that has ended. Raises StoreError."""
        async with self._looking:
            now = self._hub.now()
            hour = now // HOUR_S
            since = self._last
            self._last = now
            rows = [row for row in await self._hub.devices() if row.revoked_at is None]
            large = await asyncio.to_thread(_large_areas, rows)
            await self._count_devices(now, rows, large)
            await self._count_events(hour, large)
            if since is not None and 0 < now - since <= 2 * LOOK_S:
                await self._count_watched(since, now)
            if hour != self._judged:
                self._judged = hour
                await self._judge(hour, now)

    async def _count_watched(self, since: int, now: int) -> None:
        for hour in range(since // HOUR_S, now // HOUR_S + 1):
            seconds = min(now, (hour + 1) * HOUR_S) - max(since, hour * HOUR_S)
            if seconds > 0:
                await self._hub.write(
                    lambda db, hour=hour, seconds=seconds: silences.add_counts(db, hour, {(HUB, ""): seconds})  # type: ignore[misc]
                )

    async def _count_devices(self, now: int, rows: list[DeviceRow], large: set[str]) -> None:
        hour = now // HOUR_S
        self._heard = {one: self._heard.get(one, set()) for one in (hour - 1, hour)}
        for row in rows:
            if self._is_connected(row.device):
                self._heard[hour].add(row.device)
            if row.last_seen is not None and row.last_seen // HOUR_S in self._heard:
                self._heard[row.last_seen // HOUR_S].add(row.device)
        for one, heard in self._heard.items():
            counts = await asyncio.to_thread(_heard_in, rows, heard, large)
            await self._hub.write(lambda db, one=one, counts=counts: silences.raise_counts(db, one, counts))  # type: ignore[misc]

    async def _count_events(self, hour: int, large: set[str]) -> None:
        """The counts of the hours since the last that the hub watched, made anew: so none is missed, and none counted twice."""
        known = await self._hub.read(lambda db: silences.newest_hour(db, HUB))
        begun = max(hour - CAUGHT_UP_HOURS_MAX, min(hour, hour if known is None else known))
        for one in range(min(begun, hour - 1), hour + 1):
            found = await self._hub.read(
                lambda db, one=one: silences.events_between(db, one * HOUR_S, (one + 1) * HOUR_S, _COUNTED)  # type: ignore[misc]
            )
            counts = Counter(key for event in found for key in self._counted(event, large))
            if counts:
                await self._hub.write(lambda db, one=one, counts=counts: silences.raise_counts(db, one, counts))  # type: ignore[misc]

    def _counted(self, event: Event, large: set[str]) -> Iterable[tuple[str, str]]:
        """What an event is a sign of."""
        if event.kind is EventKind.ALERT_ACKNOWLEDGED:
            areas = self._hub.areas_of(event.device or "")
            return [(ACKS, code) for code in lineage(areas) & large]
        if event.kind in (EventKind.FEED_PUBLISHED, EventKind.FEED_HELD):
            return [(FEED, str(event.members.get("feed", "")))]
        return [(SENDER, str(event.members.get("sender", "")))]

    # -- judging ------------------------------------------------------------------------------------------------------

    async def _judge(self, hour: int, now: int) -> None:
        """The hour before `hour` has ended."""
        since = hour - (DAYS_KEPT + 1) * 24
        window = [one % 24 for one in range(hour - WINDOW_HOURS, hour)]
        await self._hub.write(lambda db: silences.forget_counts(db, since))
        counts = await self._hub.read(
            lambda db: (
                silences.counts(db, since, kinds=(HUB, SENDER, FEED, ACKS))
                | silences.counts(db, since, kinds=(AREA,), of_day=window)
            )
        )
        past = await self._hub.read(lambda db: silences.silences_since(db, since * HOUR_S))
        seconds = counts.pop((HUB, ""), {})
        watched = {one for one, count in seconds.items() if count >= WATCHED_SECONDS_MIN and one < hour}
        self._verdicts = await asyncio.to_thread(_judge_all, counts, watched, past, hour)
        open_now = {(one.kind, one.name): one for one in past if one.ended_at is None}
        ended = [one for key, one in open_now.items() if self._is_over(one, counts, now)]
        began = self._began(set(open_now) - {(one.kind, one.name) for one in ended})
        if ended or began:
            await self._hub.write(lambda db: silences.end_silences(db, ended, now, area_kinds=AREA_KINDS))
        for kind, name in began:
            words = self._verdicts[kind, name].words
            is_area = kind in AREA_KINDS
            await self._hub.write(
                lambda db, kind=kind, name=name, words=words, is_area=is_area: silences.begin_silence(  # type: ignore[misc]
                    db, kind, name, words, now, is_area=is_area
                )
            )
            _logger.warning("silence", kind=kind, name=name, words=words)

    def _is_over(self, one: Silence, counts: Counts, now: int) -> bool:
        if now - one.began_at >= LASTS_DAYS_MAX * 86_400 and one.kind == AREA:
            return True
        found = counts.get((one.kind, one.name), {})
        if one.kind != AREA:
            return not found or any(count and hour >= one.began_at // HOUR_S for hour, count in found.items())
        said = self._verdicts.get((one.kind, one.name))
        return said is not None and said.verdict is Verdict.USUAL

    def _began(self, lasting: set[tuple[str, str]]) -> list[tuple[str, str]]:
        """What has become silent, the areas that hold others first: those below them are not told beside them."""
        silent, began = set(lasting), []
        for key in sorted(self._verdicts, key=lambda key: (KINDS.index(key[0]), key[1].count("-"), key[1])):
            kind, name = key
            if key in silent or self._verdicts[key].verdict is not Verdict.SILENT:
                continue
            if kind in AREA_KINDS:
                above = lineage((name,)) - ({name} if kind == AREA else set())
                if any((AREA, code) in silent for code in above) or any(
                    (kind, code) in silent for code in above - {name}
                ):
                    continue
            silent.add(key)
            began.append(key)
        return began


def _judge_all(counts: Counts, watched: set[int], past: list[Silence], hour: int) -> dict[tuple[str, str], Judgement]:
    found = {}
    for key in sorted(counts):
        own = [one for one in past if (one.kind, one.name) == key]
        found[key] = _judged(key[0], counts[key], watched, own, hour)
    return found


def _judged(kind: str, counts: dict[int, int], watched: set[int], past: list[Silence], hour: int) -> Judgement:
    """A verdict in which hours of silences are no part of the past."""
    for one in past:
        begun, ended = one.began_at // HOUR_S, hour if one.ended_at is None else one.ended_at // HOUR_S + 1
        if one.ended_at is not None and one.ended_at - one.began_at >= LASTS_DAYS_MAX * 86_400:
            continue  # that has become usual
        if kind == AREA:
            watched = watched - set(range(begun - WINDOW_HOURS, min(ended, hour - WINDOW_HOURS)))
        elif one.ended_at is not None:
            watched = watched - set(range(begun, ended - 1))
    if kind == AREA:
        return judge_window(counts, watched, hour)
    return judge_gaps(counts, watched, hour)


def lineage(codes: Iterable[str]) -> set[str]:
    """Areas and all that they lie in."""
    found = set()
    for code in codes:
        levels = code.split("-")
        found |= {"-".join(levels[: depth + 1]) for depth in range(len(levels))}
    return found


def _heard_in(rows: Iterable[DeviceRow], heard: set[str], large: set[str]) -> Counter[tuple[str, str]]:
    """How many of the devices that were heard are in each area."""
    places = Counter(row.areas for row in rows if row.device in heard)
    counts: Counter[tuple[str, str]] = Counter()
    for areas, count in places.items():
        counts.update(dict.fromkeys(((AREA, code) for code in lineage(areas) & large), count))
    return counts


def _large_areas(rows: Iterable[DeviceRow]) -> set[str]:
    counts: Counter[str] = Counter()
    for areas, count in Counter(row.areas for row in rows).items():
        counts.update(dict.fromkeys(lineage(areas), count))
    return {code for code, count in counts.items() if count >= AREA_DEVICES_MIN}
