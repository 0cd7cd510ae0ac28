"""The router process: two namespaces, a TUN device in each, and between them a line each way that holds packets back.

        field namespace                    this process                      hub namespace
     ┌───────────────────┐      ┌──────────────────────────────────┐     ┌───────────────────┐
     │ a process ── tun0 ├──────┤ tap ──────── line up ──────────> ├─────┤ tun0 ── a process │
     │        192.0.2.1  │      │ tap <─────── line down ───────── │     │ 192.0.2.2         │
     └───────────────────┘      └──────────────────────────────────┘     └───────────────────┘

It is started by `netsim.packet.network`, greets with the descriptors of the namespaces, and answers questions.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Callable, Sequence
from ipaddress import IPv4Interface

from netsim.packet import control
from netsim.packet.flows import Tap
from netsim.packet.ip import damaged, tcp_segment
from netsim.packet.namespaces import gain_rights, make_namespace
from netsim.packet.shaping import Line
from netsim.packet.tun import read_packets
from netsim.profiles.profile import Way

FIELD = IPv4Interface("192.0.2.1/24")  # RFC 5737: addresses that nobody has
HUB = IPv4Interface("192.0.2.2/24")

Look = Callable[[bytes], None]


def _overlook(packet: bytes) -> None:
    """The end of a line where nobody counts."""


class Course:
    """One direction: reads at one device, writes at the other what is due, and keeps one timer for the next."""

    def __init__(self, source: int, target: int, line: Line[bytes], entering: Look, leaving: Look) -> None:
        self._loop = asyncio.get_running_loop()
        self._source, self._target, self.line = source, target, line
        self._entering, self._leaving = entering, leaving
        self._timer: asyncio.TimerHandle | None = None
        self._loop.add_reader(source, self._read)

    def _read(self) -> None:
        for packet in read_packets(self._source):
            if packet[0] >> 4 == 4:  # the kernel's own IPv6 discovery would only disturb the counts
                self._entering(packet)
                self.line.push(packet, len(packet), self._loop.time())
        self._deliver()

    def _deliver(self) -> None:
        for packet, is_corrupt in self.line.pop_due(self._loop.time()):
            self._leaving(packet)
            self._write(damaged(packet) if is_corrupt else packet)
        if self._timer:
            self._timer.cancel()
        next_due = self.line.next_due
        self._timer = None if next_due is None else self._loop.call_at(next_due, self._deliver)

    def _write(self, packet: bytes) -> None:
        try:
            os.write(self._target, packet)
        except BlockingIOError:
            return  # the receiving kernel has no room: it drops the packet, as a network does


class Router:
    """Both ways and the byte counter at the field end."""

    def __init__(self, field_tun: int, hub_tun: int, seed: str) -> None:
        self._tap = Tap()
        up, down = (Line[bytes](Way(), random.Random(f"{seed} {way}")) for way in ("up", "down"))
        self._up = Course(field_tun, hub_tun, up, self._count, _overlook)
        self._down = Course(hub_tun, field_tun, down, _overlook, self._count)

    def _count(self, packet: bytes) -> None:
        segment = tcp_segment(packet)
        if segment:
            self._tap.observe(segment, asyncio.get_running_loop().time())

    def shape(self, question: control.Message) -> control.Message:
        """Treat packets that arrive from now on in this way."""
        self._up.line.change(Way(**question["up"]))
        self._down.line.change(Way(**question["down"]))
        return {}

    def flows(self, _: control.Message) -> control.Message:
        """Every connection so far."""
        return {"flows": [flow.as_json() for flow in self._tap.flows]}


def main(arguments: Sequence[str]) -> int:
    """Arguments: the number of the control socket, which rights to use, the seed of the losses."""
    owner = control.inherited_socket(arguments)
    rights, seed = arguments[2:4]
    try:
        user = gain_rights(rights)  # type: ignore[arg-type]
        field, hub = make_namespace(FIELD), make_namespace(HUB)
    except control.PathError as error:
        control.greet(owner, {"error": str(error), "hint": error.hint})
        return 1
    descriptors = [field.net_descriptor, hub.net_descriptor, *([] if user is None else [user])]
    control.greet(owner, {}, descriptors)

    async def carry() -> None:
        router = Router(field.tun_descriptor, hub.tun_descriptor, seed)
        await control.answer(owner, {"shape": router.shape, "flows": router.flows})

    asyncio.run(carry())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
