"""Keep-alive: quiet links are asked, dead ones are noticed in bounded time."""

from __future__ import annotations

from alerts import limits
from alerts.session.keepalive import Keepalive


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
