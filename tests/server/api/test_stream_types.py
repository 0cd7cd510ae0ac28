"""What the streams take."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.api.stream_types import EventAnswer, StreamQuery
from server.events import Event, EventKind


@pytest.mark.parametrize("after", ["", "-1", "1-", "x", "1-2-3", "123456789012345678"])
def test_what_is_no_position_is_refused(after: str) -> None:
    with pytest.raises(ValidationError):
        StreamQuery.model_validate({"after": after})


@pytest.mark.parametrize("seconds", ["0", "-1", "86401", "inf", "nan", "x"])
def test_a_stream_lasts_a_day_at_most(seconds: str) -> None:
    with pytest.raises(ValidationError):
        StreamQuery.model_validate({"for": seconds})


def test_seconds_are_named_as_in_the_address() -> None:
    assert StreamQuery.model_validate({"for": "1.5"}).seconds == 1.5
    with pytest.raises(ValidationError):
        StreamQuery.model_validate({"seconds": "1.5"})


def test_an_event_is_answered_with_its_time() -> None:
    said = EventAnswer.of(Event(7, 0, EventKind.ALERT_SEEN, 3, "d-1", {"done_at": 5})).model_dump(mode="json")
    assert said == {
        "id": 7,
        "at": "1970-01-01T00:00:00Z",
        "kind": "alert.seen",
        "alert": 3,
        "device": "d-1",
        "members": {"done_at": 5},
    }
