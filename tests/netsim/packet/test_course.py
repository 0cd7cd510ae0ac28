"""What enters a course leaves it in time and in order, but for what a fault holds or swallows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from netsim.packet.course import Course, Datagram
from netsim.packet.shaping import Line
from netsim.profiles.profile import Way


class Outlet:
    """Where a course leads to."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.times: list[float] = []
        self._changed = asyncio.Event()

    def leave(self, datagram: Datagram, is_corrupt: bool) -> None:
        assert not is_corrupt
        self.packets.append(datagram.packet)
        self.times.append(asyncio.get_running_loop().time())
        self._changed.set()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.packets) < count:
                self._changed.clear()
                await self._changed.wait()


def on_a_course(way: Way, scenario: Callable[[Course, Outlet], Awaitable[None]]) -> None:
    async def run() -> None:
        outlet = Outlet()
        await scenario(Course(Line[Datagram](way, random.Random(0)), outlet.leave), outlet)

    asyncio.run(run())


def enter(course: Course, *packets: bytes) -> float:
    now = asyncio.get_running_loop().time()
    for packet in packets:
        course.enter(Datagram(packet, None), now)
    course.settle()
    return now


def test_what_enters_leaves_in_order_and_not_before_its_time() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        entered = enter(course, b"a", b"b")
        assert outlet.packets == []
        await outlet.wait_for(2)
        assert outlet.packets == [b"a", b"b"]
        assert outlet.times[0] >= entered + 0.02

    on_a_course(Way(delay_ms=20), scenario)


def test_without_a_delay_it_leaves_at_once() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        enter(course, b"a")
        assert outlet.packets == [b"a"]

    on_a_course(Way(), scenario)


def test_a_packet_that_is_due_before_the_others_is_not_late() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        enter(course, b"slow")
        course.line.clear()
        course.line.change(Way())
        enter(course, b"fast")
        assert outlet.packets == [b"fast"]
        course.line.change(Way(delay_ms=5))
        enter(course, b"next")
        await outlet.wait_for(2)

    on_a_course(Way(delay_ms=3_600_000), scenario)


def test_a_black_hole_swallows_what_comes_and_not_what_is_under_way() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        enter(course, b"before")
        course.is_black_hole = True
        enter(course, b"during")
        course.release()
        enter(course, b"after")
        await outlet.wait_for(2)
        assert outlet.packets == [b"before", b"after"]

    on_a_course(Way(delay_ms=5), scenario)


def test_a_stall_holds_and_gives_back() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        course.stall()
        enter(course, b"a")
        course.stall()
        enter(course, b"b")
        assert outlet.packets == []
        course.release()
        assert outlet.packets == [b"a", b"b"]
        enter(course, b"c")
        assert outlet.packets == [b"a", b"b", b"c"]

    on_a_course(Way(), scenario)


def test_a_cut_loses_what_is_under_way_what_is_held_and_what_comes() -> None:
    async def scenario(course: Course, outlet: Outlet) -> None:
        course.stall()
        enter(course, b"held")
        course.line.change(Way(delay_ms=3_600_000))
        enter(course, b"under way")
        course.cut()
        enter(course, b"comes")
        course.release()
        course.line.change(Way())
        enter(course, b"after")
        assert outlet.packets == [b"after"]

    on_a_course(Way(), scenario)
