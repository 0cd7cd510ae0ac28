"""The router process: a namespace for the hub, one for each field end, and between them lines that treat packets badly.

      field namespace                    this process                     hub namespace
     ┌───────────────────┐      ┌──────────────────────────────────┐     ┌───────────────────┐
     │ a process ── tun0 ├──────┤ tap ───── course up ─────> NAT ──┼─────┤ tun0 ─┬ processes │
     │        192.0.2.1  │      │ tap <──── course down ──── NAT ──┼─────┤       │ 192.0.2.2 │
     └───────────────────┘      └──────────────────────────────────┘     │       │           │
     ┌───────────────────┐                                               │       │           │
     │        192.0.2.3  ├──── the same, with lines of its own ──────────┤ tun1 ─┘           │
     └───────────────────┘                                               └───────────────────┘

It is started by `netsim.packet.network`, greets with the descriptors of the namespaces, and answers questions.
"""

from __future__ import annotations

import asyncio
import os
import random
import selectors
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from ipaddress import IPv4Interface

from netsim.packet import control
from netsim.packet.course import Course, Datagram
from netsim.packet.diversion import Diversion
from netsim.packet.flows import Tap
from netsim.packet.ip import answering_reset, damaged, tcp_segment
from netsim.packet.namespaces import MadeNamespace, gain_rights, make_namespace
from netsim.packet.nat import NatTable
from netsim.packet.netem import Netem, can_express
from netsim.packet.outages import Outages
from netsim.packet.priority import woken_first
from netsim.packet.replay import Replay
from netsim.packet.resets import Resets
from netsim.packet.shaping import Line
from netsim.packet.tun import read_packets
from netsim.profiles.profile import Profile, Way

HUB = IPv4Interface("192.0.2.2/24")  # RFC 5737: addresses that nobody has
FIELDS_MAX = 250

Kernel = dict[str, Netem]
"""By direction: where the kernel's netem can stand for one field end."""


def field_interface(index: int) -> IPv4Interface:
    """The address of a field end: 192.0.2.1, then those after the hub's."""
    assert 0 <= index < FIELDS_MAX, f"field end {index}, expected 0 to {FIELDS_MAX - 1}"
    return IPv4Interface(f"192.0.2.{1 if index == 0 else index + 2}/24")


