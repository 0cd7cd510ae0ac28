"""Dictionaries on their way, verified, kept: at most two, and never one that is damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer
from client.dictionaries import Part
from client.store import Store, models
from client.store.dictionaries import State
from tests.support.clocks import TestClock
from tests.support.device_store import item, keep, open_store
from tests.support.small_hub import NOW

DAY_S = 86_400


def made(number: int) -> Dictionary:
    return Dictionary(number, shipped().zstd[:200] + bytes([number]) * 50, (), (), ())


def part(dictionary: Dictionary, base: Dictionary | None = None) -> Part:
    data = pack_transfer(dictionary, base)
    return Part(dictionary.address, base.address if base else None, len(data), '"tag"', data)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def fetched(store: Store, dictionary: Dictionary, base: Dictionary | None = None) -> object:
    store.keep_part(part(dictionary, base))
    return store.complete(part(dictionary, base))


def test_a_part_is_there_after_a_restart(tmp_path: Path) -> None:
    store, half = open_store(tmp_path), replace(part(made(1)), data=part(made(1)).data[:20])
    store.keep_part(half)
    store.close()
    store = open_store(tmp_path, seed=2)
    assert store.part(made(1).address, None) == half
    assert [(one.state, one.there, one.size) for one in store.fetched()] == [(State.PART, 20, half.size)]
    assert store.dictionaries() == (shipped(),)


def test_a_part_behind_another_one_is_begun_anew_and_parts_of_others_are_given_up(store: Store) -> None:
    store.keep_part(part(made(1)))
    assert store.part(made(1).address, shipped().address) == Part(made(1).address, shipped().address)
    store.keep_part(part(made(2)))
    assert [one.address for one in store.fetched()] == [made(2).address]
    store.forget_part(made(2).address)
    assert store.fetched() == []


def test_what_is_complete_is_used_first_and_need_not_be_fetched(store: Store) -> None:
    assert fetched(store, made(1), shipped()) == made(1)
    assert store.dictionaries() == (made(1), shipped())
    assert store.part(made(1).address, None) is None


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    clock = TestClock()
    store = open_store(tmp_path, clocks=clock.clocks())
    store.welcome(NOW)
    for number in (1, 2, 3):
        clock.at += 10
        fetched(store, made(number), shipped())
    assert store.dictionaries() == (made(3), made(2), shipped())


def test_one_may_come_behind_one_that_was_fetched(store: Store) -> None:
    fetched(store, made(1))
    assert fetched(store, made(2), made(1)) == made(2)


def test_what_proves_wrong_is_dropped_and_not_fetched_again(store: Store) -> None:
    wrong = replace(part(made(1)), data=part(made(2)).data)
    store.keep_part(wrong)
    assert isinstance(store.complete(wrong), RemoteProtocolError)
    assert store.part(made(1).address, None) is None
    assert store.dictionaries() == (shipped(),)
    assert [(one.state, one.there) for one in store.fetched()] == [(State.WRONG, 0)]


def test_one_behind_a_dictionary_that_is_not_here_is_wrong(store: Store) -> None:
    assert isinstance(fetched(store, made(2), made(1)), RemoteProtocolError)


@pytest.mark.parametrize("damage", [b"", made(2).data])
def test_a_damaged_one_is_not_used_and_may_be_fetched_again(store: Store, damage: bytes) -> None:
    fetched(store, made(1))
    with store._database.transaction():
        store._database.run(models.Dictionary.update(data=damage)).execute()
    assert store.dictionaries() == (shipped(),)
    assert store.part(made(1).address, None) == Part(made(1).address, None)


def test_alerts_of_a_month_are_counted_once_a_month_has_passed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert store.monthly() is None
    store.welcome(NOW)
    store.execute(keep(0, item("old")))
    assert store.monthly() is None
    store.execute(keep(1, item("b"), item("c"), now=NOW + 31 * DAY_S))
    assert store.monthly() == 2
