"""How exactly the router does what it is asked: measured on real TCP and UDP, and beside judges that are not ours.

Each figure is measured alone, so that none hides another: the round trip without losses and spread, the rate with a queue
that TCP can fill, each share of packets without rate and delay. How they work together is for tests in virtual time.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from netsim.bench import oracles
from netsim.bench.ends import End
from netsim.bench.probe import ROUND_TRIP_PACKET_BYTES
from netsim.packet.field import BOTH, Direction, Field
from netsim.packet.network import PacketNetwork, Shaping
from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Profile, Way

ERROR_MAX = 0.05
"""The goal for round trips and rates, as a share of what was asked."""
ROUND_TRIP_ERROR_MS_MAX = 1.0
"""What four changes of process, and their scheduler, may take in a round trip of any length."""
DEVIATIONS_MAX = 4.0
"""Shares of packets are to lie within so many standard deviations: outside one time in 16,000 by chance."""
PACKETS = 10_000
SECONDS = 8.0
ORACLE_LOSS, ORACLE_RATE_BIT_S = 0.2, 2_000_000

_BATCH_PACKETS = 200
_LAST_SECONDS = 0.5  # for what a busy machine has not yet read
_QUIET_SECONDS = 0.15  # longer than a packet is held for others to overtake it
_ROUND_TRIPS_MIN, _ROUND_TRIPS_MAX = 3, 200
_CONNECTION_BYTES, _CONNECTIONS_MAX = 30_000, 24  # so that they start with windows that soon fill the line
_FAST_BIT_S = 4_000_000
_ANSWER_SECONDS_MAX = 400.0


@dataclass(frozen=True)
class Figure:
    """What was asked, what was measured, and how far apart the two may be. `unit` is "ms", "bit/s" or "of packets"."""

    what: str
    unit: str
    asked: float
    measured: float
    error_max: float

    @property
    def is_within(self) -> bool:
        """Whether they are near enough."""
        return abs(self.measured - self.asked) <= self.error_max

    @property
    def error_percent(self) -> float | None:
        """Of what was asked; None if that was nothing."""
        return 100 * (self.measured - self.asked) / self.asked if self.asked else None

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        percent = self.error_percent
        rounded = None if percent is None else round(percent, 2)
        return asdict(self) | {"error_percent": rounded, "is_within": self.is_within}


@dataclass(frozen=True)
class Comparison:
    """The same measurement of the router and of the kernel; `trouble` says why there is none of the kernel's."""

    what: str
    judge: str
    ours: Figure
    kernels: Figure | None
    trouble: str | None


@dataclass(frozen=True)
class Speed:
    """What the router carries: bytes of whole IP packets, with nothing slowed down (None) or at a rate."""

    rate_bit_s: int | None
    carried_bytes: int
    seconds: float
    processor_seconds: float

    @property
    def megabytes_a_second(self) -> float:
        """One megabyte is a million bytes."""
        return self.carried_bytes / self.seconds / 1e6

    @property
    def processor_ms_a_megabyte(self) -> float:
        """Of the router's process, at the device of the receiving end."""
        return self.processor_seconds * 1e9 / self.carried_bytes


def share_deviation(asked: float, packets: int, bursts: Bursts | None = None) -> float:
    """The standard deviation of a share of so many packets; losses in bursts deviate more than even ones."""
    variance = asked * (1 - asked)
    if bursts is not None:
        kept = 1 - 1 / bursts.good_packets - 1 / bursts.bad_packets  # the correlation of the state with the one before
        apart = (bursts.bad_loss - bursts.good_loss) ** 2 * bursts.bad_share * (1 - bursts.bad_share)
        variance += 2 * apart * kept / (1 - kept)
    return math.sqrt(max(variance, 0.0) / packets)


def late_packets(numbers: Sequence[int]) -> int:
    """How many come after one that was sent later (RFC 4737 §4)."""
    late, newest = 0, -1
    for number in numbers:
        late += number < newest
        newest = max(newest, number)
    return late


