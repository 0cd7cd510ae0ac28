from __future__ import annotations

from pathlib import Path

from server.events import EventKind
from server.store import events, silences
from tests.support.stores import NOON, fresh_database

HOUR = NOON // 3600


def test_counts_are_added_or_raised_and_forgotten(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        for count in (2, 3):
            silences.add_counts(db, HOUR, {("hub", ""): count})
        for count in (4, 7, 5):
            silences.raise_counts(db, HOUR, {("area", "KE"): count})
        silences.raise_counts(db, HOUR + 1, {("area", "KE"): 1})
        assert silences.counts(db, HOUR, kinds=("hub", "area")) == {
            ("hub", ""): {HOUR: 5},
            ("area", "KE"): {HOUR: 7, HOUR + 1: 1},
        }
        of_day = silences.counts(db, HOUR, kinds=("area",), of_day=[(HOUR + 1) % 24])
        assert of_day == {("area", "KE"): {HOUR + 1: 1}}
        assert silences.newest_hour(db, "area") == HOUR + 1 and silences.newest_hour(db, "feed") is None
        assert silences.forget_counts(db, HOUR + 1) == 2


def test_a_silence_and_its_end_are_events(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        silences.begin_silence(db, "area", "KE", "few", NOON, is_area=True)
        silences.begin_silence(db, "sender", "who", "none", NOON, is_area=False)
        area, source = silences.open_silences(db)
        silences.end_silences(db, [area], NOON + 60, area_kinds=frozenset({"area"}))
        assert silences.open_silences(db) == [source]
        assert [one.ended_at for one in silences.silences_since(db, NOON)] == [NOON + 60, None]
        assert len(silences.silences_since(db, NOON + 61)) == 1
        assert silences.silence(db, area.id) is not None and silences.silence(db, 99) is None
        assert [(event.kind, event.members) for event in events.events_after(db, 0, 9)] == [
            (EventKind.SILENCE_BEGAN, {"area": "KE", "words": "few"}),
            (EventKind.SILENCE_BEGAN, {"source": "who", "words": "none"}),
            (EventKind.SILENCE_ENDED, {"area": "KE"}),
        ]
        ended = silences.events_between(db, NOON, NOON + 61, [EventKind.SILENCE_ENDED])
        assert [event.at for event in ended] == [NOON + 60]
