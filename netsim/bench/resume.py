"""How soon the alerts that a device missed are stored on it, and what that costs: from the SYN, on real TCP.

field end                        hub end
    │ ── SYN ─────────────────────> │       the time starts
    │ <────────────────── SYN, ACK ─│       1 round trip
    │ ── upgrade with resume ─────> │
    │ <── 101, first missed alert ──│       2 round trips
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from netsim.bench.ends import End, EndError, Subject
from netsim.packet.flows import Flow, bytes_until
from netsim.packet.network import Network, Via, half_of

RTTS_MS = (0.0, 600.0)
MISSED = (0, 1, 20, 200)
FIRST_ALERT_ROUND_TRIPS_MAX = 2.1  # two by the handshake, a twentieth of each for computing


@dataclass(frozen=True)
class Run:
    """One resume. Round trips are None at 0 ms; with nothing missed `first` is the hub's first frame, `last` None.

    Bytes are TCP payload, HTTP upgrade and WebSocket frames included, until the last missed alert was stored.
    """

    rtt_ms: float
    missed: int
    round_trips_to_first: float | None
    round_trips_to_last: float | None
    bytes_up: int
    bytes_down: int
    ms_to_first: float
    ms_to_last: float | None


@dataclass(frozen=True)
class Report:
    """All runs, and by which means the delay was made."""

    via: Via
    runs: tuple[Run, ...]

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return {"via": self.via, "runs": [asdict(run) for run in self.runs]}

    @property
    def first_alert_round_trips(self) -> float | None:
        """The worst first missed alert of all runs with a delay; None if there was none."""
        measured = [run.round_trips_to_first for run in self.runs if run.missed and run.round_trips_to_first]
        return max(measured, default=None)


def measure(subject: Subject, network: Network, rtt_ms: float, missed: int) -> Run:
    """Let a device join and leave, publish what it misses, and measure its return; the network must be fresh."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        hub_command = [*subject.hub, str(folder / "hub-data"), network.hub_host]
        field_command = [*subject.field, str(folder / "field-data")]
        with (
            End(hub_command, folder / "hub", network.hub) as hub,
            End(field_command, folder / "field", network.field) as field,
        ):
            _prepare(network, hub, field, missed)
            earlier = len(network.flows())
            network.shape(half_of(rtt_ms))
            answer = field.ask(resume=missed)
            return _run(rtt_ms, missed, network.flows()[earlier:], answer)


def _prepare(network: Network, hub: End, field: End, missed: int) -> None:
    """Without a delay: the device joins, its position counts, it leaves, and alerts are published."""
    served = hub.hear()
    field.hear()
    host, port = network.dial(served["port"])
    field.ask(join=served["join"], host=host, port=port)
    if missed:
        hub.ask(publish=missed)


def _run(rtt_ms: float, missed: int, flows: Sequence[Flow], answer: dict[str, Any]) -> Run:
    if not flows or len(answer["stored_at"]) != missed:
        found = f"{len(flows)} connections and {len(answer['stored_at'])} alerts stored"
        raise EndError(f"the field end says that it has resumed: found {found}, expected 1 or more and {missed}")
    began = flows[0].syn_at
    first_at = min(answer["stored_at"], default=answer["answered_at"])
    last_at = max(answer["stored_at"], default=None)
    ended = first_at if last_at is None else last_at
    return Run(
        rtt_ms=rtt_ms,
        missed=missed,
        round_trips_to_first=_round_trips(first_at - began, rtt_ms),
        round_trips_to_last=None if last_at is None else _round_trips(last_at - began, rtt_ms),
        bytes_up=sum(bytes_until(flow.up, ended) for flow in flows),
        bytes_down=sum(bytes_until(flow.down, ended) for flow in flows),
        ms_to_first=round((first_at - began) * 1000, 1),
        ms_to_last=None if last_at is None else round((last_at - began) * 1000, 1),
    )


def _round_trips(seconds: float, rtt_ms: float) -> float | None:
    return round(seconds * 1000 / rtt_ms, 3) if rtt_ms else None


def report(
    subject: Subject,
    open_network: Callable[[], Network],
    *,
    rtts_ms: Sequence[float] = RTTS_MS,
    missed: Sequence[int] = MISSED,
    measured: Callable[[Run], None] = lambda run: None,
) -> Report:
    """Each combination on a network and with two ends of its own, so that none warms another up.

    `measured` hears of each run as it ends.
    """
    runs = []
    vias: set[Via] = set()
    for rtt_ms, count in itertools.product(rtts_ms, missed):
        with open_network() as network:
            runs.append(measure(subject, network, rtt_ms, count))
            vias.add(network.via)
        measured(runs[-1])
    assert len(vias) == 1, "one report compares runs on one kind of network"
    return Report(vias.pop(), tuple(runs))