class Rig:
    """One field end and the hub with a probe at each; what is measured goes through the link between them."""

    def __init__(self, stack: ExitStack, folder: Path, network: PacketNetwork, field: Field) -> None:
        assert network.hub is not None
        self.network, self.field = network, field
        probe = ["-m", "netsim.bench.probe"]
        name = field.namespace.address
        self._ends, self._ports = {}, {}
        for place, namespace in (("hub", network.hub), ("field", field.namespace)):
            command = [sys.executable, *probe, namespace.address]
            end = End(command, folder / f"{place}-{name}", namespace, _ANSWER_SECONDS_MAX)
            self._ends[place] = stack.enter_context(end)
            self._ports[place] = self._ends[place].hear()
        self._address = {"hub": network.hub.address, "field": name}
        self.udp_port = int(self._ports["hub"]["udp"])

    def _clean(self, up: Way, down: Way) -> None:
        """Nothing of the measurement before is under way any more."""
        self.field.cut()
        self.field.shape(up, down)
        self.field.heal()

    def round_trip_ms(self, up: Way, down: Way, count: int) -> float:
        """The median of so many."""
        self._clean(up, down)
        answer = self._ends["field"].ask(round_trips=count, host=self._address["hub"], port=self._ports["hub"]["tcp"])
        seconds: list[float] = answer["seconds"]
        return statistics.median(seconds) * 1000

    def carry(self, direction: Direction, way: Way, other: Way, seconds: float, connections: int) -> tuple[int, float]:
        """A bulk transfer: bytes of whole packets at the receiving device, and the time that they took to arrive."""
        self._clean(*((way, other) if direction == "up" else (other, way)))
        receiver, device = ("hub", self.field.hub_device) if direction == "up" else ("field", "tun0")
        self._ends[receiver].ask(watch=device)
        question = {"push" if direction == "up" else "pull": seconds}
        to_hub = {"host": self._address["hub"], "port": self._ports["hub"]["tcp"], "connections": connections}
        self._ends["field"].ask(**question, **to_hub)
        answer = self._ends[receiver].ask(watched=True)
        return answer["bytes"], answer["seconds"]

    def send_numbers(self, direction: Direction, way: Way, count: int) -> list[int]:
        """The numbers of the UDP packets that arrived of so many, in their order."""
        self._clean(*((way, Way()) if direction == "up" else (Way(), way)))
        sender, receiver = ("field", "hub") if direction == "up" else ("hub", "field")
        numbers: list[int] = self._ends[receiver].ask(numbers=True)["numbers"][:0]
        to_receiver = {"host": self._address[receiver], "port": self._ports[receiver]["udp"]}
        for first in range(0, count, _BATCH_PACKETS):
            batch = min(_BATCH_PACKETS, count - first)
            before = self._passed(direction)
            self._ends[sender].ask(send=batch, first=first, **to_receiver)
            numbers += self._arrivals(direction, receiver, before, batch)
        time.sleep(_LAST_SECONDS)
        numbers += self._ends[receiver].ask(numbers=True)["numbers"]
        return numbers

    def _passed(self, direction: Direction) -> tuple[int, int]:
        counts = self.field.counts()[direction]
        return counts.entered, counts.entered - counts.lost + counts.duplicated - counts.corrupted

    def _arrivals(self, direction: Direction, receiver: str, before: tuple[int, int], batch: int) -> list[int]:
        """What arrives of one batch: until all has that the router let pass, or nothing more comes."""
        numbers: list[int] = []
        heard_at = time.monotonic()
        while time.monotonic() < heard_at + _QUIET_SECONDS:
            heard = self._ends[receiver].ask(numbers=True)["numbers"]
            numbers += heard
            heard_at = time.monotonic() if heard else heard_at
            entered, passed = (now - then for now, then in zip(self._passed(direction), before, strict=True))
            if entered >= batch and len(numbers) >= passed:
                break
        return numbers


def measure(rig: Rig, profile: Profile, seconds: float = SECONDS, packets: int = PACKETS) -> Iterator[Figure]:
    """One figure after the other of a profile, but for its round trip; of a trace only what is said beside it."""
    for direction in BOTH:
        way: Way = getattr(profile, direction)
        if way.rate_bit_s is not None:
            yield _rate(rig, profile, direction, seconds)
        yield from _shares(rig, direction, way, packets)


def measure_round_trip(rig: Rig, profile: Profile, seconds: float = SECONDS) -> Iterator[Figure]:
    """How long a byte takes there and back; nothing where the profile leaves that to a trace."""
    up, down = (Way(rate_bit_s=way.rate_bit_s, delay_ms=way.delay_ms) for way in (profile.up, profile.down))
    packet_bits = ROUND_TRIP_PACKET_BYTES * 8
    asked_ms = sum(way.delay_ms + 1000 * packet_bits / (way.rate_bit_s or math.inf) for way in (up, down))
    count = max(_ROUND_TRIPS_MIN, min(_ROUND_TRIPS_MAX, int(seconds * 1000 / max(asked_ms, 1))))
    if asked_ms == 0 and profile.trace is not None:
        return
    error_max_ms = max(ERROR_MAX * asked_ms, ROUND_TRIP_ERROR_MS_MAX)
    yield Figure("round trip", "ms", asked_ms, rig.round_trip_ms(up, down, count), error_max_ms)


