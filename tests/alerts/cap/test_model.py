"""The alert: valid by construction, and every violation at once, with its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from alerts.cap.model import Alert
from alerts.cap.terms import Severity
from alerts.cap.times import parse
from alerts.errors import InvalidAlertError
from tests.support import cap_alerts
from tests.support.cap_alerts import example


def paths(value: object, *, strict: bool = True) -> list[str]:
    with pytest.raises(InvalidAlertError) as caught:
        Alert.from_json(value, strict=strict)
    return [violation.path for violation in caught.value.violations]


def with_info(**changes: Any) -> dict[str, Any]:
    return example(info=[{**example()["info"][0], **changes}])


@given(cap_alerts.alerts)
def test_any_alert_comes_back_from_json(alert: Alert) -> None:
    assert Alert.from_json(json.loads(json.dumps(alert.to_json())), strict=False) == alert


def test_json_has_caps_names_and_leaves_out_what_is_absent() -> None:
    assert Alert.from_json(example()).to_json() == example()


def test_python_names_are_snake_case_and_never_read_from_json() -> None:
    alert = Alert.from_json(example())
    assert Alert(**{**dict(alert), "msg_type": alert.msg_type}) == alert
    assert paths({**example(msgType=None), "msg_type": "Alert"}) == ["msgType", "msg_type"]


def test_an_alert_does_not_change() -> None:
    alert = Alert.from_json(example())
    with pytest.raises(ValidationError):
        alert.note = "changed"
    assert hash(alert) == hash(Alert.from_json(example()))


def test_every_violation_is_named_at_once_with_its_path() -> None:
    info = {
        **example()["info"][0],
        "category": [],
        "severity": "severe",
        "expires": "2026-03-03T08:30:00Z",
        "colour": "red",
        "area": [{"areaDesc": ""}, {"areaDesc": "x", "polygon": ["1,2 3,4"], "ceiling": "x", "circle": ["1"]}],
        "resource": [{"resourceDesc": "map", "size": "12"}],
        "parameter": [{"valueName": "a"}],
    }
    wrong = example(identifier="a b", sent=None, msgType="Update", scope="Restricted", code="x", info=[info, 7])
    in_the_alert = "identifier sent code info[1] restriction references"
    in_the_info = "category severity expires colour parameter[0].value resource[0].mimeType resource[0].size"
    in_the_areas = "[0].areaDesc [1].polygon[0] [1].circle[0] [1].ceiling"
    assert sorted(paths(wrong)) == sorted(
        in_the_alert.split()
        + [f"info[0].{name}" for name in in_the_info.split()]
        + [f"info[0].area{name}" for name in in_the_areas.split()]
    )


@pytest.mark.parametrize("value", [None, [], "alert", 7, {}])
def test_no_alert_at_all_is_a_violation_too(value: object) -> None:
    assert paths(value)


def test_shapes_must_be_right_in_json_and_may_come_from_elsewhere() -> None:
    wrong = with_info(area=[{"areaDesc": "x", "polygon": [""], "ceiling": "9"}], language="e", web="a b")
    assert paths(wrong) == ["info[0].language", "info[0].web", "info[0].area[0].polygon[0]"]
    assert Alert.from_json(wrong, strict=False).info[0].area[0].polygon == ("",)
    assert paths(with_info(area=[{"areaDesc": "x", "ceiling": "9"}])) == ["info[0].area[0]"]


def test_what_xml_cannot_carry_is_refused() -> None:
    assert paths(example(note="bell \x07")) == ["note"]
    assert paths(example(note="half a pair \ud800")) == ["note"]


def test_outer_white_space_is_no_part_of_a_text() -> None:
    assert Alert.from_json(example(note="\t two\nlines \r\n")).note == "two\nlines"
    assert Alert.from_json(example(note=" ")).note == ""


def test_identity_and_references() -> None:
    references = "moh.example,1,2026-03-01T08:30:00+03:00 moh.example,2,2026-03-01T08:30:00+03:00 moh.example,1,x"
    alert = Alert.from_json(example(msgType="Update", references=references))
    assert alert.key == "moh.example,KE-2026-17"
    assert alert.reference_keys == ("moh.example,1", "moh.example,2")
    assert alert.references == references


def test_severity_is_the_gravest_of_all_infos() -> None:
    infos = [{**example()["info"][0], "severity": severity} for severity in ("Unknown", "Severe", "Extreme", "Minor")]
    assert Alert.from_json(example(info=infos)).severity is Severity.EXTREME
    assert Alert.from_json(example(info=[])).severity is Severity.UNKNOWN


def test_an_alert_lives_to_its_last_expiry_or_a_stated_time() -> None:
    first, last = "2026-03-02T00:00:00+03:00", "2026-03-04T00:00:00-00:00"
    infos = [{**example()["info"][0], "expires": expires} for expires in (last, first)]
    assert Alert.from_json(example(info=infos)).expires_at(60) == parse(last).seconds
    assert Alert.from_json(example(info=None)).expires_at(60) == parse(example()["sent"]).seconds + 60


def test_the_json_schema_names_what_cap_requires() -> None:
    schema = Alert.model_json_schema()
    assert schema["required"] == ["identifier", "sender", "sent", "status", "msgType", "scope"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["sent"]["pattern"].startswith("^")
    assert schema["$defs"]["Severity"]["enum"] == ["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
