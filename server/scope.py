"""What a credential that is bound to areas may see and address. One that is bound to none sees and addresses everything.

The bound of a district officer is the district: she sees what reaches somebody in it, and addresses nobody outside it.

    sees        an alert that reaches anybody in her areas: sent to them, to an area above or below them, to a role everywhere
    addresses   areas of hers or below them, and devices that are in them with all their own areas
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from alerts.audience import Audience, contains
from alerts.errors import OutOfAreasError

Areas = tuple[str, ...]
AreasOf = Callable[[str], Areas]
"""The areas of a device; none for one that is not known."""


def may_see(areas: Areas, audiences: Iterable[Audience], areas_of: AreasOf) -> bool:
    """Whether somebody bound to `areas` may see what is addressed to any of `audiences`."""
    return not areas or any(_reaches(areas, audience, areas_of) for audience in audiences)


def may_see_device(areas: Areas, device_areas: Areas) -> bool:
    """Whether somebody bound to `areas` may see a device: it is in one of them."""
    return not areas or any(contains(area, code) for area in areas for code in device_areas)


def may_change_device(areas: Areas, device_areas: Areas) -> bool:
    """Whether somebody bound to `areas` decides about a device: it is in them, and nowhere else."""
    return not areas or (bool(device_areas) and all(_is_within(areas, code) for code in device_areas))


def check_may_address(areas: Areas, audience: Audience, areas_of: AreasOf) -> None:
    """That an audience lies within `areas`. Raises OutOfAreasError, which names what does not."""
    if not areas:
        return
    if audience.everyone:
        raise OutOfAreasError(areas, "everyone")
    if audience.roles and not audience.areas:
        raise OutOfAreasError(areas, f"the roles {', '.join(audience.roles[:5])} in all areas: name areas with them")
    outside = [code for code in audience.areas if not _is_within(areas, code)]
    outside += [device for device in audience.devices if not may_change_device(areas, areas_of(device))]
    if outside:
        raise OutOfAreasError(areas, ", ".join(outside[:5]))


def check_may_have(areas: Areas, device_areas: Areas) -> None:
    """That somebody bound to `areas` decides about a device in `device_areas`. Raises OutOfAreasError."""
    if not may_change_device(areas, device_areas):
        outside = [code for code in device_areas if not _is_within(areas, code)]
        raise OutOfAreasError(areas, ", ".join(outside[:5]) or "a device that is in no area")


def check_hub_wide(areas: Areas, what: str) -> None:
    """That a credential may decide about what concerns the whole hub. Raises OutOfAreasError."""
    if areas:
        raise OutOfAreasError(areas, f"{what}, which concerns the whole hub")


def _reaches(areas: Areas, audience: Audience, areas_of: AreasOf) -> bool:
    if audience.everyone or (audience.roles and not audience.areas):
        return True
    if any(contains(area, own) or contains(own, area) for area in audience.areas for own in areas):
        return True
    return any(may_see_device(areas, areas_of(device)) for device in audience.devices)


def _is_within(areas: Areas, code: str) -> bool:
    return any(contains(area, code) for area in areas)