def _rate(rig: Rig, profile: Profile, direction: Direction, seconds: float) -> Figure:
    way: Way = getattr(profile, direction)
    other: Way = profile.down if direction == "up" else profile.up
    assert way.rate_bit_s is not None
    rtt_s = (way.delay_ms + other.delay_ms) / 1000
    under_way_bytes = int(way.rate_bit_s / 8 * rtt_s)
    queue_bytes = max(way.queue_bytes or 0, 2 * under_way_bytes + 30_000)
    filled = Way(rate_bit_s=way.rate_bit_s, delay_ms=way.delay_ms, queue_bytes=queue_bytes)
    back = Way(rate_bit_s=other.rate_bit_s, delay_ms=other.delay_ms)
    connections = min(1 + under_way_bytes // _CONNECTION_BYTES, _CONNECTIONS_MAX)
    start_s = (15 if connections > 1 else 3) * rtt_s + 12 * 12_000 / way.rate_bit_s
    carried_bytes, took_s = rig.carry(direction, filled, back, max(seconds, start_s), connections)
    measured = carried_bytes * 8 / took_s if took_s else 0.0
    return Figure(f"rate {direction}", "bit/s", way.rate_bit_s, measured, ERROR_MAX * way.rate_bit_s)


def _shares(rig: Rig, direction: Direction, way: Way, packets: int) -> Iterator[Figure]:
    if way.loss is not None:
        numbers = rig.send_numbers(direction, Way(loss=way.loss), packets)
        measured = 1 - len(numbers) / packets
        yield _share(f"loss {direction}", way.loss.mean_loss, measured, packets, way.loss)
    if way.reorder:
        numbers = rig.send_numbers(direction, Way(reorder=way.reorder), packets)
        yield _share(f"reorder {direction}", way.reorder, late_packets(numbers) / packets, packets)
    if way.duplicate:
        numbers = rig.send_numbers(direction, Way(duplicate=way.duplicate), packets)
        yield _share(f"duplicate {direction}", way.duplicate, len(numbers) / packets - 1, packets)
    if way.corrupt:
        numbers = rig.send_numbers(direction, Way(corrupt=way.corrupt), packets)
        yield _share(f"corrupt {direction}", way.corrupt, 1 - len(numbers) / packets, packets)


def _share(what: str, asked: float, measured: float, packets: int, bursts: Bursts | None = None) -> Figure:
    error_max = DEVIATIONS_MAX * share_deviation(asked, packets, bursts) + 1 / packets
    return Figure(what, "of packets", asked, measured, error_max)


def compare_loss(rig: Rig, packets: int = PACKETS, share: float = ORACLE_LOSS) -> Comparison:
    """The same number of packets through the router's losses and through those of iptables."""
    what, judge = f"loss of {share:.0%}, up", "iptables -m statistic"
    ours = _share(
        "loss", share, 1 - len(rig.send_numbers("up", Way(loss=Bursts.even(share)), packets)) / packets, packets
    )
    assert rig.network.hub is not None
    with oracles.lossy_input(rig.network.hub, rig.udp_port, share) as trouble:
        if trouble is not None:
            return Comparison(what, judge, ours, None, trouble)
        arrived = len(rig.send_numbers("up", Way(), packets))
    return Comparison(what, judge, ours, _share("loss", share, 1 - arrived / packets, packets), None)


def compare_rate(rig: Rig, seconds: float = SECONDS, rate_bit_s: int = ORACLE_RATE_BIT_S) -> Comparison:
    """The same transfer through the router's bottleneck and through a token bucket of the kernel."""
    what, judge = f"rate of {rate_bit_s / 1e6:g} Mbit/s, down", "tc tbf"
    queue_bytes = 60_000

    def figure(way: Way) -> Figure:
        carried_bytes, took_s = rig.carry("down", way, Way(), seconds, 1)
        return Figure("rate", "bit/s", rate_bit_s, carried_bytes * 8 / took_s, ERROR_MAX * rate_bit_s)

    ours = figure(Way(rate_bit_s=rate_bit_s, queue_bytes=queue_bytes))
    assert rig.network.hub is not None
    with oracles.slow_device(rig.network.hub, rig.field.hub_device, rate_bit_s, queue_bytes) as trouble:
        if trouble is not None:
            return Comparison(what, judge, ours, None, trouble)
        return Comparison(what, judge, ours, figure(Way()), None)


def measure_speed(rig: Rig, rate_bit_s: int | None, seconds: float = SECONDS) -> Speed:
    """What the router carries down, and what that costs its process."""
    way = Way(rate_bit_s=rate_bit_s, queue_bytes=None if rate_bit_s is None else 100_000)
    began, used = time.monotonic(), rig.network.processor_seconds()
    before = rig.field.counts()["down"].entered_bytes
    rig.carry("down", way, Way(), seconds, 1)
    carried = rig.field.counts()["down"].entered_bytes - before
    return Speed(rate_bit_s, carried, time.monotonic() - began, rig.network.processor_seconds() - used)


@dataclass(frozen=True)
class Report:
    """All figures by profile, the comparisons, and the speed."""

    has_netem: bool
    """Whether the kernel's netem has shaped what it can express; else the router has shaped all."""
    profiles: dict[str, tuple[Figure, ...]]
    comparisons: tuple[Comparison, ...]
    speeds: tuple[Speed, ...]

    @property
    def is_within(self) -> bool:
        """Whether all figures are near enough to what was asked, the kernel's too."""
        figures = [figure for figures in self.profiles.values() for figure in figures]
        compared = [figure for each in self.comparisons for figure in (each.ours, each.kernels) if figure]
        return all(figure.is_within for figure in figures + compared)

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return {
            "is_within": self.is_within,
            "has_netem": self.has_netem,
            "profiles": {name: [figure.as_json() for figure in figures] for name, figures in self.profiles.items()},
            "comparisons": [
                asdict(each)
                | {"ours": each.ours.as_json(), "kernels": each.kernels.as_json() if each.kernels else None}
                for each in self.comparisons
            ],
            "router": [
                asdict(speed)
                | {
                    "megabytes_a_second": round(speed.megabytes_a_second, 2),
                    "processor_ms_a_megabyte": round(speed.processor_ms_a_megabyte, 2),
                }
                for speed in self.speeds
            ],
        }


def report(
    profiles: Sequence[Profile],
    *,
    seconds: float = SECONDS,
    packets: int = PACKETS,
    shaping: Shaping = "auto",
    measured: Callable[[str], None] = lambda what: None,
) -> Report:
    """Round trips and fast links one after the other, then all slow ones side by side; `measured` hears of what is done."""
    with PacketNetwork(fields=len(profiles) + 1, shaping=shaping) as network:

        def round_trip(index: int) -> tuple[Figure, ...]:
            with _rig(network, index) as rig:
                figures = tuple(measure_round_trip(rig, profiles[index], seconds / 2))
            measured(f"the round trip of {profiles[index].name}")
            return figures

        def others(index: int) -> tuple[Figure, ...]:
            with _rig(network, index) as rig:
                figures = tuple(measure(rig, profiles[index], seconds, packets))
            measured(profiles[index].name)
            return figures

        indices = range(len(profiles))
        round_trips = [round_trip(index) for index in indices]
        with _rig(network, len(profiles)) as rig:
            comparisons = (compare_loss(rig, packets), compare_rate(rig, seconds))
            speeds = tuple(measure_speed(rig, rate_bit_s, seconds) for rate_bit_s in (20_000_000, None))
        rest = {index: others(index) for index in indices if _is_fast(profiles[index])}
        slow = [index for index in indices if index not in rest]
        with ThreadPoolExecutor(max_workers=max(len(slow), 1)) as pool:
            rest.update(zip(slow, pool.map(others, slow), strict=True))
        figures = {profiles[index].name: round_trips[index] + rest[index] for index in indices}
        return Report(network.has_netem, figures, comparisons, speeds)


@contextmanager
def _rig(network: PacketNetwork, index: int) -> Iterator[Rig]:
    """Ends of their own at one field end, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="tocsin-calibrate-") as folder, ExitStack() as stack:
        yield Rig(stack, Path(folder), network, network.fields[index])


def _is_fast(profile: Profile) -> bool:
    rates = [way.rate_bit_s for way in (profile.up, profile.down)]
    return any(rate is None or rate >= _FAST_BIT_S for rate in rates)
