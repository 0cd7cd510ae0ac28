"""The figures of a calibration, and that one is made whatever the machine is busy with."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from netsim.bench.calibrate import Comparison, Figure, Report, Speed, late_packets, report, share_deviation
from netsim.profiles.bursts import Bursts, Losses
from netsim.profiles.profile import Profile, Way
from tests.support.seeds import new_seed


def test_a_figure_knows_its_error_and_its_bound() -> None:
    figure = Figure("round trip", "ms", 200.0, 208.0, 10.0)
    assert (figure.error_percent, figure.is_within) == (4.0, True)
    assert not Figure("round trip", "ms", 200.0, 189.0, 10.0).is_within
    assert Figure("loss up", "of packets", 0.0, 0.0, 0.001).as_json()["error_percent"] is None


def test_late_is_what_comes_after_one_that_was_sent_later() -> None:
    assert late_packets([0, 1, 2, 3]) == 0
    assert late_packets([0, 2, 1, 3]) == 1
    assert late_packets([3, 0, 1, 4, 2]) == 3


def test_losses_in_bursts_deviate_as_the_formula_says() -> None:
    assert share_deviation(0.2, 10_000) == pytest.approx(0.004)
    assert share_deviation(0.2, 10_000, Bursts.even(0.2)) == pytest.approx(0.004)
    seed = new_seed()
    chance = random.Random(seed)
    bursts, packets, runs = Bursts(bad_loss=0.8, good_packets=40, bad_packets=10), 1000, 400
    shares = []
    for _ in range(runs):
        losses = Losses(bursts, chance)
        shares.append(sum(losses.is_next_lost() for _ in range(packets)) / packets)
    deviation = share_deviation(bursts.mean_loss, packets, bursts)
    assert deviation > 2 * share_deviation(bursts.mean_loss, packets)
    assert statistics.stdev(shares) == pytest.approx(deviation, rel=5 / math.sqrt(2 * runs))


@pytest.mark.needs("namespaces")
def test_every_figure_of_a_profile_is_measured() -> None:
    up = Way(rate_bit_s=2_000_000, delay_ms=5, loss=Bursts.even(0.3), duplicate=0.2)
    down = Way(rate_bit_s=2_000_000, delay_ms=5, reorder=0.2, corrupt=0.3)
    made = report([Profile(name="small", title="Small", up=up, down=down)], seconds=0.3, packets=1000, shaping="router")
    figures = {figure.what: figure for figure in made.profiles["small"]}
    assert list(figures) == [
        "round trip",
        "rate up",
        "loss up",
        "duplicate up",
        "rate down",
        "reorder down",
        "corrupt down",
    ]
    shares = [figure for figure in figures.values() if figure.unit == "of packets"]
    assert all(figure.is_within for figure in shares), shares
    assert figures["round trip"].measured >= 10.0
    assert min(figures["rate up"].measured, figures["rate down"].measured) > 0
    assert [comparison.judge for comparison in made.comparisons] == ["iptables -m statistic", "tc tbf"]
    assert [speed.rate_bit_s for speed in made.speeds] == [20_000_000, None]
    assert min(speed.carried_bytes for speed in made.speeds) > 0


def test_a_report_is_within_its_bounds_if_all_figures_are() -> None:
    near, far = Figure("rate up", "bit/s", 1000, 1001, 50), Figure("rate up", "bit/s", 1000, 900, 50)
    speed = Speed(None, 2_000_000, 2.0, 0.1)
    assert Report(False, {"a": (near,)}, (Comparison("loss", "iptables", near, None, "not there"),), (speed,)).is_within
    assert not Report(False, {"a": (near, far)}, (), ()).is_within
    outside = Report(False, {"a": (near,)}, (Comparison("loss", "iptables", near, far, None),), (speed,))
    assert not outside.is_within
    assert outside.as_json()["comparisons"][0]["kernels"]["error_percent"] == -10.0
    assert outside.as_json()["router"][0]["megabytes_a_second"] == 1.0
    assert outside.as_json()["router"][0]["processor_ms_a_megabyte"] == 50.0
