"""Violations in words that help."""

from __future__ import annotations

import pytest

from alerts.cap.model import Alert
from alerts.cap.violations import path_of
from alerts.errors import InvalidAlertError
from tests.support.cap_alerts import example


def problem(**changes: object) -> str:
    with pytest.raises(InvalidAlertError) as caught:
        Alert.from_json(example(**changes))
    return "; ".join(violation.problem for violation in caught.value.violations)


def test_paths_are_those_of_the_json() -> None:
    assert path_of(("info", 0, "area", 1, "polygon", 2)) == "info[0].area[1].polygon[2]"
    assert path_of(()) == "alert"


def test_a_term_is_named_with_what_it_may_be() -> None:
    assert problem(status="actual").endswith(
        "is not one of Actual, Exercise, System, Test, Draft; did you mean Actual?"
    )
    assert problem(status="") == "is empty; it must be one of Actual, Exercise, System, Test, Draft"
    assert problem(status=5).startswith("a number is not one of")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sender": 5}, "must be text, in quotes; found a number"),
        ({"note": True}, "must be text, in quotes; found true or false"),
        ({"info": {}}, "must be a list; found an object"),
        ({"info": ["x"]}, "must be an object with CAP's names; found text"),
        ({"sender": None}, "is missing; CAP requires it"),
        ({"colour": "red"}, "is not a name that CAP has here"),
        ({"sent": 5}, "must be a time as text; write it as 2026-03-01T08:30:00+03:00"),
    ],
)
def test_each_kind_of_violation_says_what_was_expected_and_found(changes: dict[str, object], said: str) -> None:
    assert problem(**changes) == said
