"""ntfy: one line of its JSON stream for each alert, in a chunk of an HTTP answer that never ends.

A message has a title, a text, a priority and tags, and no place for the rest of an alert: codes, areas, times but its
end, certainty, references. So the text has what a person reads, with the areas behind it, and the rest is not carried.
A server keeps texts of at most 4,096 bytes unless it is told otherwise; here they are as long as they are.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from alerts.cap.model import Alert, Info
from alerts.cap.terms import Severity
from netsim.bench.peers.district import district_of

PRIORITIES = {Severity.EXTREME: 5, Severity.SEVERE: 4, Severity.MINOR: 2}
"""The others have the default, 3, which a message does not state."""
_ID_CHARS = 12
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def topic_of(alert: Alert) -> str:
    """The topic that a device of the district subscribes to."""
    return f"alerts-{district_of(alert)}"


def line(alert: Alert, expires: int) -> bytes:
    """The line. `expires`: when the alert ceases to hold, in seconds since 1970."""
    infos = alert.info
    message: dict[str, Any] = {
        "id": _id(alert.key),
        "time": alert.sent.seconds,
        "expires": expires,
        "event": "message",
        "topic": topic_of(alert),
        "title": " / ".join(dict.fromkeys(info.headline or info.event for info in infos)) or str(alert.msg_type),
        "message": "\n\n".join(text for info in infos if (text := _text(info))),
    }
    if alert.severity in PRIORITIES:
        message["priority"] = PRIORITIES[alert.severity]
    tags = list(dict.fromkeys(str(category) for info in infos for category in info.category))
    if tags:
        message["tags"] = tags
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _text(info: Info) -> str:
    areas = "; ".join(area.area_desc for area in info.area)
    return "\n\n".join(text for text in (info.description, info.instruction, areas) if text)


def _id(key: str) -> str:
    """As random as the server's own, and the same each time."""
    digest = hashlib.sha256(key.encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_ID_CHARS])


def chunk_bytes(size: int) -> int:
    """What a line takes as a chunk (RFC 9112 §7.1)."""
    return len(f"{size:x}") + 2 + size + 2
