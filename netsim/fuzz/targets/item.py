"""An item of the downlink, as a device decodes it from its store."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.cap.to_xml import to_xml
from alerts.errors import InvalidAlertError, RemoteProtocolError
from alerts.wire.items import alert_of, decode_item
from alerts.wire.records import pack_alert, unpack_alert
from netsim.fuzz.targets import samples

SUMMARY = "an alert or a withdrawal, as a device gets it"
_NUMBER = 9


def seeds() -> Iterable[bytes]:
    """Each form."""
    return samples.items()


def check(data: bytes) -> None:
    """Something for the inbox, or an error that puts it into quarantine; an alert can be written as a record and as CAP XML."""
    try:
        arrival = decode_item(data, samples.EPOCH, _NUMBER)
        if arrival.key is None:
            return
        alert = alert_of(data, samples.EPOCH, _NUMBER)
    except (RemoteProtocolError, InvalidAlertError):
        return
    assert unpack_alert(pack_alert(alert)) == alert, "what was read is written and read again"
    to_xml(alert)
