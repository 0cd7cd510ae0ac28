"""Commands and outcomes: values, and an outcome that shares nothing with another."""

from __future__ import annotations

import dataclasses

import pytest

from alerts.session.commits import DeviceOutcome, KeepItems, OutboxStored
from alerts.session.position import Position


def test_a_command_is_a_value_that_nobody_changes() -> None:
    command = KeepItems(7, (), 2, 2, 7, False, 1000)
    assert command == KeepItems(7, (), 2, 2, 7, False, 1000)
    with pytest.raises(dataclasses.FrozenInstanceError):
        command.upto = 3  # type: ignore[misc]


def test_outcomes_share_no_lists() -> None:
    one, other = DeviceOutcome(Position()), DeviceOutcome(Position())
    one.arrived.append("a")
    assert other.arrived == []


def test_an_outbox_is_settled_only_where_that_is_said() -> None:
    assert OutboxStored(()).hub_epoch is None
