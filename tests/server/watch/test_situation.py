"""Areas and the gravest alert that reaches them. (That the counts are those of the store: test_watch.py.)"""

from __future__ import annotations

import pytest

from alerts.audience import Audience
from alerts.cap.terms import Severity
from server.store.records import StoredAlert
from server.watch.situation import AlertRow, Situation, Worst
from server.watch.tallies import ORDER
from tests.support.stores import NOON, make_alert

CODES = ("KE", "KE-1", "KE-1-5", "KE-2", "UG", "")
HOMES = {"d-1": ("KE-1",), "d-0": ()}


def situation_of(*alerts: tuple[str, str, Audience]) -> Situation:
    situation = Situation((), lambda device: HOMES.get(device, ()), lambda number: True)
    for number, (status, severity, audience) in enumerate(alerts, 1):
        info = {**make_alert().to_json()["info"][0], "severity": severity}
        alert = make_alert(status=status, info=[info])
        stored = StoredAlert(number, 7, alert, audience, (audience,), NOON + 9, NOON, "x", None, None, True)
        situation.alerts[number] = AlertRow(stored, False, [0] * len(ORDER), bytearray())
    return situation


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (Audience(everyone=True), set(CODES)),
        (Audience(roles=("nurse",)), set(CODES)),
        (Audience(areas=("KE-1",)), {"KE", "KE-1", "KE-1-5"}),
        (Audience(areas=("KE",), roles=("nurse",)), {"KE", "KE-1", "KE-1-5", "KE-2"}),
        (Audience(devices=("d-1",)), {"KE", "KE-1", "KE-1-5"}),
        (Audience(devices=("d-0",)), {""}),
    ],
)
def test_an_alert_reaches_its_areas_what_lies_above_and_below(audience: Audience, reached: set[str]) -> None:
    found = situation_of(("Actual", "Severe", audience)).worst(CODES)
    assert {code for code, worst in found.items() if worst.alerts} == reached


def test_the_gravest_counts_of_equal_ones_the_newest_and_an_exercise_never() -> None:
    everyone = Audience(everyone=True)
    alerts = [("Actual", severity, everyone) for severity in ("Minor", "Severe", "Severe", "Moderate")]
    found = situation_of(*alerts, ("Exercise", "Extreme", everyone), ("Test", "Extreme", everyone)).worst(["KE"])
    assert found == {"KE": Worst(Severity.SEVERE, 3, 4, 2)}


def test_areas_of_the_list_are_shown_with_those_above_them_and_who_is_bound_sees_the_own() -> None:
    assert situation_of().visible_codes(["KE-1-5"]) == {"KE", "KE-1", "KE-1-5"}
    bound = Situation(("KE-1",), lambda device: (), lambda number: True)
    assert bound.visible_codes(["KE-1-5", "UG"]) == {"KE-1", "KE-1-5"}
