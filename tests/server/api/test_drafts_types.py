"""Drafts as they are answered, however little is written in them, and whatever is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from server.api.drafts_types import DraftAnswer, DraftBody, seconds_of
from server.store.drafts import DraftRecord, DraftStatus


def record(alert: Any) -> DraftRecord:
    content = {**DraftBody().content(), "alert": alert}
    return DraftRecord(1, DraftStatus.DRAFT, 1, content, ("ann",), "ann", 0, "ann", 0)


@pytest.mark.parametrize(
    "alert",
    [{}, {"info": None}, {"info": []}, {"info": ["x"]}, {"info": [{"headline": None, "severity": 7}]}, {"status": []}],
)
def test_nothing_of_it_need_be_what_it_should(alert: Any) -> None:
    assert DraftAnswer.of(record(alert)).headline == ""


def test_text_stays_text() -> None:
    hostile = "<script>alert(1)</script>\u202e" + "x" * 10_000
    said = DraftAnswer.of(record({"info": [{"headline": hostile}]}))
    assert said.headline == hostile[:500] and said.alert["info"][0]["headline"] == hostile


def test_a_moment_is_whole_seconds() -> None:
    assert seconds_of(datetime(1970, 1, 1, 0, 1, tzinfo=UTC)) == 60 and seconds_of(None) is None