class FieldLink:
    """One field end and its link: both courses, the NAT, and what is known of its connections."""

    def __init__(self, field_tun: int, hub_tun: int, seed: str, kernel: Kernel | None = None) -> None:
        self._kernel = kernel
        self.is_shaped_by_kernel = False
        self._loop = asyncio.get_running_loop()
        self._field_tun, self._hub_tun = field_tun, hub_tun
        self.tap = Tap()
        self._resets = Resets()
        self._nat: NatTable | None = None
        self._diversion: Diversion | None = None
        self._ways = {"up": Way(), "down": Way()}
        up, down = (Line[Datagram](Way(), random.Random(f"{seed} {way}")) for way in ("up", "down"))
        self.courses = {"up": Course(up, self._leave_up), "down": Course(down, self._leave_down)}
        self._loop.add_reader(field_tun, self._read, field_tun, self._enter_up, self.courses["up"])
        self._loop.add_reader(hub_tun, self._read, hub_tun, self._enter_down, self.courses["down"])

    def _read(self, tun: int, enter: Callable[[bytes, float], None], course: Course) -> None:
        now = self._loop.time()
        for packet in read_packets(tun):
            if packet[0] >> 4 == 4:  # the kernel's own IPv6 discovery would only disturb the counts
                enter(packet, now)
        course.settle()

    def _enter_up(self, packet: bytes, now: float) -> None:
        segment = tcp_segment(packet)
        if segment is not None:
            self.tap.observe(segment, now)
            answer = self._resets.sent(segment)
            if answer is not None:
                write_packet(self._field_tun, answer)
                return
        self.courses["up"].enter(Datagram(packet, segment), now)

    def _leave_up(self, datagram: Datagram, is_corrupt: bool) -> None:
        packet, segment = datagram
        if is_corrupt:
            self._write_to_hub(damaged(packet))
            return
        verdict = "pass" if self._nat is None else self._nat.from_field(packet, self._loop.time())
        if verdict == "pass":
            if segment is not None:
                self._resets.delivered(segment)
            self._write_to_hub(packet)
        elif verdict == "reset" and segment is not None:
            self._turn_down(answering_reset(segment))

    def _turn_down(self, packet: bytes) -> None:
        down = self.courses["down"]
        down.enter(Datagram(packet, None), self._loop.time())
        down.settle()

    def _write_to_hub(self, packet: bytes) -> None:
        write_packet(self._hub_tun, packet if self._diversion is None else self._diversion.towards_hub(packet))

    def _enter_down(self, packet: bytes, now: float) -> None:
        if self._diversion is not None:
            packet = self._diversion.towards_field(packet)
        segment = tcp_segment(packet)
        answer = None if segment is None else self._resets.sent(segment)
        if answer is not None:
            self._write_to_hub(answer)
        elif self._nat is None or self._nat.from_hub(packet, now) == "pass":
            self.courses["down"].enter(Datagram(packet, segment), now)

    def _leave_down(self, datagram: Datagram, is_corrupt: bool) -> None:
        packet, segment = datagram
        if segment is not None and not is_corrupt:
            self.tap.observe(segment, self._loop.time())
            self._resets.delivered(segment)
        write_packet(self._field_tun, damaged(packet) if is_corrupt else packet)

    def shape(self, up: Way, down: Way) -> None:
        """Treat packets that enter from now on in this way; no outages, no NAT. PathError: the kernel cannot."""
        self._nat = None
        for name, way in self._left_by_kernel(up, down).items():
            self.courses[name].line.change(way)

    def apply(self, profile: Profile, seed: str) -> None:
        """Treat packets that enter from now on as this profile says, with chance of their own. PathError as in `shape`."""
        now = self._loop.time()
        outages = Outages(profile.outages, random.Random(f"{seed} outages"), now) if profile.outages else None
        for name, way in self._left_by_kernel(profile.up, profile.down, profile.trace is not None).items():
            replay = Replay(getattr(profile.trace, name), now) if profile.trace is not None else None
            self.courses[name].line.change(way, outages, replay, random.Random(f"{seed} {name}"))
        self._nat = NatTable(profile.nat) if profile.nat is not None else None

    def _left_by_kernel(self, up: Way, down: Way, is_recorded: bool = False) -> dict[str, Way]:
        """What the lines have to do: all, or nothing where the kernel does it."""
        ways = self._ways = {"up": up, "down": down}
        if self._kernel is None:
            return ways
        self.is_shaped_by_kernel = not is_recorded and all(can_express(way) for way in ways.values())
        for name, netem in self._kernel.items():
            if self.is_shaped_by_kernel:
                netem.apply(ways[name])
            else:
                netem.clear()
        return dict.fromkeys(ways, Way()) if self.is_shaped_by_kernel else ways

    def cut(self) -> None:
        """Lose what is under way and what comes, both ways."""
        for name, course in self.courses.items():
            course.cut()
            if self._kernel is not None and self.is_shaped_by_kernel:
                self._kernel[name].clear()
                self._kernel[name].apply(self._ways[name])

    def reset(self) -> None:
        """Break every TCP connection at both ends."""
        for end, packet in self._resets.break_all():
            if end.address == HUB.ip:
                self._write_to_hub(packet)
            else:
                write_packet(self._field_tun, packet)

    def divert(self, diversion: Diversion | None) -> None:
        """Lead what dials one port of the hub to another, or no more; connections break."""
        self.reset()
        self._diversion = diversion


def write_packet(descriptor: int, packet: bytes) -> None:
    """Give a packet to a kernel; where that has no room it drops the packet, as a network does."""
    try:
        os.write(descriptor, packet)
    except BlockingIOError:
        return


