"""The live view."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from alerts.cap.model import Alert
from alerts.session.commits import OutboxRefused, OutboxStored
from alerts.wire.items import Urgency, pack_full
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    ItemQuarantined,
    LinkState,
    ReceiptsStored,
)
from client.store import EntryState, InboxEntry
from client.terminal.view import View
from client.trouble import Trouble
from tests.support.device_store import item, keep, open_store
from tests.support.questions import ONE_OF
from tests.support.small_hub import NOW, make_alert


def _entries(folder: Path, *severities: str) -> list[InboxEntry]:
    store = open_store(folder)
    store.execute(keep(0, *(item(f"n{number}", severity) for number, severity in enumerate(severities))))
    return store.entries()


class Screen:
    """A view, and what it has shown."""

    def __init__(self, *, has_bell: bool = True) -> None:
        self.out = io.StringIO()
        self.view = View(Console(file=self.out, width=200, force_terminal=True, no_color=True), has_bell=has_bell)

    def show(self, *events: Event) -> str:
        """What these events add."""
        start = len(self.out.getvalue())
        for event in events:
            self.view.show(event, NOW)
        return self.out.getvalue()[start:]


def test_a_live_extreme_alert_rings_and_is_shown_once(tmp_path: Path) -> None:
    (entry,) = _entries(tmp_path, "Extreme")
    text = Screen().show(AlertArrived(entry), CaughtUp(), AlarmDue((entry,)))
    assert text.count("\a") == 1
    assert text.count("Boil water n0") == 1
    assert "tocsin-field ack 1" in text


def test_only_extreme_rings_and_ordinary_alerts_need_no_alarm(tmp_path: Path) -> None:
    severe, ordinary = _entries(tmp_path, "Severe", "Minor")
    screen = Screen()
    assert "\a" not in screen.show(AlarmDue((severe,)))
    assert screen.show(AlarmDue((ordinary,))) == ""


def test_the_bell_can_be_off(tmp_path: Path) -> None:
    (entry,) = _entries(tmp_path, "Extreme")
    assert "\a" not in Screen(has_bell=False).show(AlarmDue((entry,)))


def test_a_catch_up_is_one_summary_and_one_alarm(tmp_path: Path) -> None:
    entries = _entries(tmp_path, *["Moderate"] * 38, "Extreme", "Severe")
    screen = Screen()
    text = screen.show(
        *map(AlertArrived, reversed(entries)), AlertWithdrawn(entries[3]), CaughtUp(), AlarmDue(tuple(entries))
    )
    assert "40 alerts arrived: 1 Extreme, 1 Severe, 38 Moderate; 40 of them in force; 1 no longer in force" in text
    assert text.count("Boil water") == 1
    assert "and 39 more" in text
    assert text.count("\a") == 1
    assert screen.show(CaughtUp()) == ""


def test_a_few_are_shown_one_by_one(tmp_path: Path) -> None:
    entries = _entries(tmp_path, "Moderate", "Minor")
    text = Screen().show(*map(AlertArrived, entries), AlertWithdrawn(entries[0]), CaughtUp())
    assert text.count("Boil water") == 3
    assert "2: Boil water n1 (no longer in force)" in text


def test_many_that_end_together_are_counted(tmp_path: Path) -> None:
    entries = _entries(tmp_path, *["Minor"] * 4)
    text = Screen().show(*map(AlertWithdrawn, entries), CaughtUp())
    assert text.strip() == "4 alerts are no longer in force here"
    ended = replace(entries[0], state=EntryState.ENDED)
    assert "(not for this device any more)" in Screen().show(AlertWithdrawn(ended), CaughtUp())


def test_a_cancel_without_words_says_what_it_cancels(tmp_path: Path) -> None:
    value = make_alert("end", msg_type="Cancel", references="old").to_json()
    alert = Alert.from_json({**value, "info": []})
    store = open_store(tmp_path)
    store.execute(
        keep(
            0,
            pack_full(
                alert, expires=NOW + 9, urgency=Urgency.ORDINARY, replaces=frozenset(), languages=(), hub_made=False
            ),
        )
    )
    text = Screen().show(AlertArrived(store.entries()[0]), CaughtUp())
    assert "1:  Cancel of old" in text and "Unknown" not in text


def test_the_same_trouble_is_said_once() -> None:
    waiting = ConnectionChanged(LinkState.WAITING, Trouble.UNREACHABLE, "the hub cannot be reached", 3)
    screen = Screen()
    assert "the hub cannot be reached" in screen.show(waiting)
    assert screen.show(ConnectionChanged(LinkState.CONNECTING), waiting) == ""
    assert "connected" in screen.show(ConnectionChanged(LinkState.CONNECTED))
    assert "the hub cannot be reached" in screen.show(waiting)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ConnectionChanged(LinkState.REVOKED, Trouble.REVOKED, "the hub has revoked this device"), "revoked"),
        (ReceiptsStored(0), "the hub has what you did"),
        (ReceiptsStored(2), "2 receipts waiting"),
        (ItemQuarantined(1, 7, "bad\x1b"), "item 7 of the hub cannot be used: bad\ufffd"),
        (EventsMissed(5), "5 changes were not shown"),
    ],
)
def test_other_events(event: Event, words: str) -> None:
    assert words in Screen().show(event)


def test_changes_of_known_alerts(tmp_path: Path) -> None:
    (entry,) = _entries(tmp_path, "Severe")
    assert "(changed)" in Screen().show(AlertUpdated(entry))
    assert "the hub no longer has it" in Screen().show(AlertUnconfirmed(entry))


def test_what_asks_says_how_to_answer_until_it_was_answered(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=ONE_OF)))
    shown = Screen().show(AlertArrived(store.find("a")), CaughtUp())
    assert "? How is the road? (1 open, 2 flooded, 3 closed)   tocsin-field answer 1 …" in shown
    answered = store.give_answer("a", 1)
    assert "How is the road?" not in Screen().show(AlertArrived(answered), CaughtUp())


def test_an_answer_that_the_hub_has_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=ONE_OF)))
    store.give_answer("a", 1)
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 1),)))
    assert "1: answered flooded; the hub has it" in Screen().show(AnswerStored(store.find("a")))
    store.execute(OutboxRefused(box.epoch, 1, 4, "not understood"))
    said = Screen().show(AnswerStored(store.find("a")))
    assert "1: answered flooded (the hub cannot use it: not understood)" in said
