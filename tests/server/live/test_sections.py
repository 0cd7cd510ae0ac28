"""Who is silent, what waits, what fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

from peewee import SqliteDatabase

from alerts.audience import Audience
from server.events import EventKind
from server.hub import Hub
from server.live.sections import read_sections
from server.ops.silence import SilenceWatch
from server.store import drafts, events, feeds, silences
from server.store.feed_records import FeedSettings, FeedStanding, FoundAlert, Outcome
from tests.support.stores import NOON, opened_hub


def happen(db: SqliteDatabase) -> None:
    feed = feeds.add_feed(db, "who", FeedSettings("https://who.example/feed"), "ops", NOON)
    feeds.note_standing(db, feed.id, FeedStanding(failures=2, problem="503", read_at=NOON - 60))
    for number, (outcome, area) in enumerate(((Outcome.HELD, "KE"), (Outcome.HELD, "UG"), (Outcome.PUBLISHED, "KE"))):
        found = FoundAlert(f"s-{number}", outcome, headline=f"in {area}", audience=Audience(areas=(area,)))
        feeds.record(db, feed.id, found, NOON)
    for contact, at in (("amina", NOON - 10), ("amina", NOON - 5), ("old", NOON - 90_000)):
        events.append(db, at, EventKind.RULE_FAILED, alert=1, rule="r", step=1, contact=contact, words="no gateway")
    content = {"alert": {"info": [{"headline": "a draft", "severity": "Extreme"}]}, "audience": {"areas": ["UG"]}}
    drafts.make(db, drafts.NewDraft(content, "ama"), NOON, drafts.DraftStatus.WAITING)
    drafts.make(db, drafts.NewDraft(content, "ama"), NOON)
    silences.begin_silence(db, "area", "KE-1", "quiet", NOON, is_area=True)
    silences.begin_silence(db, "sender", "ops", "quiet", NOON, is_area=False)


def test_what_is_shown_to_whom(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            await hub.write(happen)
            found = await sections_of(hub, ())
            assert [one.title for one in found.waiting] == ["a draft", "in KE", "in UG"]
            assert [(one.kind, one.name, one.since) for one in found.failures] == [
                ("feed", "who", NOON - 60),
                ("rule", "r → amina", NOON - 5),
            ]
            assert [one.name for one in found.silent] == ["KE-1", "ops"]
            bound = await sections_of(hub, ("KE",))
            assert [one.title for one in bound.waiting] == ["in KE"]
            assert not bound.failures and [one.name for one in bound.silent] == ["KE-1"]

    async def sections_of(hub: Hub, bound: tuple[str, ...]):  # type: ignore[no-untyped-def]
        return await read_sections(hub, SilenceWatch(hub, lambda device: False), bound)

    asyncio.run(run())
