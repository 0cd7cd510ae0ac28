"""Feeds in the store: their settings, how they do, which entries were looked at, and what became of their alerts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from peewee import EXCLUDED, SqliteDatabase, chunked, fn
from pydantic import TypeAdapter

from alerts.audience import Audience
from alerts.errors import NameTakenError, UnknownFeedError
from server.store.feed_records import (
    LOOKED_AT_AGAIN,
    NEVER_MEANT,
    EntryStanding,
    Feed,
    FeedItem,
    FeedSettings,
    FeedStanding,
    FoundAlert,
    Outcome,
)
from server.store.models import AlertEntry
from server.store.models_feeds import FeedEntryRow, FeedItemRow, FeedReplacementRow, FeedRow
from server.store.texts import pack_audiences, unpack_audiences

ITEMS_KEPT_S = 90 * 86_400
"""How long it is remembered what became of an alert that concerned this hub."""
OTHERS_KEPT_S = 14 * 86_400
"""How long of one that did not (it was filtered, or could not be read): a national feed has thousands of these a day."""
ENTRIES_KEPT_S = 14 * 86_400
"""How long an entry is remembered that the feed lists no more."""
LISTED_EVERY_S = 86_400
"""How often it is noted that an entry is still listed."""

_STANDING = tuple(FeedStanding.__dataclass_fields__)


@lru_cache
def _settings() -> TypeAdapter[FeedSettings]:
    return TypeAdapter(FeedSettings)


# -- feeds ------------------------------------------------------------------------------------------------------------


def add_feed(db: SqliteDatabase, name: str, settings: FeedSettings, by: str, now: int) -> Feed:
    """A new feed, to be polled at once. Raises NameTakenError."""
    if FeedRow.select().where(FeedRow.name == name).exists(db):
        raise NameTakenError(f"a feed {name!r} exists already")
    standing = FeedStanding(next_at=now)
    row = {"name": name, "settings": _pack(settings), "made_at": now, "made_by": by, **asdict(standing)}
    number: int = FeedRow.insert(**row).execute(db)
    return Feed(number, name, settings, standing, now, by)


def feeds(db: SqliteDatabase) -> list[Feed]:
    """All feeds, by name."""
    return [_feed(row) for row in FeedRow.select().order_by(FeedRow.name).execute(db)]


def feed(db: SqliteDatabase, name: str) -> Feed:
    """One feed. Raises UnknownFeedError."""
    row = FeedRow.select().where(FeedRow.name == name).get_or_none(db)
    if row is None:
        raise UnknownFeedError(f"no feed is called {name[:80]!r}")
    return _feed(row)


def change_feed(db: SqliteDatabase, name: str, settings: FeedSettings, now: int) -> Feed:
    """Other settings: the feed is read from the beginning, and what they might change is looked at again.

    Raises UnknownFeedError.
    """
    before = feed(db, name)
    standing = replace(before.standing, next_at=now, etag="", modified="")
    FeedRow.update(settings=_pack(settings), **asdict(standing)).where(FeedRow.id == before.id).execute(db)
    for table in (FeedEntryRow, FeedReplacementRow):
        table.delete().where(table.feed == before.id).execute(db)
    is_again = FeedItemRow.outcome << sorted(LOOKED_AT_AGAIN)
    FeedItemRow.delete().where((FeedItemRow.feed == before.id) & is_again).execute(db)
    return replace(before, settings=settings, standing=standing)


def remove_feed(db: SqliteDatabase, name: str) -> None:
    """Forget a feed and what became of its alerts; those that were published stay in the log. Raises UnknownFeedError."""
    found = feed(db, name)
    for table in (FeedEntryRow, FeedItemRow, FeedReplacementRow):
        table.delete().where(table.feed == found.id).execute(db)
    FeedRow.delete().where(FeedRow.id == found.id).execute(db)


def note_standing(db: SqliteDatabase, feed_id: int, standing: FeedStanding) -> None:
    """Write how a feed does."""
    FeedRow.update(**asdict(standing)).where(FeedRow.id == feed_id).execute(db)


def forget_old(db: SqliteDatabase, now: int) -> None:
    """Forget what nobody will ask for any more."""
    is_other = FeedItemRow.outcome << sorted(LOOKED_AT_AGAIN)
    is_old = (FeedItemRow.looked_at < now - ITEMS_KEPT_S) & (FeedItemRow.outcome != Outcome.HELD)
    FeedItemRow.delete().where(is_old | (is_other & (FeedItemRow.looked_at < now - OTHERS_KEPT_S))).execute(db)
    FeedReplacementRow.delete().where(FeedReplacementRow.at < now - ITEMS_KEPT_S).execute(db)
    FeedEntryRow.delete().where(FeedEntryRow.listed_at < now - ENTRIES_KEPT_S).execute(db)


def _pack(settings: FeedSettings) -> str:
    return _settings().dump_json(settings).decode()


def _feed(row: FeedRow) -> Feed:
    standing = FeedStanding(**{name: getattr(row, name) for name in _STANDING})
    return Feed(row.id, row.name, _settings().validate_json(row.settings), standing, row.made_at, row.made_by)


# -- entries ----------------------------------------------------------------------------------------------------------


def entry_mark(entry_id: str) -> str:
    """How an entry's id is stored."""
    return hashlib.sha256(entry_id.encode()).hexdigest()[:32]


