"""Is what is counted here what the kernel sends? The same alerts through real processes, their IP packets counted.

A hub and a device, and a broker of MQTT and its client, stand at the two ends of a packet network (docs/packet.md) that does
nothing to packets but count them. Each alert is published when nothing is under way any more of the one before.
Without TLS, as the ends speak it here: its records are what the model adds and this does not check.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from alerts.cap.from_xml import from_xml
from alerts.dictionary.shipped import shipped
from netsim.bench.ends import Subject
from netsim.bench.field_end import LANGUAGES
from netsim.bench.followed import joined
from netsim.bench.hub_end import alerts_in_force
from netsim.bench.peers import mqtt
from netsim.bench.wire import plain, tocsin
from netsim.bench.wire.carriage import Cost, delivered, frame_bytes
from netsim.bench.wire.corpus import entry_of
from netsim.packet.network import PacketNetwork

ALERTS = 20
BROKER = Subject(
    hub=[sys.executable, "-m", "netsim.bench.wire.broker_end"],
    field=[sys.executable, "-m", "netsim.bench.wire.mqtt_end"],
)
_QUIET_S = 0.4
"""After so long without a packet nothing is under way: a delayed acknowledgement takes 40 to 200 ms."""
_LOOK_S = 0.05
_BEGIN_S_MAX = 30.0

Model = Callable[[Sequence[bytes], Sequence[Sequence[int]]], list[Cost]]
"""From the alerts as CAP XML and the epoch and number of each: what they should take."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What has passed on a link."""

    payload: int
    packets: int
    bytes: int

    def __sub__(self, earlier: Traffic) -> Traffic:
        """What has passed since."""
        return Traffic(self.payload - earlier.payload, self.packets - earlier.packets, self.bytes - earlier.bytes)


@dataclass(frozen=True, slots=True)
class Captured:
    """The same alerts, counted both ways and by the model: payload of TCP without repetitions, IP packets, bytes."""

    what: str
    alerts: int
    counted: Traffic
    model: Traffic

    @property
    def off(self) -> float:
        """How much more the model says, as a share."""
        return self.model.bytes / self.counted.bytes - 1

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return asdict(self) | {"off": round(self.off, 4)}


def capture(subject: Subject, *, alerts: int = ALERTS) -> list[Captured]:
    """Tocsin (`subject`) and MQTT. Raises UserError: the packet network cannot be had, an end does not do its part."""
    return [
        _captured("tocsin", subject, _tocsin_model, alerts),
        _captured("mqtt 3.1.1", BROKER, _mqtt_model, alerts),
    ]


def _captured(what: str, subject: Subject, model: Model, alerts: int) -> Captured:
    first, *xmls, last = alerts_in_force(alerts + 2, int(time.time()))
    with PacketNetwork(shaping="router") as network, joined(subject, network) as (hub, field):

        def publish(xml: bytes, after: Traffic) -> tuple[list[list[int]], Traffic]:
            numbers: list[list[int]] = hub.ask(alerts=[xml.decode()], every_s=0.0)["numbers"]
            return numbers, _settled(network, after)

        field.tell(follow=alerts + 2)
        field.hear()
        # A connection that is new acknowledges more often, and what comes later may refer to the first.
        numbers, now = publish(first, _counted(network))
        before = now
        for xml in xmls:
            number, now = publish(xml, now)
            numbers += number
        counted = now - before
        publish(last, now)
        field.hear()
    return Captured(what, alerts, counted, _together(model((first, *xmls), numbers)[1:]))


def _together(costs: Sequence[Cost]) -> Traffic:
    sums = (sum(values) for values in zip(*((cost.written, cost.segments, cost.total) for cost in costs), strict=True))
    return Traffic(*sums)


def _settled(network: PacketNetwork, after: Traffic) -> Traffic:
    """What has passed both ways so far, once more has than `after`, and nothing is under way."""
    counted, since = after, time.monotonic()
    while time.monotonic() - since < (_QUIET_S if counted != after else _BEGIN_S_MAX):
        time.sleep(_LOOK_S)
        now = _counted(network)
        if now != counted:
            counted, since = now, time.monotonic()
    return counted


def _counted(network: PacketNetwork) -> Traffic:
    counts = network.fields[0].counts().values()
    marks = (way for flow in network.flows() for way in (flow.up, flow.down) if way)
    payload = sum(way[-1].total_bytes for way in marks)
    return Traffic(payload, sum(way.entered for way in counts), sum(way.entered_bytes for way in counts))


def _tocsin_model(xmls: Sequence[bytes], numbers: Sequence[Sequence[int]]) -> list[Cost]:
    read = [from_xml(xml).alert for xml in xmls]
    entries = [entry_of(alert, *number) for alert, number in zip(read, numbers, strict=True)]
    return [
        delivered(frame_bytes(len(message)), frame_bytes(len(tocsin.stored(entry)), is_masked=True), has_tls=False)
        for entry, message in zip(entries, tocsin.messages(entries, shipped(), LANGUAGES), strict=True)
    ]


def _mqtt_model(xmls: Sequence[bytes], _: Sequence[Sequence[int]]) -> list[Cost]:
    answer = frame_bytes(len(mqtt.PUBACK), is_masked=True)
    read = [from_xml(xml).alert for xml in xmls]
    packets = [
        mqtt.publish(mqtt.topic_of(alert), plain.as_json(alert), turn, "3.1.1") for turn, alert in enumerate(read)
    ]
    return [delivered(frame_bytes(len(packet)), answer, has_tls=False) for packet in packets]
