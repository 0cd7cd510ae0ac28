"""The numbers of CAP's terms are promises to devices in the field."""

from __future__ import annotations

import pytest

from alerts.cap.terms import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Term, Urgency

NUMBERS = {
    Status: "Actual Exercise System Test Draft",
    MsgType: "Alert Update Cancel Ack Error",
    Scope: "Public Restricted Private",
    Category: "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    ResponseType: "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    Urgency: "Immediate Expected Future Past Unknown",
    Severity: "Extreme Severe Moderate Minor Unknown",
    Certainty: "Observed Likely Possible Unlikely Unknown",
}


@pytest.mark.parametrize("terms", NUMBERS, ids=lambda terms: terms.__name__)
def test_each_term_keeps_its_number(terms: type[Term]) -> None:
    assert {str(term): term.number for term in terms} == {word: at for at, word in enumerate(NUMBERS[terms].split())}


def test_a_number_leads_back_to_its_term() -> None:
    assert Severity.numbered(0) is Severity.EXTREME
    assert Severity.numbered(99) is None
    assert Severity("Minor") is Severity.MINOR