def entries(db: SqliteDatabase, feed_id: int, ids: Iterable[str]) -> dict[str, EntryStanding]:
    """Those of these entries that were looked at before, by id."""
    marks = {entry_mark(one): one for one in ids}
    found = {}
    for some in chunked(marks, 500):
        is_one = (FeedEntryRow.feed == feed_id) & (FeedEntryRow.entry << some)
        for row in FeedEntryRow.select().where(is_one).execute(db):
            found[marks[row.entry]] = EntryStanding(row.version, row.is_done, row.tries)
    return found


def note_entry(db: SqliteDatabase, feed_id: int, entry_id: str, standing: EntryStanding, now: int) -> None:
    """Write how far looking at an entry came."""
    values = {"listed_at": now, **asdict(standing)}
    insert = FeedEntryRow.insert(feed=feed_id, entry=entry_mark(entry_id), **values)
    insert.on_conflict(conflict_target=[FeedEntryRow.feed, FeedEntryRow.entry], update=values).execute(db)


def has_undone(db: SqliteDatabase, feed_id: int) -> bool:
    """Whether an entry of a feed is to be tried again."""
    is_undone = (FeedEntryRow.feed == feed_id) & (FeedEntryRow.is_done == False)  # noqa: E712
    found: bool = FeedEntryRow.select().where(is_undone).exists(db)
    return found


def note_listed(db: SqliteDatabase, feed_id: int, ids: Iterable[str], now: int) -> None:
    """Write that these entries are still listed, once a day."""
    for some in chunked((entry_mark(one) for one in ids), 500):
        is_one = (FeedEntryRow.feed == feed_id) & (FeedEntryRow.entry << some)
        is_due = FeedEntryRow.listed_at < now - LISTED_EVERY_S
        FeedEntryRow.update(listed_at=now).where(is_one & is_due).execute(db)


# -- what became of alerts --------------------------------------------------------------------------------------------


def record(db: SqliteDatabase, feed_id: int, found: FoundAlert, now: int) -> int:
    """Write what became of an alert, over what was written of it in this feed before; the item's number."""
    row = {**asdict(found), "audience": None if found.audience is None else pack_audiences([found.audience])}
    for key in row.pop("replaces"):
        if found.outcome not in NEVER_MEANT:
            values = {"feed": feed_id, "key": key, "by": found.source, "status": found.status, "at": now}
            FeedReplacementRow.insert(**values).on_conflict_ignore().execute(db)
    kept = {FeedItemRow.feed, FeedItemRow.source, FeedItemRow.found_at}
    columns = [field for field in FeedItemRow._meta.sorted_fields if field not in kept and field.name != "id"]
    insert = FeedItemRow.insert(feed=feed_id, found_at=now, looked_at=now, **row)
    insert.on_conflict(
        conflict_target=[FeedItemRow.feed, FeedItemRow.source],
        update={field: getattr(EXCLUDED, field.name) for field in columns},
    ).execute(db)
    number: int = FeedItemRow.select(FeedItemRow.id).where(_is(feed_id, found.source)).scalar(db)
    return number


def forget_source(db: SqliteDatabase, feed_id: int, source: str) -> None:
    """Forget what was written of an entry while its alert was not known."""
    FeedItemRow.delete().where(_is(feed_id, source)).execute(db)


def _is(feed_id: int, source: str) -> Any:
    return (FeedItemRow.feed == feed_id) & (FeedItemRow.source == source)


