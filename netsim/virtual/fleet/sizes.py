"""What everything costs on the wire, measured when a run begins: with the real client, hub, sessions and codec."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.cap.from_xml import from_xml
from netsim.bench.hub_end import alerts_in_force
from netsim.virtual.fleet.exchange import Exchange, measure_exchange
from netsim.virtual.fleet.heads import NOW, Heads, measure_heads


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: HTTP, and what follows it. As the bench `resume` counts them: TCP payload, each byte once."""

    heads: Heads
    exchange: Exchange


def measure_sizes(alerts: int) -> Sizes:
    """The sizes for so many alerts: the samples in turn, in English."""
    read = [from_xml(xml).alert for xml in alerts_in_force(alerts, NOW)]
    return Sizes(measure_heads(), measure_exchange(read, NOW))