class Router:
    """The links of all field ends, and the answers to their owner's questions."""

    def __init__(
        self, field_tuns: Sequence[int], hub_tuns: Sequence[int], seed: str, kernels: Sequence[Kernel] = ()
    ) -> None:
        self.fields = [
            FieldLink(field_tun, hub_tun, f"{seed} {index}", kernels[index] if kernels else None)
            for index, (field_tun, hub_tun) in enumerate(zip(field_tuns, hub_tuns, strict=True))
        ]

    def _asked(self, question: control.Message) -> Sequence[FieldLink]:
        """The field end that is meant, or all."""
        index = question["field"]
        return self.fields if index is None else [self.fields[index]]

    def _courses(self, question: control.Message) -> list[Course]:
        return [field.courses[name] for field in self._asked(question) for name in question["directions"]]

    def shape(self, question: control.Message) -> control.Message:
        """Treat packets that enter from now on in this way."""
        return self._treat(question, lambda field: field.shape(Way(**question["up"]), Way(**question["down"])))

    def apply(self, question: control.Message) -> control.Message:
        """Treat packets that enter from now on as a profile says."""
        profile = Profile.model_validate_json(question["profile"])
        return self._treat(question, lambda field: field.apply(profile, question["seed"]))

    def _treat(self, question: control.Message, treat: Callable[[FieldLink], None]) -> control.Message:
        try:
            for field in self._asked(question):
                treat(field)
        except control.PathError as error:
            return {"error": str(error), "hint": error.hint}
        return {}

    def cut(self, question: control.Message) -> control.Message:
        """Lose what is under way and what comes."""
        return self._treat(question, FieldLink.cut)

    def black_hole(self, question: control.Message) -> control.Message:
        """Swallow what enters."""
        for course in self._courses(question):
            course.is_black_hole = True
        return {}

    def stall(self, question: control.Message) -> control.Message:
        """Hold what would leave."""
        for course in self._courses(question):
            course.stall()
        return {}

    def heal(self, question: control.Message) -> control.Message:
        """End what `cut`, `black_hole` and `stall` began."""
        for course in self._courses(question):
            course.release()
        return {}

    def reset(self, question: control.Message) -> control.Message:
        """Break every connection."""
        for field in self._asked(question):
            field.reset()
        return {}

    def divert(self, question: control.Message) -> control.Message:
        """Lead what dials one port of the hub to another (`to`), or where it leads by itself (null)."""
        for field in self._asked(question):
            field.divert(Diversion(question["port"], question["to"]) if question["to"] else None)
        return {}

    def flows(self, question: control.Message) -> control.Message:
        """Every connection so far."""
        flows = [flow for field in self._asked(question) for flow in field.tap.flows]
        return {"flows": [flow.as_json() for flow in sorted(flows, key=lambda flow: flow.syn_at)]}

    def counts(self, question: control.Message) -> control.Message:
        """What the lines of one field end have done."""
        (field,) = self._asked(question)
        return {name: asdict(course.line.counts) for name, course in field.courses.items()}

    def shaped_by(self, question: control.Message) -> control.Message:
        """Who delays and loses the packets of one field end."""
        (field,) = self._asked(question)
        return {"by": "netem" if field.is_shaped_by_kernel else "router"}

    def processor(self, _: control.Message) -> control.Message:
        """What this process has used."""
        return {"seconds": time.process_time()}

    def answers(self) -> dict[str, Callable[[control.Message], control.Message]]:
        """By the name of each question."""
        questions = (
            "shape",
            "apply",
            "cut",
            "black_hole",
            "stall",
            "heal",
            "reset",
            "divert",
            "flows",
            "counts",
            "shaped_by",
            "processor",
        )
        return {name: getattr(self, name) for name in questions}


def find_kernels(shaping: str, hub: MadeNamespace, fields: Sequence[MadeNamespace]) -> list[Kernel]:
    """netem at both devices of each field end; nothing if the router is to do it, or with "auto" the kernel cannot."""
    if shaping == "router":
        return []
    kernels = [
        {"up": Netem(field.net_descriptor, "tun0"), "down": Netem(hub.net_descriptor, f"tun{index}")}
        for index, field in enumerate(fields)
    ]
    try:
        kernels[0]["down"].try_out()
    except control.PathError:
        if shaping == "netem":
            raise
        return []
    return kernels


def main(arguments: Sequence[str]) -> int:
    """Arguments: the number of the control socket, which rights to use, the seed, how many field ends, who shapes."""
    owner = control.inherited_socket(arguments)
    rights, seed, count, shaping = arguments[2:6]
    try:
        user = gain_rights(rights)  # type: ignore[arg-type]
        interfaces = [field_interface(index) for index in range(int(count))]
        hub = make_namespace(HUB, [interface.ip for interface in interfaces])
        fields = [make_namespace(interface) for interface in interfaces]
        kernels = find_kernels(shaping, hub, fields)
    except control.PathError as error:
        control.greet(owner, {"error": str(error), "hint": error.hint})
        return 1
    given = [made.net_descriptor for made in (hub, *fields)] + ([] if user is None else [user])
    control.greet(owner, {"netem": bool(kernels)}, given)
    if not kernels:
        for descriptor in given:  # the owner holds them now
            os.close(descriptor)

    async def carry() -> None:
        router = Router([field.tun_descriptors[0] for field in fields], hub.tun_descriptors, seed, kernels)
        await control.answer(owner, router.answers())

    # select(2) wakes within microseconds of a moment, epoll_wait(2) only at the next millisecond.
    by_select = asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector()))
    with woken_first(), by_select as runner:
        runner.run(carry())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
