from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.audience import Audience
from alerts.cap.terms import Category, Severity
from alerts.errors import NameTakenError, UnknownFeedError
from server.store import feeds
from server.store.feed_records import EntryStanding, FeedFilter, FeedSettings, FoundAlert, Outcome
from tests.support.stores import NOON, fresh_database

SETTINGS = FeedSettings(
    "https://feed.example/",
    filter=FeedFilter(categories=(Category.HEALTH,), severity_at_least=Severity.SEVERE),
    geocodes={"P-code": "KE-"},
    audience=Audience(areas=("KE",), roles=("nurse",)),
)


def test_a_feed_comes_back_as_it_was_added(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        added = feeds.add_feed(db, "met", SETTINGS, "admin", NOON)
        assert feeds.feeds(db) == [added]
        assert feeds.feed(db, "met").settings == SETTINGS
        with pytest.raises(NameTakenError):
            feeds.add_feed(db, "met", SETTINGS, "admin", NOON)
        with pytest.raises(UnknownFeedError):
            feeds.feed(db, "other")


def test_how_a_feed_does_is_kept(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        added = feeds.add_feed(db, "met", SETTINGS, "admin", NOON)
        standing = replace(added.standing, title="T", read_at=NOON, etag='"1"', next_at=NOON + 60, failures=2)
        feeds.note_standing(db, added.id, standing)
        assert feeds.feed(db, "met").standing == standing


def test_entries_are_remembered_by_feed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        one, other = (feeds.add_feed(db, name, SETTINGS, "admin", NOON).id for name in ("a", "b"))
        feeds.note_entry(db, one, "urn:1", EntryStanding("v1", False, 1), NOON)
        feeds.note_entry(db, one, "urn:1", EntryStanding("v1", True, 2), NOON)
        feeds.note_entry(db, one, "urn:2" * 1000, EntryStanding("v1", False, 1), NOON)
        found = feeds.entries(db, one, ["urn:1", "urn:2" * 1000, "urn:3"])
        assert found == {"urn:1": EntryStanding("v1", True, 2), "urn:2" * 1000: EntryStanding("v1", False, 1)}
        assert feeds.entries(db, other, ["urn:1"]) == {}
        assert (feeds.has_undone(db, one), feeds.has_undone(db, other)) == (True, False)


def test_what_became_of_an_alert_is_written_over(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON).id
        item = feeds.record(db, feed, FoundAlert("a,b", Outcome.FAILING, "x"), NOON)
        held = FoundAlert("a,b", Outcome.HELD, audience=Audience(areas=("KE",)), xml=b"<alert/>", is_urgent=True)
        assert feeds.record(db, feed, held, NOON + 5) == item
        found = feeds.item(db, item)
        assert (found.found, found.found_at, found.looked_at) == (held, NOON, NOON + 5)
        assert feeds.source_outcome(db, feed, "a,b") is Outcome.HELD
        assert feeds.source_outcome(db, feed, "a,c") is None
        assert [one.id for one in feeds.held_of(db, ["a,b", "a,c"])] == [item]
        feeds.decide(db, item, Outcome.PUBLISHED, "", "admin", NOON + 9, number=7, audience=Audience(everyone=True))
        decided = feeds.item(db, item)
        assert (decided.found.xml, decided.found.number, decided.decided_by) == (None, 7, "admin")
        assert decided.found.audience == Audience(everyone=True)
        assert feeds.held_of(db, ["a,b"]) == []
        assert feeds.counts(db) == {feed: {Outcome.PUBLISHED: 1}}


def test_what_was_replaced_in_a_feed_is_known(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON).id
        other = feeds.add_feed(db, "other", SETTINGS, "admin", NOON).id
        cancel = FoundAlert("a,x", Outcome.NOTHING_TO_CANCEL, status="Actual", replaces=("a,one_%", "a,two"))
        forged = FoundAlert("a,y", Outcome.SIGNATURE_BROKEN, status="Actual", replaces=("a,three",))
        for found in (cancel, forged):
            feeds.record(db, feed, found, NOON)
        assert feeds.replaced_by(db, feed, "a,one_%", "Actual") == "a,x"
        assert feeds.replaced_by(db, feed, "a,two", "Exercise") is None
        assert feeds.replaced_by(db, other, "a,two", "Actual") is None
        for key in ("a,one_", "a,oneXY", "a,tw", "a,three", "%"):
            assert feeds.replaced_by(db, feed, key, "Actual") is None


def test_a_change_forgets_what_it_may_change(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON)
        feeds.note_standing(db, feed.id, replace(feed.standing, etag='"1"', next_at=NOON + 999))
        for outcome in Outcome:
            feeds.record(db, feed.id, FoundAlert(f"a,{outcome}", outcome), NOON)
        feeds.note_entry(db, feed.id, "1", EntryStanding("v", True, 1), NOON)
        changed = feeds.change_feed(db, "met", replace(SETTINGS, interval_s=60), NOON + 1)
        assert (changed.standing.etag, changed.standing.next_at, changed.settings.interval_s) == ("", NOON + 1, 60)
        left = {item.found.outcome for item in feeds.items(db, feed_name="met", outcomes=(), after=0, limit=100)}
        assert left == {
            *(Outcome.PUBLISHED, Outcome.HELD, Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.OWN, Outcome.DUPLICATE)
        }
        assert feeds.entries(db, feed.id, ["1"]) == {}


def test_a_feed_is_forgotten_with_all_that_it_had(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON).id
        other = feeds.add_feed(db, "other", SETTINGS, "admin", NOON).id
        for one in (feed, other):
            feeds.record(db, one, FoundAlert("a,b", Outcome.HELD), NOON)
            feeds.note_entry(db, one, "1", EntryStanding("v", True, 1), NOON)
        feeds.remove_feed(db, "met")
        assert [one.name for one in feeds.feeds(db)] == ["other"]
        assert feeds.counts(db) == {other: {Outcome.HELD: 1}}


def test_what_is_old_is_forgotten_unless_it_is_held_or_listed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON).id
        for outcome in (Outcome.FILTERED, Outcome.PUBLISHED, Outcome.HELD):
            feeds.record(db, feed, FoundAlert(f"a,{outcome}", outcome), NOON)
        for name in ("gone", "listed"):
            feeds.note_entry(db, feed, name, EntryStanding("v", True, 1), NOON)
        feeds.forget_old(db, NOON + feeds.OTHERS_KEPT_S + 1)
        assert feeds.counts(db) == {feed: {Outcome.PUBLISHED: 1, Outcome.HELD: 1}}
        for name in ("gone", "listed"):
            feeds.note_entry(db, feed, name, EntryStanding("v", True, 1), NOON)
        later = NOON + feeds.ITEMS_KEPT_S + 1
        feeds.note_listed(db, feed, ["listed"], later)
        feeds.forget_old(db, later)
        left = [item.found.source for item in feeds.items(db, feed_name=None, outcomes=(), after=0, limit=100)]
        assert left == ["a,held"]
        assert set(feeds.entries(db, feed, ["gone", "listed"])) == {"listed"}


def test_what_was_held_until_it_expired_is_found(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        feed = feeds.add_feed(db, "met", SETTINGS, "admin", NOON).id
        for name, expires in (("over", NOON), ("lasting", NOON + 1), ("cancel", None)):
            feeds.record(db, feed, FoundAlert(f"a,{name}", Outcome.HELD, expires=expires), NOON)
        assert [item.found.source for item in feeds.held_until(db, NOON)] == ["a,over"]
