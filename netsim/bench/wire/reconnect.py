"""What a device that comes back costs: with nothing missed, and with twenty alerts missed.

The HTTP is that of the real client and a real hub, which meet once; the frames are those of the real sessions and the
real codec, which meet in memory (`netsim.virtual.meeting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from alerts.wire.dictionary import Dictionary
from alerts.wire.handshake import Hello, pack_hello
from netsim.bench.wire.carriage import HANDSHAKE, Cost, Write, cost_of
from netsim.bench.wire.corpus import Measured, replacing_nothing
from netsim.bench.wire.tocsin import ALL_LANGUAGES
from netsim.virtual.fleet.heads import HELLO, Heads, measure_heads
from netsim.virtual.meeting import Flight, Meeting

MISSED = 20


@dataclass(frozen=True, slots=True)
class Empty:
    """A reconnect with nothing missed, in bytes: HTTP and frames up and down, and what carries them."""

    up: int
    down: int
    tcp_ip: int
    tls_records: int

    @property
    def payload(self) -> int:
        """HTTP and WebSocket, both ways."""
        return self.up + self.down


@dataclass(frozen=True, slots=True)
class CatchUp:
    """A device that has missed so many alerts; medians of bytes for each of them, over all windows of the corpus."""

    missed: int
    windows: int
    frames_down: float
    payload: float
    """The upgrade and all frames, both ways."""
    to_ip: float
    """And the headers of TCP and IP, and what is an ACK and nothing else."""
    with_tls: float
    """And the records of TLS."""


@dataclass(frozen=True, slots=True)
class _Window:
    frames_down: int
    plain: Cost
    tls: Cost


def measure_reconnects(measured: Sequence[Measured], dictionary: Dictionary) -> tuple[Empty, CatchUp]:
    """`measured` stand in one log, in order; both ends have the dictionary. There must be some."""
    heads = measure_heads()
    head = measured[0].entry.number - 1
    meeting = Meeting(_before_all_ends(measured), head=head, languages=ALL_LANGUAGES, dictionary=dictionary)
    meeting.connect()  # the roll-call of a device that joins
    empty = _empty(_writes(heads, meeting.hello(), meeting.connect()))
    missed = min(MISSED, len(measured))
    windows = [_window(heads, meeting, window) for window in _in_windows(measured, missed)]
    return empty, CatchUp(
        *(missed, len(windows)),
        *(
            median(values) / missed
            for values in zip(
                *((one.frames_down, one.plain.written, one.plain.total, one.tls.total) for one in windows), strict=True
            )
        ),
    )


def _before_all_ends(measured: Iterable[Measured]) -> int:
    """A time of the hub at which every alert is in force, so that it is sent."""
    return max(1, min(one.entry.expires for one in measured) - 1)


def _in_windows(measured: Sequence[Measured], size: int) -> Iterator[Sequence[Measured]]:
    return (measured[start : start + size] for start in range(0, len(measured) - size + 1, size))


def _window(heads: Heads, meeting: Meeting, window: Sequence[Measured]) -> _Window:
    hello = meeting.hello()
    meeting.append(replacing_nothing(one).entry for one in window)
    flights = meeting.connect()
    arrived = sum(sent.alerts for flight in flights for sent in flight.frames)
    assert arrived == len(window), f"{len(window)} alerts in force that replace nothing arrive, found {arrived}"
    writes = _writes(heads, hello, flights)
    frames_down = sum(flight.frame_bytes for flight in flights if not flight.is_up)
    return _Window(frames_down, cost_of(writes, has_tls=False), cost_of(writes))


def _writes(heads: Heads, hello: Hello, flights: Iterable[Flight]) -> list[Write]:
    """A hub writes a flight at once, a device each frame by itself: it has committed in between."""
    request = heads.request + len(pack_hello(hello)) - len(pack_hello(HELLO))
    writes = [Write(True, request), Write(False, heads.accepted)]
    for flight in flights:
        sizes = [sent.frame_bytes for sent in flight.frames] if flight.is_up else [flight.frame_bytes]
        writes += [Write(flight.is_up, size) for size in sizes]
    return writes


def _empty(writes: Sequence[Write]) -> Empty:
    plain, tls = cost_of(writes, has_tls=False), cost_of(writes)
    up = sum(write.size for write in writes if write.is_up)
    return Empty(up, plain.written - up, plain.tcp_ip + HANDSHAKE, tls.tls)
