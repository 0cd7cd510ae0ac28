"""Keep-alive: quiet links are asked, dead ones are noticed in bounded time, and each network is learned."""

from __future__ import annotations

import pytest

from alerts import limits
from alerts.session.keepalive import AT_ONCE_SECONDS, BEGIN, NEEDED_MAX, RUNGS_S, Keepalive, Pace, Reach
from netsim.profiles.library import load_profile, profile_names


def test_nothing_is_said_while_something_is_heard() -> None:
    alive = Keepalive(0, interval=50)
    for clock in (40, 80, 120):
        assert alive.ping_due(clock) is None
        alive.heard(clock)
    assert alive.deadline() == 170


def test_a_quiet_link_is_asked_once_with_a_new_token_each_time() -> None:
    alive = Keepalive(0, interval=50)
    assert alive.ping_due(50) == 1
    alive.expect(50)
    assert alive.ping_due(60) is None
    alive.heard(61)
    assert alive.ping_due(111) == 2


def test_a_link_is_dead_when_an_answer_is_overdue_and_nothing_at_all_was_heard() -> None:
    alive = Keepalive(0, interval=50)
    alive.expect(10)
    alive.expect(25)
    assert alive.deadline() == 10 + limits.ANSWER_SECONDS
    assert not alive.is_dead(10 + limits.ANSWER_SECONDS - 0.1)
    assert alive.is_dead(10 + limits.ANSWER_SECONDS)


def test_any_byte_is_a_sign_of_life() -> None:
    alive = Keepalive(0, interval=50)
    alive.expect(10)
    alive.heard(29)
    assert not alive.is_dead(1000)
    assert alive.deadline() == 79


# -- what a network survives ------------------------------------------------------------------------------------------


class Phone:
    """Quiet connections over what forgets them after so long, or `closes` them then; the hub is always there."""

    def __init__(self, forgets_s: float, pace: Pace | None = None, *, closes: bool = False) -> None:
        self.pace, self.forgets_s, self.closes = pace or Pace(), forgets_s, closes
        self.clock = 0.0
        self.deaths = 0
        self.late_s = 0.0
        """The longest that a connection was dead before it was noticed."""
        self._connect()

    def _connect(self) -> None:
        self.alive = Keepalive(self.clock)
        self.alive.adapt(self.pace)
        self.pace.connected(self.clock)

    def is_quiet_for(self, seconds: float) -> None:
        until = self.clock + seconds
        while self.alive.deadline() <= until:
            silence_s = self.alive.deadline() - self.clock
            if self.closes and silence_s >= self.forgets_s:
                self.clock += self.forgets_s
                self._dies()
                continue
            self.clock = self.alive.deadline()
            assert self.alive.ping_due(self.clock) is not None
            self.alive.expect(self.clock)
            if silence_s < self.forgets_s:
                self.clock += 1
                self.alive.heard(self.clock)
                continue
            self.clock = self.alive.deadline()
            assert self.alive.is_dead(self.clock)
            self.late_s = max(
                self.late_s, self.clock - (self.clock - limits.ANSWER_SECONDS - silence_s) - self.forgets_s
            )
            self._dies()
        self.clock = until

    def _dies(self) -> None:
        self.deaths += 1
        self.alive.broken(self.clock)
        self.clock += 2
        self._connect()


def test_a_good_network_is_left_alone_for_longer_and_longer() -> None:
    phone = Phone(7440)
    phone.is_quiet_for(sum(RUNGS_S[BEGIN:]) + 60)
    assert phone.pace.interval_s == limits.KEEPALIVE_SECONDS_MAX
    phone.is_quiet_for(86_400)
    assert phone.deaths == 0


@pytest.mark.parametrize(
    ("forgets_s", "settles_s"), [(30, 25), (60, 55), (120, 110), (239, 210), (300, 280), (600, 570)]
)
def test_it_settles_below_what_the_translator_forgets_after(forgets_s: float, settles_s: float) -> None:
    phone = Phone(forgets_s)
    phone.is_quiet_for(3 * 86_400)
    assert phone.pace.interval_s == settles_s
    assert phone.late_s <= limits.KEEPALIVE_SECONDS_MAX + limits.ANSWER_SECONDS - forgets_s
    learned = phone.deaths
    phone.is_quiet_for(7 * 86_400)
    assert phone.deaths - learned <= 7 * 86_400 / (NEEDED_MAX / 4 * settles_s), "it hardly ever tries in vain"


def test_a_proxy_that_closes_what_is_silent_is_learned_too() -> None:
    phone = Phone(60, closes=True)
    phone.is_quiet_for(86_400)
    assert phone.pace.interval_s == 55
    assert phone.deaths <= 12


@pytest.mark.parametrize("name", [name for name in profile_names() if load_profile(name).nat])
def test_what_the_profiles_nats_forget_is_survived(name: str) -> None:
    nat = load_profile(name).nat
    assert nat is not None
    phone = Phone(nat.idle_s)
    phone.is_quiet_for(3 * 86_400)
    assert phone.pace.interval_s < nat.idle_s


def test_a_network_that_has_become_better_is_found_out() -> None:
    pace = Pace(Reach(0, NEEDED_MAX))
    Phone(7440, pace).is_quiet_for(4 * 86_400)
    assert pace.interval_s == limits.KEEPALIVE_SECONDS_MAX


def test_where_the_whole_network_was_away_it_looks_more_often_and_holds_nothing_against_silence() -> None:
    pace = Pace(Reach(4, 1))
    pace.died(280, 1000)
    pace.connected(1000 + AT_ONCE_SECONDS + 1)
    assert pace.reach == Reach(3, 1)
    for at in (2000, 3000, 4000, 5000):
        pace.died(1000, at)
    assert pace.reach == Reach(BEGIN, 1), "never below where it began"


def test_an_answer_after_a_shorter_silence_says_nothing() -> None:
    pace = Pace()
    pace.answered(54)
    assert pace.reach == Reach()
    pace.answered(55)
    assert pace.reach == Reach(BEGIN + 1)


def test_a_connection_that_dies_while_it_is_used_is_not_the_silences_fault() -> None:
    pace = Pace(Reach(3, 1))
    pace.died(5, 100)
    pace.connected(101)
    assert pace.reach == Reach(2, 1)


def test_a_fixed_interval_stays() -> None:
    alive = Keepalive(0, interval=50)
    for _ in range(20):
        asked = alive.deadline()
        assert alive.ping_due(asked) is not None
        alive.expect(asked)
        alive.heard(asked + 1)
    assert alive.interval_s == 50
    alive.expect(2000)
    alive.broken(2030)
    assert alive.interval_s == 50
