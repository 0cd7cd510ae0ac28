"""The tables: every state can be left, and a pair that is not there names both."""

from __future__ import annotations

import pytest

from alerts.errors import RemoteProtocolError
from alerts.session.states import (
    READER_TRANSITIONS,
    SENDER_TRANSITIONS,
    ReaderEvent,
    Reading,
    SenderEvent,
    Sending,
    step,
)


@pytest.mark.parametrize("state", Reading)
def test_every_reading_state_can_be_closed(state: Reading) -> None:
    assert step(READER_TRANSITIONS, state, ReaderEvent.CLOSE) is Reading.CLOSED


@pytest.mark.parametrize("state", Sending)
def test_every_sending_state_can_be_closed(state: Sending) -> None:
    assert step(SENDER_TRANSITIONS, state, SenderEvent.CLOSE) is Sending.CLOSED


def test_every_state_and_every_event_is_used() -> None:
    assert {state for state, _ in READER_TRANSITIONS} == set(Reading)
    assert {event for _, event in READER_TRANSITIONS} == set(ReaderEvent)
    assert {state for state, _ in SENDER_TRANSITIONS} == set(Sending)
    assert {event for _, event in SENDER_TRANSITIONS} == set(SenderEvent)


def test_a_roll_call_goes_round() -> None:
    state = Reading.FOLLOWING
    for event in (ReaderEvent.OWE, ReaderEvent.ROLL, ReaderEvent.AHEAD, ReaderEvent.ASKED_LAST, ReaderEvent.ROLLED):
        state = step(READER_TRANSITIONS, state, event)
    assert state is Reading.FOLLOWING


def test_what_the_table_does_not_have_names_event_and_state() -> None:
    with pytest.raises(RemoteProtocolError, match="a data frame: not expected while fetching"):
        step(READER_TRANSITIONS, Reading.FETCHING, ReaderEvent.DATA)
