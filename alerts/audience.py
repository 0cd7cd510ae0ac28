"""Who an alert is for.

An area is a hierarchical code, its levels joined by hyphens: what is addressed to `KE-047` is for a device in
`KE-047-0312`, and not the other way round. Areas and roles together mean both: nurses in `KE-047`. A device that is named
gets the alert whatever its areas and roles are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """An address: devices in any of `areas` (all areas where empty) with any of `roles`, the named devices, or everyone."""

    areas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    everyone: bool = False

    def is_empty(self) -> bool:
        """True if it addresses nobody; such an alert is refused, never sent to everyone."""
        return not (self.areas or self.roles or self.devices or self.everyone)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a device, the areas that it is in and the roles of its user."""

    device: str
    areas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def contains(area: str, code: str) -> bool:
    """Whether the area `area` is `code` itself or lies above it."""
    return code == area or code.startswith(area + "-")


def is_for(audience: Audience, reader: Reader) -> bool:
    """Whether what is addressed to `audience` is for `reader`. The only place where this is decided."""
    if audience.everyone or reader.device in audience.devices:
        return True
    if not (audience.areas or audience.roles):
        return False
    in_area = not audience.areas or any(contains(area, code) for area in audience.areas for code in reader.areas)
    in_role = not audience.roles or any(role in audience.roles for role in reader.roles)
    return in_area and in_role


def is_for_any(audiences: Iterable[Audience], reader: Reader) -> bool:
    """Whether any of several audiences (an alert's own and those that it inherited) includes `reader`."""
    return any(is_for(audience, reader) for audience in audiences)
