"""The target `alert_json`."""

from __future__ import annotations

import pytest

from alerts.wire.records import pack_alert
from netsim.fuzz.targets import alert_json
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*alert_json.seeds(), *damaged(alert_json.seeds(), 200, seed=4)):
        alert_json.check(data)


def test_what_is_lost_on_the_wire_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        alert_json, "pack_alert", lambda alert: pack_alert(alert.model_copy(update={"note": "another"}))
    )
    with pytest.raises(AssertionError, match="over the wire"):
        for data in alert_json.seeds():
            alert_json.check(data)
