"""The window by itself: what it does on acknowledgements, losses, timeouts, silence."""

from __future__ import annotations

from typing import Literal

import pytest

from netsim.virtual.tcp.congestion import Congestion
from netsim.virtual.tcp.settings import TcpSettings


@pytest.mark.parametrize(("kind", "share"), [("cubic", 0.7), ("reno", 0.5)])
def test_a_loss_ends_slow_start_and_takes_a_share_of_the_window(kind: Literal["cubic", "reno"], share: float) -> None:
    window = Congestion(TcpSettings(congestion=kind))
    window.acknowledged(90, 0.0, 0.1)
    assert window.window == 100
    window.lost()
    assert window.window == pytest.approx(100 * share)
    assert window.threshold == window.window


def test_reno_grows_by_one_segment_a_round_trip() -> None:
    window = Congestion(TcpSettings(congestion="reno"))
    window.threshold = window.window
    for _ in range(10):
        window.acknowledged(1, 0.0, 0.1)
    assert window.window == pytest.approx(11, abs=0.1)


def test_cubic_comes_back_to_its_old_maximum_after_the_time_of_rfc_9438() -> None:
    window = Congestion(TcpSettings())
    window.window = window.threshold = 1000.0
    window.lost()
    comes_back_s = (1000 * 0.3 / 0.4) ** (1 / 3)
    now, rtt = 0.0, 0.1
    while now < comes_back_s:
        window.acknowledged(int(window.window), now, rtt)
        now += rtt
    assert window.window == pytest.approx(1000, rel=0.02)


def test_a_timeout_leaves_one_segment_and_half_way_back_in_slow_start() -> None:
    window = Congestion(TcpSettings())
    window.acknowledged(90, 0.0, 0.1)
    window.timed_out(0)
    assert window.window == 1
    window.acknowledged(1000, 0.0, 0.1)
    assert window.window >= 70


def test_a_window_is_old_after_silence() -> None:
    window = Congestion(TcpSettings())
    window.acknowledged(90, 0.0, 0.1)
    window.idle(0.2, 0.3)
    assert window.window == 100
    window.idle(0.7, 0.3)
    assert window.window == 25
    window.idle(100, 0.3)
    assert window.window == 10
    still = Congestion(TcpSettings(has_slow_start_after_idle=False))
    still.acknowledged(90, 0.0, 0.1)
    still.idle(100, 0.3)
    assert still.window == 100
