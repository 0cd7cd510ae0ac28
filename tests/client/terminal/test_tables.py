"""Lists for the terminal."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from alerts.wire.uplink import ReceiptState
from client.terminal.tables import inbox_table, status_table
from tests.support.device_store import item, keep, open_store
from tests.support.small_hub import NOW


def _shown(table: object, width: int = 100) -> str:
    out = io.StringIO()
    Console(width=width, file=out).print(table)
    return " ".join(out.getvalue().split())


def test_the_inbox(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b", "Extreme")))
    store.give_receipt("a", ReceiptState.SEEN)
    words = _shown(inbox_table(store.entries(), NOW + 120))
    assert "2 Extreme Boil water b 2 min ago" in words
    assert "seen (queued)" in words


def test_a_narrow_terminal_keeps_every_number(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, *(item(f"n{number}") for number in range(12))))
    words = _shown(inbox_table(store.entries(), NOW), width=60).split()
    assert {str(number) for number in range(1, 13)} <= set(words)


def test_the_status_names_only_what_there_is() -> None:
    facts = {
        "device": "d1",
        "name": "",
        "hub": "http://hub",
        "data": "/x",
        "link": False,
        "languages": [],
        "alerts": 3,
        "in_force": 2,
        "unacknowledged": 1,
        "unanswered": 0,
        "waiting": 4,
        "dictionaries": [{"address": "0a", "state": "shipped", "bytes": 400 * 1024}],
        "roll_call_owed": False,
        "unconfirmed": 0,
        "refused": [],
        "quarantined": [],
    }
    words = _shown(status_table(facts))
    assert "device d1 hub http://hub" in words
    assert "the first of each alert" in words
    assert "dictionary 0a came with the program, 400 KB" in words
    assert "roll-call" not in words
    assert "answer" not in words
    more = facts | {
        "unanswered": 3,
        "roll_call_owed": True,
        "unconfirmed": 2,
        "refused": [{"number": 1, "reason": "why\x1b"}],
        "quarantined": [{"number": 9, "reason": "how"}],
    }
    words = _shown(status_table(more))
    assert "to answer 3 alerts ask for an answer" in words
    assert "roll-call owed" in words
    assert "2 alerts that the hub no longer has" in words
    assert "refused item 1: why\ufffd" in words
    assert "not usable item 9: how" in words
