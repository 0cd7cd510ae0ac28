from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.audience import Audience, Reader
from alerts.cap.terms import Category, Certainty, Severity, Status, Urgency
from alerts.errors import RuleError
from server.delivery import DeliveryState
from server.ops.rule_text import parse
from server.ops.rules import (
    ACTED,
    Act,
    AlertFacts,
    AlertMatch,
    ContactFacts,
    Decision,
    DeviceFacts,
    Quiet,
    Rule,
    SilenceMatch,
    Step,
    Target,
    Unless,
    Whom,
    check,
    decide,
    matches_alert,
    matches_areas,
    matches_silence,
)

FACTS = AlertFacts(
    Status.ACTUAL,
    Severity.SEVERE,
    Urgency.EXPECTED,
    Certainty.LIKELY,
    frozenset({Category.HEALTH}),
    ("Cholera", "Choléra"),
    Audience(areas=("KE-047",)),
)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (AlertMatch(), True),
        (AlertMatch(Severity.EXTREME), False),
        (AlertMatch(Severity.SEVERE), True),
        (AlertMatch(Severity.MINOR), True),
        (AlertMatch(urgency=Urgency.IMMEDIATE), False),
        (AlertMatch(urgency=Urgency.EXPECTED), True),
        (AlertMatch(certainty=Certainty.OBSERVED), False),
        (AlertMatch(certainty=Certainty.POSSIBLE), True),
        (AlertMatch(status=(Status.EXERCISE,)), False),
        (AlertMatch(category=(Category.HEALTH, Category.ENV)), True),
        (AlertMatch(category=(Category.ENV,)), False),
        (AlertMatch(event=("measles", "CHOLÉRA")), True),
        (AlertMatch(event=("measles",)), False),
    ],
)
def test_which_alerts_a_rule_is_about(when: AlertMatch, expected: bool) -> None:
    assert matches_alert(when, FACTS) is expected


def test_an_exercise_is_for_rules_that_name_it() -> None:
    exercise = replace(FACTS, status=Status.EXERCISE)
    assert not matches_alert(AlertMatch(), exercise)
    assert matches_alert(AlertMatch(status=(Status.ACTUAL, Status.EXERCISE)), exercise)


def test_what_is_not_known_is_not_grave() -> None:
    unknown = replace(FACTS, severity=Severity.UNKNOWN)
    assert not matches_alert(AlertMatch(Severity.MINOR), unknown)
    assert matches_alert(AlertMatch(Severity.UNKNOWN), unknown)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(areas=("KE-047-0312",)), True),
        (Audience(areas=("KE",)), True),
        (Audience(areas=("KE-030",)), False),
        (Audience(everyone=True), True),
        (Audience(roles=("nurse",)), True),
        (Audience(roles=("driver",)), False),
        (Audience(devices=("d-1",)), True),
        (Audience(devices=("d-2",)), False),
    ],
)
def test_an_alert_is_in_a_rules_areas_by_its_own_or_by_whom_it_reaches(audience: Audience, expected: bool) -> None:
    readers = [Reader("d-1", ("KE-047-0312",), ("nurse",)), Reader("d-2", ("KE-030",), ("driver",))]
    assert matches_areas(AlertMatch(areas=("KE-047",)), audience, readers) is expected
    assert matches_areas(AlertMatch(), audience, readers)


@pytest.mark.parametrize(
    ("when", "area", "source"),
    [
        (SilenceMatch(), True, True),
        (SilenceMatch(Quiet.AREA), True, False),
        (SilenceMatch(Quiet.AREA, ("KE",)), True, False),
        (SilenceMatch(Quiet.AREA, ("KE-04",)), False, False),
        (SilenceMatch(Quiet.SOURCE, ("KE-047",)), False, True),
        (SilenceMatch(Quiet.SOURCE, ("KE",)), False, False),
    ],
)
def test_which_silence_a_rule_is_about(when: SilenceMatch, area: bool, source: bool) -> None:
    assert matches_silence(when, Quiet.AREA, "KE-047") is area
    assert matches_silence(when, Quiet.SOURCE, "KE-047") is source


def test_whoever_has_done_more_has_done_that_too() -> None:
    assert [len(ACTED[act]) for act in (Act.DELIVERED, Act.SEEN, Act.ACKNOWLEDGED, Act.ANSWERED)] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("acted", "addressed", "percent", "expected"),
    [(8, 10, 80, True), (7, 10, 80, False), (2, 3, 67, False), (2, 3, 66, True), (0, 0, 1, False), (1, 1, 100, True)],
)
def test_when_a_share_is_reached(acted: int, addressed: int, percent: int, expected: bool) -> None:
    assert Unless(Act.ACKNOWLEDGED, percent).is_reached(acted, addressed) is expected


# -- who is told ------------------------------------------------------------------------------------------------------


def device(name: str, area: str, *, acked: bool = False, supervisor: str | None = None) -> DeviceFacts:
    state = DeliveryState.ACKNOWLEDGED if acked else DeliveryState.DELIVERED
    return DeviceFacts(name, name.upper(), (area,) if area else (), supervisor, state)


def decided(
    text: str, devices: list[DeviceFacts], contacts: list[ContactFacts], audience: Audience | None = None
) -> Decision:
    rule = parse(text)
    return decide(rule, rule.steps[0], devices, contacts, audience)


