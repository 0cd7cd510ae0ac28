"""A commit as events."""

from __future__ import annotations

from pathlib import Path

from alerts.session.commits import FinishRollCall, KeepItems
from alerts.wire.items import Urgency, pack_withdrawal
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    Event,
    ItemQuarantined,
    events_of,
)
from tests.support.device_store import EPOCH, item, keep, open_store
from tests.support.small_hub import NOW


def _brief(events: list[Event]) -> list[tuple[str, str]]:
    found = []
    for event in events:
        match event:
            case AlertArrived(entry) | AlertUpdated(entry) | AlertWithdrawn(entry) | AlertUnconfirmed(entry):
                found.append((type(event).__name__, entry.identifier))
            case ItemQuarantined(_, number):
                found.append(("ItemQuarantined", str(number)))
    return found


def test_each_change_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = store.execute(keep(0, item("a"), item("b"), b"\xc1"))
    assert _brief(events_of(first, store)) == [("AlertArrived", "a"), ("AlertArrived", "b"), ("ItemQuarantined", "3")]
    second = store.execute(keep(3, pack_withdrawal(["hub.example,a"]), item("c", replaces=("b",))))
    assert _brief(events_of(second, store)) == [("AlertWithdrawn", "a"), ("AlertWithdrawn", "b"), ("AlertArrived", "c")]
    again = store.execute(KeepItems(EPOCH, ((5, item("c")),), None, 5, EPOCH, True, NOW))
    assert _brief(events_of(again, store)) == [("AlertUpdated", "c")]
    ended = store.execute(FinishRollCall(EPOCH, 5, (), (), (), 5, EPOCH, NOW))
    assert _brief(events_of(ended, store)) == [("AlertWithdrawn", "c")]


def test_what_the_hub_lost_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    lost = store.execute(FinishRollCall(99, 0, (), (EPOCH,), ((EPOCH, 0),), 0, 99, NOW))
    assert _brief(events_of(lost, store)) == [("AlertUnconfirmed", "a")]


def test_an_alarm_is_as_urgent_as_the_worst(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b", "Extreme")))
    assert AlarmDue(tuple(store.alarms_due())).worst is Urgency.EXTREME
