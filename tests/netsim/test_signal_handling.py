"""A signal is heard within the block, and means after it what it meant before, however the block ends."""

from __future__ import annotations

import signal

import pytest

from netsim.signal_handling import on_signal

NUMBERS = (signal.SIGUSR1, signal.SIGUSR2)


def test_each_signal_is_heard_within_the_block_and_nothing_stays_behind() -> None:
    heard: list[str] = []
    before = [signal.getsignal(number) for number in NUMBERS]
    with on_signal(lambda: heard.append("outer"), *NUMBERS):
        signal.raise_signal(signal.SIGUSR1)
        with on_signal(lambda: heard.append("inner"), signal.SIGUSR1):
            signal.raise_signal(signal.SIGUSR1)
        for number in NUMBERS:
            signal.raise_signal(number)
    assert heard == ["outer", "inner", "outer", "outer"]
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_nothing_stays_behind_where_the_block_breaks_off() -> None:
    before = signal.getsignal(signal.SIGUSR1)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), on_signal(interrupt, signal.SIGUSR1):
        signal.raise_signal(signal.SIGUSR1)
    assert signal.getsignal(signal.SIGUSR1) == before
