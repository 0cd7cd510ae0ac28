"""The trace: readable lines when it is on, nothing at all when it is off."""

from __future__ import annotations

from netsim.virtual.trace import Trace


class Unreadable:
    def __str__(self) -> str:
        raise AssertionError("nobody reads this")


def test_a_line_says_when_who_and_what() -> None:
    trace = Trace(is_on=True, time=lambda: 12.34)
    trace.say("hub", "#{} of {:08x}", 7, 255)
    assert trace.text() == "        12.3 s  hub    #7 of 000000ff"


def test_off_it_does_not_even_format() -> None:
    trace = Trace(is_on=False, time=lambda: 0)
    trace.say("hub", "{}", Unreadable())
    assert trace.text() == ""
