"""Events as JSON lines."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, get_args

import pytest

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
from client.store import InboxEntry
from client.terminal.lines import JsonLines, entry_line, event_line
from client.trouble import Trouble
from tests.support.device_store import item, keep, open_store
from tests.support.questions import NUMBER
from tests.support.small_hub import NOW

PAGE = Path(__file__).parents[3] / "docs" / "field-client.md"


@pytest.fixture
def entry(tmp_path: Path) -> InboxEntry:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", "Extreme")))
    return store.find("a")


def _events(entry: InboxEntry) -> list[tuple[Event, dict[str, Any]]]:
    alert = json.loads(entry_line(entry))
    return [
        (AlertArrived(entry), {"event": "alert-arrived", "alert": alert}),
        (AlertUpdated(entry), {"event": "alert-updated", "alert": alert}),
        (AlertWithdrawn(entry), {"event": "alert-withdrawn", "alert": alert}),
        (AlertUnconfirmed(entry), {"event": "alert-unconfirmed", "alert": alert}),
        (AlarmDue((entry,)), {"event": "alarm-due", "worst": "extreme", "alerts": [alert]}),
        (CaughtUp(), {"event": "caught-up"}),
        (ReceiptsStored(2), {"event": "receipts-stored", "waiting": 2}),
        (AnswerStored(entry), {"event": "answer-stored", "alert": alert}),
        (ItemQuarantined(1, 2, "x"), {"event": "item-quarantined", "epoch": 1, "number": 2, "reason": "x"}),
        (EventsMissed(3), {"event": "events-missed", "count": 3}),
        (ConnectionChanged(LinkState.CONNECTED), {"event": "connection-changed", "state": "connected"}),
        (
            ConnectionChanged(LinkState.WAITING, Trouble.SILENT, "dead", 1.5),
            {"event": "connection-changed", "state": "waiting", "trouble": "silent", "words": "dead", "retry_s": 1.5},
        ),
    ]


def test_every_event_is_one_line(entry: InboxEntry) -> None:
    events = _events(entry)
    assert {type(event) for event, _ in events} == set(get_args(Event))
    for event, line in events:
        assert event_line(event).count("\n") == 1
        assert json.loads(event_line(event)) == line


def test_the_page_lists_every_event_and_trouble(entry: InboxEntry) -> None:
    page = PAGE.read_text()
    for _, line in _events(entry):
        assert f"`{line['event']}`" in page
    for trouble in Trouble:
        assert f"`{trouble.value}`" in page


def test_an_alert_for_machines(entry: InboxEntry) -> None:
    line = json.loads(entry_line(entry, with_alert=True))
    assert line["cap"]["identifier"] == "a"
    assert (line["expires"], line["stored_at"], line["receipt"], line["state"]) == (NOW + 3600, NOW, None, "in force")


def test_a_question_and_its_answer_for_machines(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=NUMBER), item("b")))
    line = json.loads(entry_line(store.find("a")))
    assert line["question"] == {
        "text": "How many doses are left?",
        "answer": "number",
        "unit": "doses",
        "min": 0,
        "max": 500,
    }
    assert (line["answer"], line["answer_stored"], line["answer_refused"]) == (None, False, None)
    line = json.loads(entry_line(store.give_answer("a", 40)))
    assert (line["answer"], line["answer_stored"], line["answer_refused"]) == (40, False, None)
    assert json.loads(entry_line(store.find("b")))["question"] is None


def test_lines_leave_at_once() -> None:
    class Out(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    out = Out()
    JsonLines(out).show(CaughtUp(), 0)
    assert out.getvalue() == '{"event": "caught-up"}\n'
    assert out.flushed == 1
