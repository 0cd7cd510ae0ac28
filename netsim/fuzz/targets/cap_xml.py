"""CAP XML as a publisher or a feed sends it."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.cap.from_xml import embedded_alerts, from_xml
from alerts.cap.to_xml import to_xml
from alerts.errors import InvalidAlertError
from netsim.fuzz.targets import samples

SUMMARY = "CAP XML, 1.1 and 1.2"


def seeds() -> Iterable[bytes]:
    """The shortest samples, and an alert within another document."""
    shortest = samples.files()[:4]
    return [*shortest, b"<feed>" + shortest[0].split(b"?>", 1)[-1] + b"</feed>"]


def check(data: bytes) -> None:
    """An alert or InvalidAlertError; what was read is written as CAP 1.2 and read again."""
    try:
        embedded_alerts(data)
        alert = from_xml(data).alert
    except InvalidAlertError:
        return
    assert from_xml(to_xml(alert)).alert == alert, "what was read is written and read again"
