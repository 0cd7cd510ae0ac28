"""Who an alert is for."""

from __future__ import annotations

import pytest

from alerts.audience import Audience, Reader, contains, is_for, is_for_any

NURSE = Reader("d0", ("KE-047-0312",), ("nurse",))


@pytest.mark.parametrize(
    ("area", "code", "is_in"),
    [
        ("KE-047", "KE-047", True),
        ("KE-047", "KE-047-0312", True),
        ("KE-047-0312", "KE-047", False),
        ("KE-04", "KE-047", False),
        ("KE", "KE-047-0312", True),
        ("", "KE", False),
    ],
)
def test_an_area_contains_what_lies_under_it_by_whole_levels(area: str, code: str, is_in: bool) -> None:
    assert contains(area, code) is is_in


@pytest.mark.parametrize(
    ("audience", "is_addressed"),
    [
        (Audience(), False),
        (Audience(everyone=True), True),
        (Audience(areas=("KE-047",)), True),
        (Audience(areas=("KE-030",)), False),
        (Audience(areas=("KE-030", "KE")), True),
        (Audience(roles=("nurse",)), True),
        (Audience(roles=("chief",)), False),
        (Audience(areas=("KE-047",), roles=("nurse",)), True),
        (Audience(areas=("KE-047",), roles=("chief",)), False),
        (Audience(areas=("KE-030",), roles=("nurse",)), False),
        (Audience(devices=("d0",)), True),
        (Audience(areas=("KE-030",), devices=("d0",)), True),
        (Audience(devices=("d1",)), False),
    ],
)
def test_areas_and_roles_mean_both_and_a_named_device_gets_it_anyway(audience: Audience, is_addressed: bool) -> None:
    assert is_for(audience, NURSE) is is_addressed


def test_an_empty_audience_addresses_nobody() -> None:
    assert Audience().is_empty()
    assert not Audience(roles=("nurse",)).is_empty()


def test_any_of_several() -> None:
    assert is_for_any((Audience(areas=("UG",)), Audience(areas=("KE",))), NURSE)
    assert not is_for_any((), NURSE)
