"""What CAP demands and types cannot say: refused, or remarked."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.cap import rules
from alerts.cap.model import Alert
from tests.support.cap_alerts import example


def remarks(alert: dict[str, Any]) -> dict[str, str]:
    return {remark.path: remark.text for remark in rules.remarks(Alert.from_json(alert, strict=False))}


def with_info(**changes: Any) -> dict[str, Any]:
    return example(info=[{**example()["info"][0], **changes}])


@pytest.mark.parametrize("text", ["a b", "a,b", "a<b", "a&b", "a\u00a0b", ""])
def test_an_identity_that_references_could_not_name(text: str) -> None:
    assert rules.identity(text)


@pytest.mark.parametrize("text", ["urn:oid:2.49.0", "http://x/y/", "9227922014-06-17T09:35:35+09:30"])
def test_identities_of_real_alerts(text: str) -> None:
    assert rules.identity(text) is None


TRIPLE = "a,1,2026-03-01T08:30:00+03:00"


@pytest.mark.parametrize(
    ("msg_type", "scope", "restriction", "addresses", "references", "wrong"),
    [
        ("Alert", "Public", None, None, None, []),
        ("Alert", "Restricted", None, None, None, ["restriction"]),
        ("Alert", "Restricted", "staff only", None, None, []),
        ("Alert", "Private", None, "", None, ["addresses"]),
        ("Alert", "Private", None, "a@b", None, []),
        ("Update", "Public", None, None, "", ["references"]),
        ("Update", "Public", None, None, "\xa0", ["references"]),
        ("Cancel", "Public", None, None, "no triple", ["references", "references"]),
        ("Ack", "Public", None, None, TRIPLE, []),
        ("Error", "Private", None, None, None, ["addresses", "references"]),
        (None, None, None, None, None, []),
    ],
)
def test_one_element_demands_another(
    msg_type: str | None,
    scope: str | None,
    restriction: str | None,
    addresses: str | None,
    references: str | None,
    wrong: list[str],
) -> None:
    found = rules.conditions(msg_type, scope, restriction, addresses, references)
    assert [violation.path for violation in found] == wrong


def test_an_alert_without_fault_needs_no_remark() -> None:
    assert remarks(example()) == {}


def test_what_came_from_elsewhere_is_kept_and_remarked() -> None:
    area = {"areaDesc": "x", "polygon": ["", "1,2 3,4 5,6 7,8"], "circle": ["x"], "ceiling": "9"}
    said = remarks({**with_info(area=[area], language="e", web="a b"), "references": "x"})
    assert set(said) == {
        "references",
        "info[0].language",
        "info[0].web",
        "info[0].area[0].polygon[0]",
        "info[0].area[0].polygon[1]",
        "info[0].area[0].circle[0]",
        "info[0].area[0].ceiling",
    }
    assert all(text.endswith("kept as it is") for text in said.values())


def test_what_is_probably_a_mistake_is_remarked() -> None:
    said = remarks(
        {
            **with_info(
                expires="2026-02-01T00:00:00+00:00",
                instruction="",
                eventCode=[{"valueName": "a", "value": ""}],
                resource=[{"resourceDesc": "x", "mimeType": "y", "size": -1, "digest": ""}],
            ),
            "references": "moh.example,KE-2026-17,yesterday",
            "code": ["a", ""],
        }
    )
    assert "never in force" in said["info[0].expires"]
    assert said["references"] == "names this alert itself"
    assert {"info[0].instruction", "info[0].eventCode[0].value", "code[1]"} < set(said)
    assert {"info[0].resource[0].size", "info[0].resource[0].digest"} < set(said)
