from __future__ import annotations

import pytest

from alerts.audience import Audience
from alerts.errors import OutOfAreasError
from server.scope import check_hub_wide, check_may_address, may_change_device, may_see, may_see_device

NAIROBI = ("KE-047",)
PLACES = {"d-in": ("KE-047-0312",), "d-out": ("KE-030",), "d-both": ("KE-047", "KE-030")}


def areas_of(device: str) -> tuple[str, ...]:
    return PLACES.get(device, ())


@pytest.mark.parametrize(
    ("audience", "sees"),
    [
        (Audience(everyone=True), True),
        (Audience(areas=("KE-047",)), True),
        (Audience(areas=("KE",)), True),
        (Audience(areas=("KE-047-0312",)), True),
        (Audience(areas=("KE-04",)), False),
        (Audience(areas=("KE-030",)), False),
        (Audience(areas=("KE-030",), roles=("nurse",)), False),
        (Audience(roles=("nurse",)), True),
        (Audience(devices=("d-in",)), True),
        (Audience(devices=("d-both",)), True),
        (Audience(devices=("d-out",)), False),
        (Audience(devices=("d-nobody",)), False),
    ],
)
def test_who_is_bound_to_an_area_sees_what_reaches_somebody_in_it(audience: Audience, sees: bool) -> None:
    assert may_see(NAIROBI, [audience], areas_of) is sees
    assert may_see(NAIROBI, [Audience(areas=("UG",)), audience], areas_of) is sees
    assert may_see((), [audience], areas_of)


@pytest.mark.parametrize(
    ("audience", "outside"),
    [
        (Audience(areas=("KE-047",)), None),
        (Audience(areas=("KE-047-0312",), roles=("nurse",)), None),
        (Audience(devices=("d-in",)), None),
        (Audience(everyone=True), "everyone"),
        (Audience(roles=("nurse",)), "nurse"),
        (Audience(areas=("KE",)), "KE"),
        (Audience(areas=("KE-047", "KE-030")), "KE-030"),
        (Audience(areas=("KE-0470",)), "KE-0470"),
        (Audience(devices=("d-out",)), "d-out"),
        (Audience(devices=("d-both",)), "d-both"),
        (Audience(devices=("d-nobody",)), "d-nobody"),
    ],
)
def test_who_is_bound_to_an_area_addresses_nobody_outside_it(audience: Audience, outside: str | None) -> None:
    check_may_address((), audience, areas_of)
    if outside is None:
        check_may_address(NAIROBI, audience, areas_of)
        return
    with pytest.raises(OutOfAreasError, match=outside):
        check_may_address(NAIROBI, audience, areas_of)


def test_devices_are_seen_by_one_of_their_areas_and_decided_about_by_all() -> None:
    assert may_see_device(NAIROBI, PLACES["d-in"]) and may_change_device(NAIROBI, PLACES["d-in"])
    assert may_see_device(NAIROBI, PLACES["d-both"]) and not may_change_device(NAIROBI, PLACES["d-both"])
    assert not may_see_device(NAIROBI, ()) and not may_change_device(NAIROBI, ())
    assert may_see_device((), ()) and may_change_device((), ())


def test_what_concerns_the_whole_hub_is_not_for_who_is_bound() -> None:
    check_hub_wide((), "a feed")
    with pytest.raises(OutOfAreasError, match="a feed"):
        check_hub_wide(NAIROBI, "a feed")
