"""The inbox as people see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.cap.from_xml import from_xml
from alerts.errors import UserError
from alerts.session.commits import FinishRollCall, KeepItems
from alerts.wire.items import Urgency, pack_withdrawal
from alerts.wire.uplink import Receipt, ReceiptState, unpack_uplink
from client.store import EntryState, Store
from tests.support.clocks import TestClock
from tests.support.device_store import EPOCH, item, keep, open_store
from tests.support.small_hub import NOW, make_alert


def _written(store: Store) -> list[object]:
    outboxes = store.outbox.outboxes()
    return [unpack_uplink(raw) for box in outboxes for _, raw in store.outbox.read(box.epoch, 0, 100)]


def test_entries_in_force_come_first_and_the_most_urgent_of_them(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(
        keep(0, item("old", "Extreme", life_s=-5), item("a"), item("b", "Severe"), item("c", "Extreme"), item("d"))
    )
    assert [entry.identifier for entry in store.entries()] == ["c", "b", "d", "a", "old"]
    assert [entry.state for entry in store.entries()][-1] is EntryState.EXPIRED


def test_an_entry_gives_the_alert_and_its_xml(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    (entry,) = store.entries()
    assert entry.alert == make_alert("a").model_copy(update={"info": make_alert("a").info[:1]})
    assert from_xml(entry.to_xml()).alert == entry.alert
    assert (entry.urgency, entry.expires, entry.stored_at) == (Urgency.ORDINARY, NOW + 3600, NOW)


def test_states(tmp_path: Path) -> None:
    clock = TestClock()
    store = open_store(tmp_path, clocks=clock.clocks())
    store.execute(keep(0, item("a"), item("b"), item("c"), pack_withdrawal(["hub.example,a"])))
    store.execute(FinishRollCall(EPOCH, 4, ((EPOCH, (3,)),), (EPOCH,), ((EPOCH, 4),), 4, EPOCH, NOW))
    states = {entry.identifier: entry.state for entry in store.entries()}
    assert states == {"a": EntryState.WITHDRAWN, "b": EntryState.ENDED, "c": EntryState.IN_FORCE}
    clock.at += 3600
    assert store.find("c").state is EntryState.EXPIRED


def test_a_struck_alert_can_still_be_read_and_acknowledged_by_its_identity(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    store.execute(FinishRollCall(99, 0, (), (EPOCH,), ((EPOCH, 0),), 0, 99, NOW))
    (entry,) = store.entries()
    assert entry.is_unconfirmed
    assert entry.alert.identifier == "a"
    store.give_receipt("a", ReceiptState.ACKNOWLEDGED)
    assert _written(store)[-1] == Receipt(NOW, ReceiptState.ACKNOWLEDGED, key="hub.example,a")


@pytest.mark.parametrize("name", ["hub.example,a", "a", "1"])
def test_an_alert_is_found_by_identity_identifier_or_number(tmp_path: Path, name: str) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b"), item("aa")))
    assert store.find(name).key == "hub.example,a"


@pytest.mark.parametrize("name", ["A", "", "%", "9", "x", "²", "9" * 30, "example,a"])
def test_what_is_not_there_is_said_in_words(tmp_path: Path, name: str) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    with pytest.raises(UserError, match="no alert") as missing:
        store.find(name)
    assert "inbox --all" in missing.value.hint


def test_an_identifier_of_two_senders_is_ambiguous(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    other = make_alert("a").model_copy(update={"sender": "other.example"})
    from alerts.wire.items import pack_full

    raw = pack_full(
        other, expires=NOW + 9, urgency=Urgency.ORDINARY, replaces=frozenset(), languages=(), hub_made=False
    )
    store.execute(keep(0, item("a"), raw))
    with pytest.raises(UserError, match="names 2 alerts") as found:
        store.find("a")
    assert "sender,identifier" in found.value.hint


def test_a_receipt_is_written_once_and_only_upwards(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    for receipt in (ReceiptState.SEEN, ReceiptState.SEEN, ReceiptState.ACKNOWLEDGED, ReceiptState.SEEN):
        store.give_receipt("a", receipt)
    assert _written(store) == [
        Receipt(NOW, ReceiptState.SEEN, EPOCH, 1),
        Receipt(NOW, ReceiptState.ACKNOWLEDGED, EPOCH, 1),
    ]
    entry = store.find("a")
    assert (entry.receipt, entry.is_receipt_stored) == (ReceiptState.ACKNOWLEDGED, False)


def test_alarms_are_due_while_in_force_and_until_raised(tmp_path: Path) -> None:
    clock = TestClock()
    store = open_store(tmp_path, clocks=clock.clocks())
    store.execute(keep(0, item("a", life_s=100), item("b", "Extreme"), item("gone", life_s=-1)))
    assert [entry.identifier for entry in store.alarms_due()] == ["b", "a"]
    store.set_raised(["hub.example,b"])
    assert [entry.identifier for entry in store.alarms_due()] == ["a"]
    clock.at += 100
    assert store.alarms_due() == []
    store.close()
    assert [entry.identifier for entry in open_store(tmp_path, clocks=TestClock().clocks()).alarms_due()] == ["a"]


def test_a_text_in_other_languages_raises_no_second_alarm(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    store.set_raised(["hub.example,a"])
    outcome = store.execute(KeepItems(EPOCH, ((1, item("a")),), None, 1, EPOCH, True, NOW))
    assert outcome.changed == ["hub.example,a"]
    assert store.alarms_due() == []
