"""A dictionary trained on alerts makes others of the same senders smaller, whatever its size may be."""

from __future__ import annotations

import statistics

import pytest

from alerts.dictionary.generator import generate
from alerts.dictionary.making import item_of
from alerts.dictionary.shipped import shipped
from alerts.dictionary.training import NotEnoughError, Sample, train
from alerts.wire.blocks import BlockReader, BlockWriter
from alerts.wire.dictionary import Dictionary, read_dictionary
from alerts.wire.frames import Data
from alerts.wire.lean_frames import read_lean, write_lean

MADE = 1_767_225_600
ITEMS = [item_of(alert, 7, number) for number, alert in enumerate(generate("en", 700, 5), 1)]
HISTORY = [Sample(item) for item in ITEMS[:500]]


def _sizes(dictionary: Dictionary) -> list[int]:
    writer, reader = BlockWriter(dictionary.zstd), BlockReader(dictionary.zstd)
    sizes = []
    for number, item in enumerate(ITEMS[500:], 501):
        frame = Data(7, number - 1, number, ((number, item),), number)
        message = write_lean(frame, dictionary, writer, newest=7, now=MADE)
        assert message is not None
        back = read_lean(*(message, dictionary, reader), newest=7, now=MADE, cursor=number - 1, lookup=lambda _: None)
        assert back == frame
        sizes.append(len(message))
    return sizes


def test_a_history_makes_what_follows_smaller_than_a_little_of_it_does() -> None:
    whole = train(HISTORY, made=MADE, text_bytes_max=256 * 1024)
    little = train(HISTORY[:40], made=MADE, text_bytes_max=4 * 1024)
    assert read_dictionary(whole.data) == whole
    assert statistics.median(_sizes(whole)) < statistics.median(_sizes(little))


def test_the_size_that_is_asked_for_is_kept() -> None:
    for size in (8 * 1024, 32 * 1024):
        assert size / 2 < len(train(HISTORY, made=MADE, text_bytes_max=size).zstd) < size + 4096


def test_groups_may_be_given() -> None:
    grouped = [Sample(sample.item, f"group {at // 3}") for at, sample in enumerate(HISTORY)]
    assert train(grouped, made=MADE, text_bytes_max=32 * 1024).zstd


def test_general_text_goes_before_the_history() -> None:
    before = b"Everything that is known of alerts in general."
    assert before in train(HISTORY[:60], made=MADE, text_bytes_max=64 * 1024, before=before).zstd


def test_too_little_is_refused() -> None:
    with pytest.raises(NotEnoughError, match="at least 8"):
        train(HISTORY[:5], made=MADE, text_bytes_max=4096)
    with pytest.raises(NotEnoughError, match="0 alerts"):
        train([Sample(b"\x01")] * 20, made=MADE, text_bytes_max=4096)


def test_it_differs_from_the_one_that_ships() -> None:
    assert train(HISTORY, made=MADE, text_bytes_max=32 * 1024).address != shipped().address
