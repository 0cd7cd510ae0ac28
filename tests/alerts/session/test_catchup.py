"""Catch-up: urgent first, the present and not the past, in small steps."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from alerts import limits
from alerts.session import catchup
from alerts.session.catchup import Batch, choose_extreme
from alerts.session.log import Entry, Form, Log
from alerts.wire.items import Urgency
from tests.alerts.session.logs import HERE, NOW, READER, THERE, a_log, add, cancel, update


def choose(
    log: Log, *, after: int = 1, ahead: Collection[int] = (), room: int = 64, items: int = 8, size: int = 10
) -> Batch | None:
    def may_have(key: str) -> bool:
        entry = log.find(key)
        return entry is None or entry.number <= after

    def size_of(entry: Entry, form: Form) -> int:
        return size

    return catchup.choose(
        *(log, READER, NOW),
        after=after,
        ahead=ahead,
        room_ahead=room,
        items_max=items,
        may_have=may_have,
        size=size_of,
    )


def keys(batch: Batch | None) -> list[str]:
    assert batch is not None
    return [entry.key for entry, _ in batch.entries]


def test_nothing_is_due_of_what_is_for_others() -> None:
    log = a_log()
    add(log, "a", audience=THERE)
    assert choose(log) is None


def test_ordinary_alerts_go_in_their_order_up_to_the_head() -> None:
    log = a_log()
    for key in "abc":
        add(log, key)
    add(log, "x", audience=THERE)
    batch = choose(log)
    assert keys(batch) == ["a", "b", "c"]
    assert batch.upto == 5  # type: ignore[union-attr]


def test_a_batch_ends_just_below_what_is_still_due() -> None:
    log = a_log()
    add(log, "a")
    add(log, "x", audience=THERE)
    add(log, "b")
    batch = choose(log, items=1)
    assert keys(batch) == ["a"]
    assert batch.upto == 3  # type: ignore[union-attr]


def test_urgent_alerts_go_ahead_extreme_before_severe() -> None:
    log = a_log()
    add(log, "a")
    add(log, "s", urgency=Urgency.SEVERE)
    add(log, "e", urgency=Urgency.EXTREME)
    batch = choose(log)
    assert keys(batch) == ["e", "s"]
    assert batch.upto is None  # type: ignore[union-attr]
    after = choose(log, ahead={3, 4})
    assert keys(after) == ["a"]
    assert after.upto == 4  # type: ignore[union-attr]


def test_an_urgent_alert_that_is_next_anyway_moves_the_cursor() -> None:
    log = a_log()
    add(log, "e", urgency=Urgency.EXTREME)
    add(log, "a")
    batch = choose(log)
    assert keys(batch) == ["e", "a"]
    assert batch.upto == 3  # type: ignore[union-attr]


def test_no_ordinary_alert_delays_an_urgent_one_behind_it() -> None:
    log = a_log()
    add(log, "e", urgency=Urgency.EXTREME)
    add(log, "a")
    add(log, "s", urgency=Urgency.SEVERE)
    assert keys(choose(log)) == ["e"]


def test_where_there_is_no_room_ahead_everything_goes_in_its_order() -> None:
    log = a_log()
    add(log, "a")
    add(log, "e", urgency=Urgency.EXTREME)
    batch = choose(log, room=0)
    assert keys(batch) == ["a", "e"]
    assert batch.upto == 3  # type: ignore[union-attr]


def test_what_went_ahead_is_passed_over_once_nothing_else_is_due() -> None:
    log = a_log()
    add(log, "x", audience=THERE)
    add(log, "e", urgency=Urgency.EXTREME)
    batch = choose(log, ahead={3})
    assert batch == Batch((), log.path.newest(), 3)


def test_the_present_and_not_the_past() -> None:
    log = a_log()
    add(log, "old")
    add(log, "over", expires=NOW)
    update(log, "new", "old")
    assert keys(choose(log)) == ["new"]


def test_who_has_the_old_one_is_told() -> None:
    log = a_log()
    add(log, "old")
    cancel(log, "gone", "old", audience=THERE)
    batch = choose(log, after=2)
    assert batch is not None
    assert batch.entries == ((log.at(3), Form.WITHDRAWAL),)


def test_a_frame_holds_one_epoch_only() -> None:
    log = a_log()
    add(log, "a")
    log.path.begin(8, 3)
    add(log, "b")
    first, second = choose(log), choose(log, after=2)
    assert (keys(first), first.upto, first.epoch) == (["a"], 2, 7)  # type: ignore[union-attr]
    assert (keys(second), second.upto, second.epoch) == (["b"], 3, 8)  # type: ignore[union-attr]


def test_a_frame_is_bounded_in_bytes_but_never_empty_for_it() -> None:
    log = a_log()
    add(log, "a")
    add(log, "b")
    assert keys(choose(log, size=limits.BATCH_BYTES_MAX + 1)) == ["a"]


@pytest.mark.parametrize("ahead", [(), (3,)])
def test_one_extreme_entry_goes_beyond_the_window(ahead: tuple[int, ...]) -> None:
    log = a_log()
    add(log, "s", urgency=Urgency.SEVERE)
    add(log, "e", urgency=Urgency.EXTREME, audience=HERE)
    batch = choose_extreme(log, READER, NOW, after=1, ahead=ahead, may_have=lambda key: True)
    assert (batch is None) == bool(ahead)
    if batch is not None:
        assert keys(batch) == ["e"]
        assert batch.upto is None
