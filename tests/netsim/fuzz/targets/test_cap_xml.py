"""The target `cap_xml`."""

from __future__ import annotations

import pytest

from alerts.cap.to_xml import to_xml
from netsim.fuzz.targets import cap_xml
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*cap_xml.seeds(), *damaged(cap_xml.seeds(), 100, seed=4)):
        cap_xml.check(data)


def test_an_element_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cap_xml, "to_xml", lambda alert: to_xml(alert.model_copy(update={"note": "another"})))
    with pytest.raises(AssertionError, match="written and read again"):
        for data in cap_xml.seeds():
            cap_xml.check(data)
