"""The outbox: numbers for ever, an epoch for each opening, kept for ninety days."""

from __future__ import annotations

import random
from pathlib import Path

from alerts import limits
from alerts.session import uplink
from alerts.wire.uplink import Quarantined, pack_uplink
from client.store.database import Database
from client.store.outbox import Outbox

NOW = 1_800_000_000


class Opening:
    """One opening of the store, as a process has it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.database = Database(folder / "field.sqlite")
        self.outbox = Outbox(self.database, random.Random(seed))

    def write(self, number: int) -> tuple[int, int]:
        with self.database.transaction():
            return self.outbox.append(_thing(number))

    def stored(self, *ends: tuple[int, int], hub_epoch: int | None = None, now: int = NOW) -> None:
        with self.database.transaction():
            self.outbox.stored(ends, hub_epoch, now)

    def forget_old(self, now: int) -> None:
        with self.database.transaction():
            self.outbox.forget_old(now)


def _thing(number: int) -> Quarantined:
    return Quarantined(NOW, 77, number, "why")


def test_items_are_numbered_from_one_in_an_epoch_of_this_opening(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    assert ours.outbox.outboxes() == []
    (epoch, first), (same, second) = ours.write(1), ours.write(2)
    assert (first, second, same) == (1, 2, epoch)
    assert 0 < epoch <= limits.EPOCH_MAX
    assert ours.outbox.outboxes() == [uplink.Outbox(epoch, 2, 0)]
    assert ours.outbox.read(epoch, 0, 8) == [(1, pack_uplink(_thing(1))), (2, pack_uplink(_thing(2)))]
    assert ours.outbox.read(epoch, 1, 8) == [(2, pack_uplink(_thing(2)))]
    assert ours.outbox.read(epoch, 0, 1) == [(1, pack_uplink(_thing(1)))]


def test_an_opening_without_items_begins_no_epoch(tmp_path: Path) -> None:
    (epoch, _) = Opening(tmp_path, 1).write(1)
    Opening(tmp_path, 2)
    assert [outbox.epoch for outbox in Opening(tmp_path, 3).outbox.outboxes()] == [epoch]


def test_an_epoch_never_comes_back_after_another(tmp_path: Path) -> None:
    """The hub takes an epoch that does for the sign of a copied store."""
    run, ack = Opening(tmp_path, 1), Opening(tmp_path, 2)
    written = [run.write(1), run.write(2), ack.write(3), run.write(4), run.write(5), ack.write(6)]
    epochs = [epoch for epoch, _ in written]
    assert [number for _, number in written] == [1, 2, 1, 1, 2, 1]
    assert len(set(epochs)) == 4
    assert [outbox.epoch for outbox in run.outbox.outboxes()] == list(dict.fromkeys(epochs))


def test_two_openings_with_the_same_chance_do_not_share_an_epoch(tmp_path: Path) -> None:
    assert Opening(tmp_path, 1).write(1)[0] != Opening(tmp_path, 1).write(2)[0]


def test_what_was_rolled_back_was_never_numbered(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    try:
        with ours.database.transaction():
            ours.outbox.append(_thing(1))
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert ours.outbox.outboxes() == []
    epoch, number = ours.write(2)
    assert number == 1
    assert ours.outbox.read(epoch, 0, 8) == [(1, pack_uplink(_thing(2)))]


def test_the_hubs_number_can_go_back(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    epoch, _ = [ours.write(number) for number in (1, 2, 3)][-1]
    assert ours.outbox.waiting() == 3
    ours.stored((epoch, 3))
    assert ours.outbox.waiting() == 0
    assert ours.outbox.is_stored(epoch, 2)
    ours.stored((epoch, 1))
    assert ours.outbox.waiting() == 2
    assert not ours.outbox.is_stored(epoch, 2)
    assert ours.outbox.outboxes() == [uplink.Outbox(epoch, 3, 1)]
    assert [number for number, _ in ours.outbox.read(epoch, 1, 8)] == [2, 3]


def test_an_epoch_that_is_not_ours_is_ignored(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    ours.stored((4711, 3))
    assert ours.outbox.outboxes() == []


def test_the_comparison_is_remembered(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    assert ours.outbox.compared_with() == 0
    ours.stored(hub_epoch=9)
    assert Opening(tmp_path, 2).outbox.compared_with() == 9
    ours.stored((4711, 3))
    assert ours.outbox.compared_with() == 9


def test_stored_items_are_kept_for_ninety_days(tmp_path: Path) -> None:
    old, new = Opening(tmp_path, 1), Opening(tmp_path, 2)
    epoch, _ = old.write(1)
    old.write(2)
    newest, _ = new.write(3)
    old.stored((epoch, 1), (newest, 1))
    old.forget_old(NOW + limits.OUTBOX_KEPT_SECONDS)
    assert len(old.outbox.read(epoch, 0, 8)) == 2
    old.forget_old(NOW + limits.OUTBOX_KEPT_SECONDS + 1)
    assert [number for number, _ in old.outbox.read(epoch, 0, 8)] == [2], "what the hub lacks is never forgotten"
    old.stored((epoch, 2))
    old.forget_old(NOW + limits.OUTBOX_KEPT_SECONDS + 1)
    assert [outbox.epoch for outbox in old.outbox.outboxes()] == [newest], (
        "the newest stays, so that it is not used again"
    )
    assert old.write(4)[0] not in (epoch, newest)


def test_a_refusal_is_kept_for_people(tmp_path: Path) -> None:
    ours = Opening(tmp_path, 1)
    epoch, number = ours.write(1)
    with ours.database.transaction():
        ours.outbox.refused(epoch, number, "not understood")
    assert ours.outbox.refusals() == [(epoch, number, "not understood")]
