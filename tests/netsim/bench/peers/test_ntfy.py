"""A line is as ntfy's documentation shows it, with what a person reads."""

from __future__ import annotations

import json
from pathlib import Path

from netsim.bench.peers.ntfy import chunk_bytes, line
from netsim.bench.wire.corpus import Measured, in_log, read_corpus
from tests.netsim.bench.wire.lines import line as fields
from tests.netsim.bench.wire.lines import write_lines


def _one(tmp_path: Path, **changes: object) -> Measured:
    (one,) = in_log(read_corpus(write_lines(tmp_path / "a.jsonl", fields(**changes))))
    return one


def test_a_message_has_its_fields(tmp_path: Path) -> None:
    one = _one(tmp_path)
    said = line(one.alert, one.entry.expires)
    assert said.endswith(b"}\n")
    message = json.loads(said)
    assert list(message) == ["id", "time", "expires", "event", "topic", "title", "message", "priority", "tags"]
    assert len(message.pop("id")) == 12
    assert message == {
        "time": 1_700_000_000,
        "expires": 1_700_086_400,
        "event": "message",
        "topic": "alerts-YE-AD-0103",
        "title": "Boil all water",
        "message": "Nine cases since Monday.\n\nBoil it for a minute.\n\nAl Fanar",
        "priority": 4,
        "tags": ["Health"],
    }


def test_the_default_priority_is_not_stated_and_an_event_can_be_the_title(tmp_path: Path) -> None:
    one = _one(tmp_path, severity="Moderate", headline="")
    message = json.loads(line(one.alert, one.entry.expires))
    assert "priority" not in message
    assert message["title"] == "Cholera"


def test_a_chunk_has_its_length_and_two_ends_of_line() -> None:
    assert chunk_bytes(0x1F) == len(b"1f\r\n") + 0x1F + len(b"\r\n")
