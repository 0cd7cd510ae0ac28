"""MQTT 5 over WebSocket: one PUBLISH at QoS 1 for each alert, and the PUBACK that answers it.

Written from the specification (OASIS MQTT 5.0, §3.3 and §3.4), without properties; 3.1.1 differs by the byte that says
so. Each packet is one WebSocket message (§6). The topic stands in every packet: an alias (§3.3.2.3.4) is an option that
client and broker must both choose, and would save all of it but three bytes from the second alert of a district on.
"""

from __future__ import annotations

from typing import Literal

from alerts.cap.model import Alert
from netsim.bench.peers.district import district_of

Version = Literal["3.1.1", "5"]

PUBACK = bytes((0x40, 2, 0, 1))
"""With the identifier of the packet that it answers; reason "success" and no properties are left out (§3.4.2.1)."""
REMAINING_MAX = 268_435_455

_PUBLISH_AT_QOS_1 = 0x32
_IDENTIFIER_MAX = 65_535


def topic_of(alert: Alert) -> str:
    """The topic that a device of the district subscribes to."""
    return f"alerts/{district_of(alert)}"


def publish(topic: str, payload: bytes, turn: int, version: Version = "5") -> bytes:
    """The packet. `turn` counts the alerts from 0; packet identifiers are used in turn."""
    name = topic.encode()
    identifier = turn % _IDENTIFIER_MAX + 1
    properties = b"\0" if version == "5" else b""
    rest = len(name).to_bytes(2) + name + identifier.to_bytes(2) + properties + payload
    return bytes((_PUBLISH_AT_QOS_1,)) + _variable(len(rest)) + rest


def _variable(value: int) -> bytes:
    """A variable byte integer (§1.5.5)."""
    assert 0 <= value <= REMAINING_MAX, f"{value} bytes in one packet; MQTT knows at most {REMAINING_MAX}"
    out = bytearray()
    while True:
        value, low = divmod(value, 128)
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
