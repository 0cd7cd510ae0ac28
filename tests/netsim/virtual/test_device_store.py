"""The store in memory: what a copy of it keeps, how the outbox counts, what is forgotten."""

from __future__ import annotations

from itertools import count

from alerts import limits
from alerts.session.inbox import Alarm, Row
from alerts.session.uplink import Outbox
from alerts.wire.items import Purpose, Urgency
from netsim.virtual.device_store import DeviceStore


def opened(store: DeviceStore, epochs: count[int]) -> DeviceStore:
    names = count(1)
    store.open(lambda: next(epochs), lambda: f"u{next(names)}")
    return store


def row(key: str, number: int | None) -> Row:
    return Row(key, 1, number, Purpose.ALERT, Urgency.ORDINARY, 100, b"", alarm=Alarm.DUE)


def test_a_row_is_found_under_the_number_that_it_has_now() -> None:
    store = DeviceStore()
    store.put(row("a", 3))
    store.put(row("a", 7))
    assert store.has(1, 7)
    assert not store.has(1, 3)
    store.put(row("a", None))
    assert not store.has(1, 7)
    assert list(store.numbered()) == []


def test_a_withdrawal_is_kept_before_its_alert_and_follows_into_its_row() -> None:
    store = DeviceStore()
    store.put(row("a", 3))
    for key in ("a", "b"):
        store.set_withdrawn(key, True)
    assert store.rows["a"].withdrawn
    assert store.is_withdrawn("b")
    store.set_withdrawn("a", False)
    assert not store.rows["a"].withdrawn


def test_each_opening_begins_an_outbox_epoch_with_its_first_item() -> None:
    epochs = count(50)
    store = opened(DeviceStore(), epochs)
    assert store.outboxes() == []
    assert [store.write("seen")[:2] for _ in range(2)] == [(50, 1), (50, 2)]
    opened(store, epochs)
    assert store.write("seen")[:2] == (51, 1)
    assert store.outboxes() == [Outbox(50, 2, 0), Outbox(51, 1, 0)]


def test_a_copy_is_apart() -> None:
    store = opened(DeviceStore(), count(50))
    store.write("seen")
    copy = opened(store.copy(), count(90))
    copy.write("seen")
    copy.put(row("a", 3))
    copy.mark_stored(((50, 1),), 7)
    assert store.outboxes() == [Outbox(50, 1, 0)]
    assert not store.has(1, 3)
    assert store.compared_with() == 0


def test_what_the_hub_has_had_for_long_is_forgotten_and_what_it_lost_again_is_not() -> None:
    store = opened(DeviceStore(), count(50))
    store.write("first")
    opened(store, count(60))
    store.write("second")
    store.mark_stored(((50, 1), (60, 1)), 7)
    store.mark_stored(((60, 0),), None)
    store.now += limits.OUTBOX_KEPT_SECONDS + 1
    store.forget_old()
    assert [outbox.epoch for outbox in store.outboxes()] == [60]
    assert [number for number, _ in store.read(60, 0, 10)] == [1]


def test_only_alarms_of_what_is_in_force_are_due() -> None:
    store = DeviceStore()
    store.put(row("a", 3))
    assert store.alarms_due() == ["a"]
    store.now = 100
    assert store.alarms_due() == []
    store.now = 0
    store.set_raised(["a"])
    assert store.alarms_due() == []
