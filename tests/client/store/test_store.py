"""The store as a whole: what is committed survives, the hub's time is never the wall clock's."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts import limits
from alerts.session.commits import FinishRollCall, KeepItems, OutboxRefused, OutboxStored
from alerts.wire.items import Arrival, decode_item
from alerts.wire.uplink import Quarantined, ReceiptState, unpack_uplink
from client.hub_time import HubTime
from client.store import Identity, Store, StoreError
from tests.support.clocks import TestClock
from tests.support.device_store import EPOCH, item, keep, open_store
from tests.support.small_hub import NOW

WRITER = Path(__file__).parent / "writer.py"


def test_a_new_store_stands_nowhere_and_knows_no_time(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder", TestClock().clocks(), random.Random(1))
    assert store.identity() is None
    assert store.standing().position().epoch == 0
    assert store.hub_time() == HubTime(0, False)
    assert store.entries() == []
    assert 0 < store.opening <= limits.EPOCH_MAX


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="file") as refused:
        Store(tmp_path / "file", TestClock().clocks(), random.Random(1))
    assert "--data" in refused.value.hint


def test_joining_keeps_the_languages(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert store.standing().languages == ("en",)
    assert not store.standing().languages_due
    store.execute(keep(0, item("a")))
    store.join(Identity("device-2", "t", "http://hub"), ("fr",))
    assert store.standing().languages == ("fr",)
    assert store.standing().languages_due, "what is here is to be had again"
    assert store.identity() == Identity("device-2", "t", "http://hub")


def test_languages_of_a_person_do_not_touch_the_hubs_time(tmp_path: Path) -> None:
    store = open_store(tmp_path, clocks=TestClock(boot="boot-1").clocks())
    store.welcome(NOW)
    store.close()
    store = open_store(tmp_path, clocks=TestClock(boot="boot-2").clocks())
    store.set_languages(("sw",))
    assert store.hub_time() == HubTime(NOW, False)


def test_the_opening_that_was_welcomed_last_outlives_it(tmp_path: Path) -> None:
    store = open_store(tmp_path, seed=1)
    assert store.standing().welcomed == 0
    store.welcome(NOW)
    store.execute(keep(0, item("a")))
    store.close()
    again = open_store(tmp_path, seed=2)
    assert again.standing().welcomed == store.opening != again.opening


def test_an_item_that_kills_the_decoder_goes_to_quarantine(tmp_path: Path) -> None:
    """A decoder that fails in a way that nobody expected stands for one that brings the process down."""

    def decode(raw: bytes, epoch: int, number: int) -> Arrival:
        if raw == b"poison":
            raise ZeroDivisionError
        return decode_item(raw, epoch, number)

    command = keep(0, b"poison", item("a"))
    for seed in range(limits.TRIES_MAX):
        store = Store(tmp_path, TestClock().clocks(), random.Random(seed), decode=decode)
        with pytest.raises(ZeroDivisionError):
            store.execute(command)
        assert store.standing().cursor == 0
        store.close()
    store = Store(tmp_path, TestClock().clocks(), random.Random(9), decode=decode)
    outcome = store.execute(command)
    assert outcome.arrived == ["hub.example,a"]
    ((epoch, number, reason),) = outcome.quarantined
    assert (epoch, number) == (EPOCH, 1)
    assert "brought the reader down" in reason
    (box,) = store.outbox.outboxes()
    ((_, raw),) = store.outbox.read(box.epoch, 0, 9)
    assert unpack_uplink(raw) == Quarantined(NOW, EPOCH, 1, reason)


def test_what_the_hub_says_of_the_outbox_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b")))
    store.give_receipt("a", ReceiptState.SEEN)
    store.give_receipt("b", ReceiptState.SEEN)
    (box,) = store.outbox.outboxes()
    outcome = store.execute(OutboxStored(((box.epoch, 2),), hub_epoch=5))
    assert outcome.position == store.standing().position()
    assert store.waiting() == 0
    assert store.find("a").is_receipt_stored
    assert store.outbox.compared_with() == 5
    store.execute(OutboxRefused(box.epoch, 1, 1, "not understood"))
    assert store.refusals() == [(box.epoch, 1, "not understood")]


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a")))
    pages = store._database._db.execute_sql("PRAGMA page_count").fetchone()[0]
    store._database._db.execute_sql(f"PRAGMA max_page_count={pages}")
    big = keep(1, *(item(f"b{number}") for number in range(40)))
    with pytest.raises(StoreError, match="full"):
        store.execute(big)
    assert store.standing().cursor == 1
    assert len(store.entries()) == 1
    store._database._db.execute_sql("PRAGMA max_page_count=1000000")
    assert len(store.execute(big).arrived) == 40
    assert store.standing().cursor == 41


# -- the hub's time -----------------------------------------------------------------------------------------------------


def test_the_hubs_time_goes_on_in_a_new_process_of_the_same_boot(tmp_path: Path) -> None:
    clock = TestClock()
    store = open_store(tmp_path, clocks=clock.clocks())
    store.welcome(NOW)
    store.close()
    clock.at += 100.9
    assert open_store(tmp_path, clocks=clock.clocks()).hub_time() == HubTime(NOW + 100, True)


@pytest.mark.parametrize("after", [TestClock(5000, "boot-2"), TestClock(5000, ""), TestClock(10, "boot-1")])
def test_after_a_reboot_the_hubs_time_is_a_lower_bound(tmp_path: Path, after: TestClock) -> None:
    clock = TestClock(1000)
    store = open_store(tmp_path, clocks=clock.clocks())
    store.execute(keep(0, item("a"), now=NOW + 50))
    store.close()
    store = open_store(tmp_path, clocks=after.clocks())
    assert store.hub_time() == HubTime(NOW + 50, False)
    assert store.find("a").is_in_force


@pytest.mark.parametrize("now", [0, 86_400, 2_000_000_000, 4_102_444_800])
def test_any_year_of_the_hub_will_do(tmp_path: Path, now: int) -> None:
    store = open_store(tmp_path)
    store.welcome(now)
    assert store.hub_time() == HubTime(now, True)


def test_old_uplink_items_are_forgotten_when_the_hub_says_its_time(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b")))
    store.give_receipt("a", ReceiptState.SEEN)
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 1),)))
    store.welcome(NOW + limits.OUTBOX_KEPT_SECONDS + 10)
    assert store.outbox.read(box.epoch, 0, 9) == []
    assert store.find("a").is_receipt_stored


# -- two processes ------------------------------------------------------------------------------------------------------


def test_another_opening_may_acknowledge_meanwhile(tmp_path: Path) -> None:
    run, ack = open_store(tmp_path, seed=1), open_store(tmp_path, seed=2)
    run.execute(keep(0, item("a"), item("b")))
    run.give_receipt("b", ReceiptState.SEEN)
    run.has_changed()
    ack.give_receipt("a", ReceiptState.ACKNOWLEDGED)
    assert run.has_changed()
    assert [(box.last, box.stored) for box in run.outbox.outboxes()] == [(1, 0), (1, 0)]
    assert run.find("a").receipt is ReceiptState.ACKNOWLEDGED
    assert run.opening != ack.opening


# -- kill -9 ------------------------------------------------------------------------------------------------------------


def _said_until_killed(folder: Path, seed: int, lines: int) -> Iterator[list[str]]:
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), str(seed)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for _ in range(lines):
            yield child.stdout.readline().split()
        child.kill()
        for line in child.stdout:
            if line.endswith("\n"):
                yield line.split()


def test_what_was_committed_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    """The child says what it has committed; whatever it said holds in the store that it left behind."""
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    print("seed", seed)  # noqa: T201
    receipts: dict[str, str] = {}
    raised: set[str] = set()
    for life in range(3):
        cursor = 0
        for said in _said_until_killed(tmp_path, chance.randrange(1 << 30), chance.randrange(1, 40)):
            match said:
                case ["cursor", number]:
                    cursor = int(number)
                case ["receipt", key, number]:
                    receipts[key] = number
                case ["raised", key]:
                    raised.add(key)
        store = open_store(tmp_path, seed=1000 + life)
        _check(store, cursor, receipts, raised)
        store.close()


def _check(store: Store, cursor: int, receipts: dict[str, str], raised: set[str]) -> None:
    standing, entries = store.standing(), {entry.key: entry for entry in store.entries()}
    assert standing.cursor >= cursor
    assert {entry.number for entry in entries.values()} == set(range(1, standing.cursor + 1))
    assert all(entries[key].receipt is not None for key in receipts)
    assert raised.isdisjoint(entry.key for entry in store.alarms_due())
    for box in store.outbox.outboxes():
        assert [number for number, _ in store.outbox.read(box.epoch, 0, 10_000)] == list(range(1, box.last + 1))
    written = [raw for box in store.outbox.outboxes() for _, raw in store.outbox.read(box.epoch, 0, 10_000)]
    assert len(set(written)) == len(written) == sum(entry.receipt is not None for entry in entries.values())


def test_a_roll_call_is_one_commit(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b")))
    finish = FinishRollCall(EPOCH, 2, ((EPOCH, (2,)),), (EPOCH,), ((EPOCH, 2),), 2, EPOCH, NOW)
    outcome = store.execute(finish)
    assert outcome.ended == ["hub.example,a"]
    assert not outcome.position.owes
    again = store.execute(KeepItems(EPOCH, (), 2, 2, EPOCH, False, NOW))
    assert again.position.cursor == 2
