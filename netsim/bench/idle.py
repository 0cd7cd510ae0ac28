"""What a device costs that is connected while nothing happens: IP packets an hour, by the keep-alive; and a reconnect.

An idle hour is measured in seconds: a keep-alive that is short is exchanged several times between a real hub and the real
client, the bytes of one exchange are what was counted divided by their number, and an hour has as many as its interval lets.
That is exact because an exchange is the same packets after any silence that is longer than TCP's retransmission time-out (a
ping, a pong with its acknowledgement, an acknowledgement), and nothing else is sent. Only the ping's number grows: beyond the
127th of a connection each way takes a byte more, beyond the 255th two.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alerts import limits
from alerts.session.keepalive import RUNGS_S
from netsim.bench import resume
from netsim.bench.ends import End, Subject
from netsim.packet.network import Network

SHORT_S = 2.0
"""The keep-alive that is measured: longer than TCP's retransmission time-out on a perfect link, 200 ms."""
EXCHANGES = 10
HOUR_S = 3600.0
GOAL_BYTES_PER_HOUR = 1024


@dataclass(frozen=True)
class Exchange:
    """One keep-alive: bytes of its IP packets, and the seconds between two beside the silence."""

    bytes_up: float
    bytes_down: float
    extra_s: float

    def bytes_per_hour(self, keep_alive_s: float) -> float:
        """What an idle hour takes with such an interval."""
        return (self.bytes_up + self.bytes_down) * HOUR_S / (keep_alive_s + self.extra_s)


@dataclass(frozen=True)
class Run:
    """An idle hour. `bytes_per_hour` counts IP packets both ways."""

    keep_alive_s: float
    bytes_per_hour: int


@dataclass(frozen=True)
class Report:
    """`runs` by keep-alive; `reconnects` as `bench resume` has them, TCP payload without a delay."""

    exchange: Exchange
    runs: tuple[Run, ...]
    reconnects: tuple[resume.Run, ...]

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return {
            "exchange": asdict(self.exchange),
            "default_keep_alive_s": limits.KEEPALIVE_SECONDS_MAX,
            "runs": [asdict(run) for run in self.runs],
            "reconnects": [
                {"missed": run.missed, "bytes_up": run.bytes_up, "bytes_down": run.bytes_down}
                for run in self.reconnects
            ],
        }

    @property
    def bytes_per_hour_by_default(self) -> int:
        """What an idle hour takes on a network that survives the longest silence."""
        return round(self.exchange.bytes_per_hour(limits.KEEPALIVE_SECONDS_MAX))


def exchange(subject: Subject, network: Network, exchanges: int = EXCHANGES) -> Exchange:
    """Let a device join, and measure its keep-alives; the network must be fresh, and of packets. Raises UserError."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        hub_command = [*subject.hub, str(folder / "hub-data"), network.hub_host]
        field_command = [*subject.field, str(folder / "field-data")]
        with (
            End(hub_command, folder / "hub", network.hub) as hub,
            End(field_command, folder / "field", network.field) as field,
        ):
            served = hub.hear()
            field.hear()
            host, port = network.dial(served["port"])
            field.ask(join=served["join"], host=host, port=port)
            counted = field.ask(idle=exchanges, keep_alive_s=SHORT_S)
    return Exchange(
        counted["bytes_up"] / exchanges,
        counted["bytes_down"] / exchanges,
        counted["seconds"] / exchanges - SHORT_S,
    )


def report(
    subject: Subject,
    open_network: Callable[[], Network],
    *,
    keep_alives_s: Sequence[float] = RUNGS_S,
    missed: Sequence[int] = resume.MISSED,
    exchanges: int = EXCHANGES,
) -> Report:
    """Each measurement on a network of its own. Raises UserError: this machine cannot make one."""
    with open_network() as network:
        one = exchange(subject, network, exchanges)
    runs = tuple(Run(keep_alive_s, round(one.bytes_per_hour(keep_alive_s))) for keep_alive_s in keep_alives_s)
    reconnects = resume.report(subject, open_network, rtts_ms=(0.0,), missed=missed).runs if missed else ()
    return Report(one, runs, reconnects)
