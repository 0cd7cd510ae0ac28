"""The body of a publish: JSON, and CAP in it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from alerts.cap.model import Alert
from alerts.errors import InvalidAlertError
from alerts.wire.records import pack_alert, unpack_alert
from netsim.fuzz.targets import samples
from server.api.json_body import read_json
from server.api.problems import ProblemError

SUMMARY = "CAP as JSON, in the body of a request"


def seeds() -> Iterable[bytes]:
    """A few samples."""
    return [json.dumps(alert.to_json(), ensure_ascii=False).encode() for alert in samples.alerts()[:6]]


def check(data: bytes) -> None:
    """An alert, a problem of the body, or all violations of the alert; what was taken goes over the wire and comes back."""
    try:
        alert = Alert.from_json(read_json(data))
    except (ProblemError, InvalidAlertError):
        return
    assert Alert.from_json(alert.to_json()) == alert, "what was read is written and read again"
    assert unpack_alert(pack_alert(alert)) == alert, "what was taken goes over the wire"