def decide(
    db: SqliteDatabase,
    item: int,
    outcome: Outcome,
    words: str,
    by: str | None,
    now: int,
    *,
    number: int | None = None,
    audience: Audience | None = None,
) -> None:
    """Write what became of a held alert, by whose decision (None: by itself). It keeps its XML only while it is held."""
    update = {"outcome": str(outcome), "words": words, "xml": None, "number": number}
    if audience is not None:
        update["audience"] = pack_audiences([audience])
    FeedItemRow.update(decided_at=now, decided_by=by, **update).where(FeedItemRow.id == item).execute(db)


def replaced_by(db: SqliteDatabase, feed_id: int, key: str, status: str) -> str | None:
    """The identity of an update or cancel of an alert that this feed has brought before it, whatever became of that."""
    row = FeedReplacementRow
    is_one = (row.feed == feed_id) & (row.key == key) & (row.status == status)
    found: str | None = row.select(row.by).where(is_one).order_by(row.at).limit(1).scalar(db)
    return found


def held_of(db: SqliteDatabase, keys: Iterable[str]) -> list[FeedItem]:
    """The held items with these identities, of all feeds."""
    is_one = (FeedItemRow.outcome == Outcome.HELD) & (FeedItemRow.source << list(keys))
    return _items(db, is_one)


def held_until(db: SqliteDatabase, now: int) -> list[FeedItem]:
    """The held items whose time is over."""
    return _items(db, (FeedItemRow.outcome == Outcome.HELD) & (FeedItemRow.expires <= now))


def source_outcome(db: SqliteDatabase, feed_id: int, source: str) -> Outcome | None:
    """What became of an alert in this feed, if it was looked at before."""
    found = FeedItemRow.select(FeedItemRow.outcome).where(_is(feed_id, source)).scalar(db)
    return None if found is None else Outcome(found)


def item(db: SqliteDatabase, number: int) -> FeedItem:
    """One item, with its XML if it is held. Raises UnknownFeedError."""
    found = _items(db, FeedItemRow.id == number)
    if not found:
        raise UnknownFeedError(f"no item has the number {number}")
    return found[0]


def items(
    db: SqliteDatabase, *, feed_name: str | None, outcomes: Iterable[Outcome], after: int, limit: int
) -> list[FeedItem]:
    """What became of alerts, in the order of their numbers. Raises UnknownFeedError."""
    wanted: Any = FeedItemRow.id > after
    if feed_name is not None:
        wanted &= FeedItemRow.feed == feed(db, feed_name).id
    some = [str(outcome) for outcome in outcomes]
    if some:
        wanted &= FeedItemRow.outcome << some
    return _items(db, wanted, limit)


def counts(db: SqliteDatabase) -> dict[int, dict[Outcome, int]]:
    """How many alerts of each feed have which outcome."""
    query = FeedItemRow.select(FeedItemRow.feed, FeedItemRow.outcome, fn.COUNT(FeedItemRow.id).alias("count"))
    found: dict[int, dict[Outcome, int]] = {}
    for row in query.group_by(FeedItemRow.feed, FeedItemRow.outcome).tuples().execute(db):
        found.setdefault(row[0], {})[Outcome(row[1])] = row[2]
    return found


def _items(db: SqliteDatabase, wanted: Any, limit: int | None = None) -> list[FeedItem]:
    names = {row.id: row.name for row in FeedRow.select(FeedRow.id, FeedRow.name).execute(db)}
    query = FeedItemRow.select().where(wanted).order_by(FeedItemRow.id).limit(limit)
    return [_item(row, names) for row in query.execute(db)]


def _item(row: FeedItemRow, names: Mapping[int, str]) -> FeedItem:
    values = {name: getattr(row, name) for name in FoundAlert.__dataclass_fields__ if name != "replaces"}
    values["outcome"] = Outcome(row.outcome)
    values["audience"] = None if row.audience is None else unpack_audiences(row.audience)[0]
    values["xml"] = None if row.xml is None else bytes(row.xml)
    found = FoundAlert(**values)
    return FeedItem(row.id, names[row.feed], found, row.found_at, row.looked_at, row.decided_at, row.decided_by)


# -- the log, as feeds see it -----------------------------------------------------------------------------------------


def published_by(db: SqliteDatabase, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Those of these alerts that are in the log: number and by whom."""
    wanted = AlertEntry.select(AlertEntry.key, AlertEntry.number, AlertEntry.published_by)
    found = {}
    for some in chunked(keys, 500):
        for row in wanted.where(AlertEntry.key << some).execute(db):
            found[row.key] = (row.number, row.published_by)
    return found
