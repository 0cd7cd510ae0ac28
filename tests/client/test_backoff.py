"""How long to stay away."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from client.backoff import BASE_SECONDS, CAP_SECONDS, TOLD_SECONDS_MAX, Backoff


@given(st.integers(), st.integers(0, 100))
def test_full_jitter_below_a_cap_that_doubles(seed: int, failures: int) -> None:
    backoff = Backoff(random.Random(seed))
    waits = [backoff.wait() for _ in range(failures)]
    assert all(0 <= wait <= min(CAP_SECONDS, BASE_SECONDS * 2**index) for index, wait in enumerate(waits))
    assert backoff.failures == failures


@given(st.integers(), st.floats(0, 1e9))
def test_never_sooner_than_told_and_never_for_ever(seed: int, told_s: float) -> None:
    wait = Backoff(random.Random(seed)).wait(told_s)
    assert min(told_s, TOLD_SECONDS_MAX) <= wait <= TOLD_SECONDS_MAX + CAP_SECONDS


def test_those_who_were_told_the_same_do_not_come_back_together() -> None:
    waits = sorted(Backoff(random.Random(seed)).wait(60) for seed in range(100))
    assert waits[-1] - waits[0] > 5


def test_full_jitter_uses_the_whole_span() -> None:
    rng = random.Random(5)
    waits = []
    for _ in range(200):
        backoff = Backoff(rng)
        waits.append([backoff.wait() for _ in range(8)][-1])
    assert min(waits) < 5
    assert max(waits) > CAP_SECONDS - 5


def test_after_a_good_connection_it_begins_anew() -> None:
    backoff = Backoff(random.Random(1))
    for _ in range(10):
        backoff.wait()
    backoff.reset()
    assert backoff.wait() <= BASE_SECONDS


def test_the_same_seed_gives_the_same_waits() -> None:
    first, second = Backoff(random.Random(3)), Backoff(random.Random(3))
    assert [first.wait() for _ in range(9)] == [second.wait() for _ in range(9)]
