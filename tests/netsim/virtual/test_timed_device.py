"""The device's process: round trips until it is welcome, dead links noticed, the client's way of coming back."""

from __future__ import annotations

from typing import Literal

import pytest

from alerts import limits
from alerts.session.keepalive import NEEDED_MAX
from netsim.profiles.profile import Nat
from netsim.virtual.costs import Costs
from netsim.virtual.timed_world import Setting, TimedWorld
from tests.support.tcp_pair import link

FREE = Costs(*([0.0] * 10))


def world(*, rtt_ms: float = 100.0, nat: Nat | None = None, tls: Literal[0, 1, 2] | None = None) -> TimedWorld:
    return TimedWorld(Setting(link(rtt_ms=rtt_ms, nat=nat), costs=FREE, tls_round_trips=tls), 1)


def welcome_at(made: TimedWorld) -> float:
    made.devices[0].switch_on()
    while not made.devices[0].is_connected and made.timeline.now < 100:
        made.timeline.run_until(made.timeline.now + 0.001)
    return made.timeline.now


@pytest.mark.parametrize(("tls", "round_trips"), [(None, 2), (0, 2), (1, 3), (2, 4)])
def test_a_device_is_welcome_after_one_round_trip_for_tcp_those_of_tls_and_one_for_the_upgrade(
    tls: Literal[0, 1, 2] | None, round_trips: int
) -> None:
    assert welcome_at(world(rtt_ms=500, tls=tls)) == pytest.approx(round_trips * 0.5, abs=0.01)


def test_a_link_too_slow_for_the_first_patience_is_given_more_the_next_time_and_keeps_it() -> None:
    made = world(rtt_ms=14_000, tls=1)
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(30 + 1 + 3 * 14 + 1)
    assert (device.is_connected, device.connections) == (True, 2)
    device.path.kill_connection(device.connection or 0)
    made.timeline.run_until(made.timeline.now + limits.KEEPALIVE_SECONDS + limits.ANSWER_SECONDS + 2 + 3 * 14 + 14)
    assert (device.is_connected, device.connections) == (True, 3)


def test_a_half_open_connection_is_noticed_by_the_keep_alive_and_by_nothing_else() -> None:
    made = world()
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(10)
    assert device.connection is not None
    device.path.kill_connection(device.connection)
    heard_at = 0.3
    noticed_at = heard_at + limits.KEEPALIVE_SECONDS + limits.ANSWER_SECONDS
    made.timeline.run_until(noticed_at - 1)
    assert device.connections == 1
    made.timeline.run_until(noticed_at + 3)
    assert device.connections == 2
    assert device.is_connected


@pytest.mark.parametrize(("idle_s", "connections"), [(60, 1), (30, 2)])
def test_a_nat_that_forgets_sooner_than_the_keep_alive_breaks_connections(idle_s: float, connections: int) -> None:
    """In the minute and a half after the first minute: once for each keep-alive that came too late."""
    made = world(nat=Nat(idle_s=float(idle_s), forgets="drop"))
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(100)
    assert device.connections == connections


@pytest.mark.parametrize("forgets", ["drop", "reset"])
@pytest.mark.parametrize(
    ("idle_s", "settles_s"), [(30, 25), (239, 210), (300, 280), (1800, limits.KEEPALIVE_SECONDS_MAX)]
)
def test_a_device_learns_how_long_its_network_lets_it_be_quiet(
    idle_s: float, settles_s: float, forgets: Literal["drop", "reset"]
) -> None:
    made = world(nat=Nat(idle_s=float(idle_s), forgets=forgets))
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(86_400)
    assert device.inside.pace.interval_s == settles_s
    first_day = device.connections
    assert first_day <= 20, "it tries the next rung after 1, 4, 8, 16 … answers"
    made.timeline.run_until(2 * 86_400)
    assert device.connections - first_day <= 86_400 / (limits.ANSWER_SECONDS + NEEDED_MAX * settles_s) + 2
    assert device.is_connected


def test_a_new_process_knows_what_the_one_before_had_learned() -> None:
    made = world(nat=Nat(idle_s=300.0, forgets="drop"))
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(6 * 3600)
    learned = device.inside.pace.reach
    assert learned.needed > 1
    device.kill(with_power=True, starts_after_s=0.0)
    assert device.inside.pace.reach == learned


def test_where_nobody_answers_a_device_gives_up_after_thirty_seconds_and_tries_again() -> None:
    made = world()
    device = made.devices[0]
    device.path.cut()
    device.switch_on()
    made.timeline.run_until(29.9)
    assert device.connections == 1
    made.timeline.run_until(100)
    assert device.connections in (3, 4)
    device.path.heal()
    made.timeline.run_until(200)
    assert device.is_connected


def test_a_killed_device_is_told_by_the_kernel_and_comes_back_with_another_opening() -> None:
    made = world()
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(10)
    before = device.inside.opening
    device.kill(with_power=True, starts_after_s=5)
    made.timeline.run_until(14.9)
    assert made.hub.inside.ends == {}
    made.timeline.run_until(20)
    assert device.is_connected
    assert device.inside.opening != before


def test_a_reset_connection_comes_back_within_the_first_backoff() -> None:
    made = world()
    device = made.devices[0]
    device.switch_on()
    made.timeline.run_until(30)
    assert device.connection is not None
    device.path.reset(device.connection)
    made.timeline.run_until(31.5)
    assert device.is_connected
    assert device.connections == 2
