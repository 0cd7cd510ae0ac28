"""Messages and signatures, judged by the reference library."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from server.events import EVENTS, Event, EventKind
from server.ops.webhook_message import MESSAGES, Message, headers_for, make_secret, of_event, of_gap, of_test

EVENT = Event(417, 1_795_464_480, EventKind.ALERT_ANSWERED, 41, "d-1", {"done_at": 1, "value": "maji – safi"})


def test_an_event_as_standard_webhooks_has_it() -> None:
    message = of_event(EVENT)
    assert json.loads(message.body) == {
        "type": "alert.answered",
        "timestamp": "2026-11-23T20:08:00Z",
        "data": {"event": 417, "alert": 41, "device": "d-1", "done_at": 1, "value": "maji – safi"},
    }
    assert (message.type, message.event) == ("alert.answered", 417)


def test_the_id_is_the_event_s_each_time_and_no_other_s() -> None:
    assert of_event(EVENT) == of_event(EVENT)
    other = Event(417, EVENT.at, EventKind.ALERT_SEEN, 41, "d-1", {"done_at": 1})
    assert of_event(other).id != of_event(EVENT).id, "a hub that was put back gives numbers again"
    assert of_event(EVENT).id.startswith("evt_417_")
    assert len({of_test("a", 1).id for _ in range(50)}) == 50
    assert of_gap(3, 9, 100).id == of_gap(3, 9, 200).id != of_gap(3, 10, 100).id


@given(st.dictionaries(st.sampled_from(["words", "name", "value"]), st.text() | st.integers() | st.booleans()))
def test_the_reference_library_takes_it(members: dict[str, object]) -> None:
    secret, now = make_secret(), int(time.time())
    message = of_event(Event(1, now, EventKind.DEVICE_REPORTED, None, "d-1", members))
    verified = Webhook(secret).verify(message.body, dict(headers_for(message, [secret], now)))
    assert verified["data"] == {"event": 1, "device": "d-1", **members}


def test_while_a_secret_is_changed_each_of_the_two_verifies_and_no_third() -> None:
    old, new, other, now = make_secret(), make_secret(), make_secret(), int(time.time())
    headers = dict(headers_for(of_event(EVENT), [new, old], now))
    for secret in (old, new):
        Webhook(secret).verify(of_event(EVENT).body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(of_event(EVENT).body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(of_event(EVENT).body + b" ", headers)


def test_the_signature_is_that_of_the_reference_for_any_time() -> None:
    secret = make_secret()
    message = Message("evt_1_x", "a", '{"ä":1}'.encode())
    expected = Webhook(secret).sign("evt_1_x", datetime.fromtimestamp(1_700_000_000, UTC), message.body.decode())
    assert headers_for(message, [secret], 1_700_000_000)["webhook-signature"] == expected


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {make_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(secret.startswith("whsec_") and len(base64.b64decode(secret[6:])) == 32 for secret in secrets)


def test_the_page_names_each_type_and_what_it_carries() -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for kind, meaning in EVENTS.items():
        (row,) = [row for row in rows if f"`{kind}`" in row.split("|")[1]]
        assert all(f"`{member}`" in row for member in meaning.members), kind
    assert all(f"| `{kind}` |" in page for kind in MESSAGES)
