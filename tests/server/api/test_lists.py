"""The quarantine."""

from __future__ import annotations

from alerts.session.commits import TakeUplink
from alerts.wire.uplink import Quarantined, pack_uplink
from tests.support.hub import RunningHub


def test_what_a_device_could_not_use_is_shown_to_somebody(hub: RunningHub) -> None:
    device = hub.enrol()[0]
    now = hub.hub.now()
    items = ((1, pack_uplink(Quarantined(now, 5, 17, "form 9 is not known"))), (2, b"\xc1"))
    hub.do(hub.hub.take_uplink(device, TakeUplink(77, 0, 2, items)))
    listed = hub.ask("GET", "/v1/quarantine").json()["items"]
    assert {one["kind"] for one in listed} == {"quarantined", "unusable"}
    told = next(one for one in listed if one["kind"] == "quarantined")
    assert (told["device"], told["number"], told["words"]) == (device, 17, "form 9 is not known")
    assert len(hub.ask("GET", "/v1/quarantine?limit=1").json()["items"]) == 1
