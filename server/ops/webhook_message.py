"""What a webhook sends: an event as Standard Webhooks has it, and the signatures by which a receiver knows that it is ours.

    webhook-id: evt_417_5f0c2a9b1d3e          the same each time this event is sent
    webhook-timestamp: 1795464480             when this attempt was made
    webhook-signature: v1,<base64> v1,<base64>    by each secret that holds, the newest first

    {"type": "alert.acknowledged", "timestamp": "2026-11-23T20:08:00Z", "data": {"event": 417, "alert": 41, "device": "d-…", …}}

An id has the event's number, and a digest of what the event says: a hub that was put back from an old copy gives numbers again,
and a receiver that drops what it has had must not take another event for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.api.types import time_of
from server.events import Event

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES = 32
GAP = "webhook.gap"
TEST = "webhook.test"
MESSAGES = {
    GAP: "Events were forgotten before they could be delivered here: those from `first` to `last` will not come.",
    TEST: "Somebody asked for a delivery to see whether it arrives.",
}
"""What a webhook sends beside events."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its id and its bytes, which stay the same however often it is sent. `event`: its number, if it is one."""

    id: str
    type: str
    body: bytes
    event: int | None = None


def of_event(event: Event) -> Message:
    """An event as a message."""
    about = {"alert": event.alert, "device": event.device}
    data = {"event": event.id, **{name: value for name, value in about.items() if value is not None}, **event.members}
    body = _body(event.kind, event.at, data)
    return Message(f"evt_{event.id}_{_digest(body)}", str(event.kind), body, event.id)


def of_gap(first: int, last: int, now: int) -> Message:
    """That the events from `first` to `last` were forgotten."""
    body = _body(GAP, now, {"first": first, "last": last})
    return Message(f"gap_{first}_{last}", GAP, body)


def of_test(webhook: str, now: int) -> Message:
    """A message for a trial, unlike any other."""
    return Message(f"test_{secrets.token_hex(8)}", TEST, _body(TEST, now, {"webhook": webhook}))


def headers_for(message: Message, keys: Iterable[str], now: int) -> Mapping[str, str]:
    """The headers of one attempt, signed by each of these secrets."""
    signed = f"{message.id}.{now}.".encode() + message.body
    return {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(now),
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def make_secret() -> str:
    """A new secret, as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()


def _body(kind: str, at: int, data: Mapping[str, Any]) -> bytes:
    said = {"type": str(kind), "timestamp": time_of(at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]
