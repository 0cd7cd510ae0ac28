"""What to train on: the alerts of this hub's store, or those of files, as entries of a log, and who reads them.

A dictionary is read by every device that asks for it, so it may hold nothing that is not for everybody: alerts of scope
Private never come into one, those of scope Restricted only if it is asked for.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from peewee import SqliteDatabase

from alerts.audience import Audience, Reader, is_for_any
from alerts.cap.language import ALL
from alerts.cap.model import Alert
from alerts.cap.terms import Scope
from alerts.session.log import Entry, Log, draft_of
from alerts.session.position import Path
from server.store import log as log_rows
from server.store.models import AlertEntry, Device, DeviceClaim
from server.store.texts import unpack_words

ENTRIES_MAX = 5000
"""The newest alerts are looked at; no dictionary has room for the text of more."""

READERS_MAX = 500
"""Devices that are asked for what they get; more would not change the middle one."""

DAYS_MIN = 7.0
"""Over no less a rate is told: what is brought in at once on the first day says nothing of the second."""

DAY_S = 86_400
FILES_EPOCH = 1


@dataclass(frozen=True, slots=True)
class History:
    """Alerts in their order, when each was published, and what is known of their readers.

    `wishes`: the languages that devices ask for, the commonest first; `left_out`: how many alerts are not for everybody.
    """

    entries: tuple[Entry, ...]
    times: tuple[int, ...]
    now: int
    wishes: tuple[tuple[str, ...], ...] = ((ALL,),)
    readers: tuple[Reader, ...] = field(default=(), repr=False)
    left_out: int = 0

    def daily(self, days: int) -> float:
        """Alerts a day that were published in the last so many days, or since the first one."""
        if not self.times:
            return 0.0
        span_days = min(days, max(DAYS_MIN, (self.now - self.times[0]) / DAY_S))
        return sum(time > self.now - span_days * DAY_S - 1 for time in self.times) / span_days

    def share(self) -> float:
        """The share of the alerts that the middle one of the devices gets; 1 where there are none."""
        newest = self.entries[-1000:]
        if not self.readers or not newest:
            return 1.0
        counts = Counter(self.readers_alike())
        shares = []
        for (areas, roles), count in counts.items():
            reader = Reader("", areas, roles)
            shares += [sum(is_for_any(entry.reach, reader) for entry in newest) / len(newest)] * count
        return statistics.median(shares)

    def readers_alike(self) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The areas and roles of the devices."""
        return ((reader.areas, reader.roles) for reader in self.readers)


def of_store(db: SqliteDatabase, now: int, *, with_restricted: bool = False) -> History:
    """The history of a hub, archived alerts too."""
    newest = AlertEntry.select().order_by(AlertEntry.number.desc()).limit(ENTRIES_MAX).execute(db)
    rows = sorted(newest, key=lambda row: int(row.number))
    entries = [(log_rows.read_entry(row), int(row.published_at)) for row in rows]
    open_ones = [(entry, time) for entry, time in entries if _is_for_everybody(entry.payload, with_restricted)]
    devices = list(Device.select().where(Device.revoked_at.is_null()).order_by(Device.enrolled_at.desc()).execute(db))
    return History(
        tuple(entry for entry, _ in open_ones),
        tuple(time for _, time in open_ones),
        now,
        _wishes(db, devices),
        tuple(Reader(one.device, unpack_words(one.areas), unpack_words(one.roles)) for one in devices[:READERS_MAX]),
        len(entries) - len(open_ones),
    )


def _wishes(db: SqliteDatabase, devices: Sequence[Device]) -> tuple[tuple[str, ...], ...]:
    stated = {row.device: unpack_words(row.languages) for row in DeviceClaim.select().execute(db)}
    counts = Counter(
        stated.get(one.device, ()) if one.languages_set is None else unpack_words(one.languages_set) for one in devices
    )
    return tuple(wish for wish, _ in counts.most_common()) or ((ALL,),)


def of_alerts(alerts: Iterable[Alert], *, with_restricted: bool = False, default_life_s: int = 7 * DAY_S) -> History:
    """The history that these alerts would have made, in the order in which they were sent, each once."""
    log, times, left_out = Log(Path([(FILES_EPOCH, 1)])), list[int](), 0
    unique = {alert.key: alert for alert in alerts}
    for alert in sorted(unique.values(), key=lambda alert: alert.sent.seconds)[-ENTRIES_MAX:]:
        if not _is_for_everybody(alert, with_restricted):
            left_out += 1
            continue
        draft = draft_of(alert, Audience(everyone=True), default_life_s=default_life_s, payload=alert)
        log.append(log.inherit(draft))
        times.append(alert.sent.seconds)
    return History(tuple(log), tuple(times), times[-1] if times else 0, left_out=left_out)


def _is_for_everybody(alert: object, with_restricted: bool) -> bool:
    assert isinstance(alert, Alert), "the hub's entries carry their alert"
    return alert.scope is Scope.PUBLIC or (with_restricted and alert.scope is Scope.RESTRICTED)
