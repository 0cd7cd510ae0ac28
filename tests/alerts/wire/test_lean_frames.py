"""Lean frames: the frame that went in comes out, for the reader who has what it was made with, and for nobody else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.frames import Ahead, Data
from alerts.wire.items import alert_of, pack_withdrawal
from alerts.wire.lean import fill, take_apart
from alerts.wire.lean_frames import LEAN, nearest, numbers_in, read_lean, write_lean
from tests.support.lean import DICTIONARY, EPOCH, NOW, earlier, items, live, read, reader, writer, written

WITHDRAWAL = pack_withdrawal(["moh@x,1"])


def _sent(number: int) -> int:
    return alert_of(items()[number - 1], EPOCH, number).sent.seconds


@pytest.mark.parametrize("number", range(1, len(items()) + 1))
def test_a_live_sample_comes_back_alone_and_with_references(number: int) -> None:
    now = _sent(number) + 30
    for to in ((), (number - 1,), (number - 1, number - 2)):
        if min(to, default=1) > 0:
            message = written(live(number), *to, now=now)
            assert read(message, cursor=number - 1, now=now + 60) == live(number)
            assert len(message) < len(Codec().encode(live(number), level=19))


FRAMES: dict[str, Data | Ahead] = {
    "data": Data(EPOCH, 0, 9, tuple((n, items()[n - 1]) for n in (2, 3, 7))),
    "as of later": Data(EPOCH, 0, 9, ((4, items()[3]),), 12, 7),
    "as of earlier": Data(EPOCH, 3, 9, ((4, items()[3]),), 4),
    "of another epoch": Data(7, 3, 9, ((4, items()[3]),), 9),
    "a withdrawal": Data(EPOCH, 3, 4, ((4, WITHDRAWAL),), 4),
    "a withdrawal between": Data(EPOCH, 0, 9, ((2, items()[1]), (3, WITHDRAWAL), (4, items()[3]))),
    "what nobody can decode": Data(EPOCH, 3, 4, ((4, b"\xc1\x00"),), 4),
    "ahead": Ahead(EPOCH, ((9, items()[8]), (4, items()[3])), 20),
    "an answer": Ahead(7, ((9, items()[8]),), 20, EPOCH, 3),
    "an answer without items": Ahead(7, (), 20, EPOCH, 3),
    "all samples": Data(EPOCH, 0, len(items()), tuple(enumerate(items(), 1))),
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("to", [(), (5,), (6, 5)])
def test_every_kind_of_frame_comes_back(name: str, to: tuple[int, ...]) -> None:
    assert read(written(FRAMES[name], *to)) == FRAMES[name]


def test_a_live_frame_that_was_sent_long_ago_says_when_in_full() -> None:
    now = _sent(3) + 400 * 86_400
    assert read(written(live(3), now=now), cursor=2, now=now) == live(3)


@given(st.integers(0, 2**40), st.integers(-127, 127))
def test_a_number_is_found_again_from_its_last_byte(due: int, off: int) -> None:
    number = max(due + off, 0)
    assert nearest(number % 256, 256, due) == number


@pytest.mark.parametrize("cursor", [2, 0, 100])
def test_a_repetition_and_a_gap_keep_their_number(cursor: int) -> None:
    now = _sent(3)
    assert read(written(live(3), now=now), cursor=cursor, now=now).items[0][0] == 3


def test_a_reader_too_far_away_sees_that_it_is_wrong() -> None:
    now = _sent(3)
    message = written(live(3), now=now)
    for where in ({"cursor": 400}, {"now": now + 200 * 86_400}, {"newest": 1}):
        with pytest.raises(RemoteProtocolError, match="damaged"):
            read(message, **{"cursor": 2, "now": now, **where})


def test_another_dictionary_is_seen() -> None:
    now = _sent(3)
    other = Dictionary(DICTIONARY.made, DICTIONARY.zstd, DICTIONARY.skeletons[::-1], DICTIONARY.senders, ())
    message = write_lean(live(3), other, writer(), newest=EPOCH, now=now)
    assert message is not None
    with pytest.raises(RemoteProtocolError):
        read(message, cursor=2, now=now)


def test_an_alert_that_is_referred_to_must_be_here_and_be_the_same() -> None:
    now = _sent(5)
    message = written(live(5), 4, now=now)
    where = {"newest": EPOCH, "now": now, "cursor": 4}
    with pytest.raises(RemoteProtocolError, match="alert 4, which is not here"):
        read_lean(message, DICTIONARY, reader(), lookup=lambda _: None, **where)
    with pytest.raises(RemoteProtocolError):
        read_lean(message, DICTIONARY, reader(), lookup=lambda _: earlier(9), **where)


def test_what_is_too_large_for_a_body_has_no_lean_form() -> None:
    huge = Data(EPOCH, 0, 1, ((1, bytes(limits.BODY_BYTES_MAX + 1)),), 1)
    assert write_lean(huge, DICTIONARY, writer(), newest=EPOCH, now=NOW) is None


def test_references_to_too_much_text_are_not_written_and_refused() -> None:
    one, now = earlier(1), _sent(3)
    assert one is not None
    lean = take_apart(one.item)
    assert lean is not None
    large = replace(one, item=fill(replace(lean, texts=("x" * limits.PREFIX_BYTES_MAX, *lean.texts[1:]))))
    assert write_lean(live(3), DICTIONARY, writer(), newest=EPOCH, now=now, earlier=[large]) is None
    message, where = written(live(3), 1, now=now), {"newest": EPOCH, "now": now, "cursor": 2}
    with pytest.raises(RemoteProtocolError, match="at most 65536"):
        read_lean(message, DICTIONARY, reader(), lookup=lambda _: large, **where)


@pytest.mark.parametrize("number", [3, 17])
def test_every_cut_and_every_damage_is_refused(number: int) -> None:
    now = _sent(number)
    message = written(live(number), number - 1, now=now)
    for size in range(1, len(message)):
        with pytest.raises(RemoteProtocolError):
            read(message[:size], cursor=number - 1, now=now)
    rng = random.Random(number)
    passed = 0
    for _ in range(3000):
        damaged = bytearray(message)
        damaged[rng.randrange(1, len(damaged))] ^= 1 << rng.randrange(8)
        try:
            passed += read(bytes(damaged), cursor=number - 1, now=now) != live(number)
        except RemoteProtocolError:
            continue
    assert passed <= 2, "two bytes of check let one damage in 65,536 pass"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (bytes((LEAN | 0x04, 0, 0, 1)), "not agreed on"),
        (bytes((LEAN | 0x03, 0, 0, 1)), "not agreed on"),
        (bytes((LEAN,)), "cut off"),
        (bytes((LEAN, 0, 0, 9)), "kind 9|cut off"),
        (bytes((LEAN, 0, 0, 3, 0, 65)), "at most 64"),
        (bytes((LEAN, 0, 0, 3, 0, 1, 0, 1, 0, 0, 2, 2)), "the one before"),
        (bytes((LEAN, 0, 0, 3, 0, 1, 0, 1, 0, 0, 2, 0xFF, 0x7F)), "skeletons"),
        (bytes((LEAN, 0, 0, 3, 0, 1, 0, 1, 0, 0, 2, 1, 0xFF, 0xFF, 0x7F)), "at most"),
        (bytes((LEAN, 0, 0, 3, 0, 1, 0, 1, 0, 0, 2, 1, 5, 1)), "cut off"),
        (bytes((LEAN, 0, 0, 3, 0, 1, 0, 1, 0, 0, 2, 1, 1, 1, 1)), "too many"),
    ],
)
def test_what_is_no_lean_frame_is_named(message: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        read(message)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    for flags in (LEAN, LEAN | 1, LEAN | 2, LEAN | 0x40, LEAN | 0x61, LEAN | 0x21):
        try:
            assert isinstance(read(bytes((flags,)) + data), Data | Ahead)
        except RemoteProtocolError:
            continue


def test_like_stands_next_to_like_and_comes_back_in_the_order_of_numbers() -> None:
    mixed = Data(EPOCH, 0, 9, ((2, items()[1]), (3, items()[0]), (4, items()[1]), (5, items()[0])), 9)
    assert read(written(mixed)) == mixed
    apart = Ahead(EPOCH, mixed.items, 9)
    assert read(written(apart)) == apart, "what goes ahead keeps its order"


def test_who_only_counts_sees_the_numbers() -> None:
    assert numbers_in(written(live(3), now=_sent(3)), 1) == [3]
    assert sorted(numbers_in(written(FRAMES["data"]), 0)) == [2, 3, 7]
    with pytest.raises(RemoteProtocolError):
        numbers_in(bytes((LEAN,)), 0)
