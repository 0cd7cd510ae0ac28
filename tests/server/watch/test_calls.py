"""What is missing, and who comes first."""

from __future__ import annotations

import pytest

from server.delivery import DeliveryState
from server.watch.calls import Call, Missing, in_order, missing_of


@pytest.mark.parametrize(
    ("state", "asks", "missing"),
    [
        (DeliveryState.ADDRESSED, False, Missing.DELIVERY),
        (DeliveryState.NOT_REACHED, False, Missing.DELIVERY),
        (DeliveryState.DELIVERED, True, Missing.ACKNOWLEDGEMENT),
        (DeliveryState.SEEN, False, Missing.ACKNOWLEDGEMENT),
        (DeliveryState.ACKNOWLEDGED, True, Missing.ANSWER),
        (DeliveryState.ACKNOWLEDGED, False, None),
        (DeliveryState.ANSWERED, True, None),
        (DeliveryState.WITHDRAWN, False, None),
    ],
)
def test_what_is_missing(state: DeliveryState, asks: bool, missing: Missing | None) -> None:
    assert missing_of(state, asks=asks) is missing


def test_whom_nothing_reached_comes_first_and_of_these_who_was_never_heard() -> None:
    def call(name: str, missing: Missing, last_seen: int | None) -> Call:
        return Call(name, name, (), None, DeliveryState.ADDRESSED, missing, last_seen)

    calls = [
        call("a", Missing.ACKNOWLEDGEMENT, None),
        call("b", Missing.DELIVERY, 900),
        call("c", Missing.DELIVERY, 20),
        call("d", Missing.DELIVERY, None),
    ]
    assert [one.name for one in in_order(calls)] == ["d", "c", "b", "a"]