def told(decision: Decision) -> dict[str, str]:
    """Contact → figures."""
    return {one.contact: f"{one.figures.lacking}/{one.figures.addressed}" for one in decision.tellings}


OFFICERS = [
    ContactFacts("amina", ("district-officer",), ("KE-047",)),
    ContactFacts("otieno", ("district-officer",), ("KE-030",)),
    ContactFacts("ops", ("operations",)),
]
BY_ROLE = "not acknowledged by 80% within 30m: tell role district-officer"


def test_the_officer_of_each_district_that_lacks_is_told_of_it() -> None:
    devices = [device("a", "KE-047-1"), device("b", "KE-047-2", acked=True), device("c", "KE-030", acked=True)]
    assert told(decided(BY_ROLE, devices, OFFICERS)) == {"amina": "1/2"}
    assert decided(BY_ROLE, devices, OFFICERS).tellings[0].figures.names == ("A",)


def test_nobody_is_told_once_enough_have_acted() -> None:
    devices = [device(str(number), "KE-047", acked=number > 0) for number in range(5)]
    decision = decided(BY_ROLE, devices, OFFICERS)
    assert decision.is_reached and not decision.tellings and not decision.nobody_for


def test_a_rule_in_areas_counts_the_devices_there() -> None:
    devices = [device("a", "KE-047"), device("b", "KE-030", acked=True)]
    rule = "area KE-030, not acknowledged by 80% within 30m: tell contact ops"
    assert decided(rule, devices, OFFICERS).is_reached
    assert told(decided(rule.replace("030", "047"), devices, OFFICERS)) == {"ops": "1/1"}


def test_who_is_missing_is_said() -> None:
    devices = [device("a", "TZ-01"), device("b", "", supervisor="zuhura")]
    assert decided(BY_ROLE, devices, OFFICERS).nobody_for == (
        "there is no contact of the role district-officer for TZ-01, devices without an area",
    )
    assert decided(BY_ROLE, devices, []).nobody_for == ("there is no contact of the role district-officer",)
    everybody = decided(
        "not acknowledged by 80% within 30m: tell contact boss and supervisor", devices, OFFICERS
    ).nobody_for
    assert everybody == (
        "there is no contact boss",
        "there is no contact zuhura, who is a device's supervisor",
        "1 device has no supervisor",
    )


def test_supervisors_hear_of_their_own_devices() -> None:
    devices = [
        device("a", "KE-047", supervisor="amina"),
        device("b", "KE-047", supervisor="amina", acked=True),
        device("c", "KE-047", supervisor="otieno", acked=True),
        *(device(str(number), "KE-047", supervisor="ops") for number in range(2)),
    ]
    decision = decided("not acknowledged by 80% within 2h: tell supervisor", devices, OFFICERS)
    assert told(decision) == {"amina": "1/2", "ops": "2/2"}


def test_a_contact_is_told_once_in_a_step() -> None:
    devices = [device("a", "KE-047", supervisor="ops")]
    rule = "not acknowledged by 80% within 2h: tell supervisor and contact ops and role operations"
    (telling,) = decided(rule, devices, OFFICERS).tellings
    assert telling.target == Target(Whom.SUPERVISOR)


def test_a_step_without_a_condition_tells_in_any_case() -> None:
    devices = [device("a", "KE-047", acked=True)]
    assert told(decided("at once: tell contact ops and role district-officer", devices, OFFICERS)) == {
        "ops": "0/1",
        "amina": "0/1",
    }


def test_an_alert_that_reaches_no_device_has_not_been_acknowledged() -> None:
    audience = Audience(areas=("KE-047-0312",))
    decision = decided(BY_ROLE, [], OFFICERS, audience)
    assert told(decision) == {"amina": "0/0"} and not decision.is_reached


def test_what_makes_no_sense_is_refused() -> None:
    step = Step(60, (Target(Whom.CONTACT, "a"),))
    for rule, path in (
        (Rule(AlertMatch(), ()), "steps"),
        (Rule(AlertMatch(status=()), (step,)), "when.status"),
        (Rule(AlertMatch(areas=tuple(map(str, range(101)))), (step,)), "when.areas"),
        (Rule(SilenceMatch(None, ("a",)), (step,)), "when.names"),
        (Rule(SilenceMatch(Quiet.AREA), (replace(step, unless=Unless(Act.SEEN, 5)),)), "steps[0].unless"),
        (Rule(AlertMatch(), (replace(step, tell=()),)), "steps[0].tell"),
        (Rule(AlertMatch(), (replace(step, text="a\nb"),)), "steps[0].text"),
        (Rule(AlertMatch(), (replace(step, text="x" * 501),)), "steps[0].text"),
        (Rule(AlertMatch(), (replace(step, unless=Unless(Act.SEEN, 0)),)), "steps[0].unless.percent"),
    ):
        with pytest.raises(RuleError) as caught:
            check(rule)
        assert caught.value.path == path


def test_figures_name_the_first_of_many() -> None:
    devices = [device(f"{number:04}", "KE-047") for number in range(5000)]
    (telling,) = decided("at once: tell contact ops", devices, OFFICERS).tellings
    assert telling.figures.lacking == 5000 and telling.figures.names == tuple(f"{number:04}" for number in range(10))
