"""Bodies to alerts, without a hub."""

from __future__ import annotations

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from server.api.problems import ProblemError
from server.api.submissions import PLACEHOLDER, from_json_alert, from_xml_alert, geocoded
from tests.support.cap_alerts import example

EVERYONE = Audience(everyone=True)
NOW = 1_800_000_000


def test_the_hub_fills_identifier_and_time_only_where_they_are_absent() -> None:
    filled = from_json_alert(example(identifier=None, sent=None), EVERYONE, NOW)
    assert filled.make_identifier and filled.alert.identifier == PLACEHOLDER and filled.alert.sent.seconds == NOW
    kept = from_json_alert(example(), EVERYONE, NOW)
    assert not kept.make_identifier and kept.alert.identifier == example()["identifier"]


def test_null_is_not_absent() -> None:
    with pytest.raises(ProblemError) as caught:
        from_json_alert({**example(), "identifier": None}, EVERYONE, NOW)
    assert "alert.identifier" in str(caught.value.members["violations"])


def geocode(*codes: tuple[str, str]) -> Alert:
    members = example()
    members["info"][0]["area"][0]["geocode"] = [{"valueName": name, "value": value} for name, value in codes]
    return Alert.from_json(members)


def test_geocodes_that_are_mapped_name_areas_each_once() -> None:
    alert = geocode(("P", "1"), ("Q", "2"), ("P", "1"), ("R", "UG-3"), ("P", ""))
    assert geocoded(alert, {"P": "KE-", "R": ""}) == ("KE-1", "UG-3")
    assert geocoded(alert, {}) == ()


def test_the_query_goes_before_geocodes() -> None:
    xml = to_xml(geocode(("P", "1")))
    assert from_xml_alert(xml, EVERYONE, {"P": "KE-"}, 10**6).audience == EVERYONE
    assert from_xml_alert(xml, Audience(), {"P": "KE-"}, 10**6).audience == Audience(areas=("KE-1",))
    assert from_xml_alert(xml, Audience(), {}, 10**6).audience.is_empty()
    assert from_xml_alert(xml, EVERYONE, {}, 10**6).original == xml
