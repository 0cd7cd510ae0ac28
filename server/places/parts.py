"""What handlers ask of places: the parts of one hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.hub import Hub
from server.places.audience import Audiences
from server.places.enrolment import Enrolment
from server.places.imports import Imports
from server.places.map import Maps
from server.places.moving import Moving
from server.reading import Reading


@dataclass(frozen=True, slots=True)
class Places:
    """Areas, facilities and devices of one hub, as ops keep them."""

    imports: Imports
    maps: Maps
    audiences: Audiences
    moving: Moving
    enrolment: Enrolment

    @classmethod
    def of(cls, hub: Hub, reading: Reading, is_connected: Callable[[str], bool]) -> Places:
        """Those of a hub."""
        return cls(Imports(hub), Maps(hub), Audiences(hub, is_connected), Moving(hub, reading), Enrolment(hub))
