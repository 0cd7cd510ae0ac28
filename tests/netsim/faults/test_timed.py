"""When a fault begins and ends."""

from __future__ import annotations

import itertools

from netsim.faults.timed import After, Every, play


def test_after_a_while_for_a_while() -> None:
    assert list(After(5, 2).moments()) == [(5, True), (7, False)]
    assert list(After(5).moments()) == [(5, True)]


def test_again_and_again() -> None:
    assert list(Every(60, 5, times=2).moments()) == [(60, True), (65, False), (120, True), (125, False)]
    assert list(itertools.islice(Every(10, 30, after_s=0).moments(), 4)) == [
        (0, True),
        (10, False),
        (10, True),
        (20, False),
    ], "it is never on twice at once"


def _played(when: After | Every, over_s: float) -> list[tuple[str, float]]:
    """What happens until `over_s`, by a clock that jumps."""
    now, happened = [0.0], list[tuple[str, float]]()

    def wait_until(seconds: float) -> bool:
        now[0] = min(seconds, over_s)
        return seconds < over_s

    play(when, lambda: happened.append(("begins", now[0])), lambda: happened.append(("ends", now[0])), wait_until)
    return happened


def test_what_has_begun_ends_at_the_end() -> None:
    assert _played(After(5), 9) == [("begins", 5), ("ends", 9)]
    assert _played(After(5, 2), 6) == [("begins", 5), ("ends", 6)]
    assert _played(After(5, 2), 4) == []
    assert _played(Every(10, 1), 25) == [("begins", 10), ("ends", 11), ("begins", 20), ("ends", 21)]
