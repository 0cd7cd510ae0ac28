"""All devices of a hub, each at a place of its own: boards and views keep what they know of a device under its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.audience import Reader


@dataclass(frozen=True, slots=True)
class DeviceTraits:
    """What stays of a device while alerts come and go."""

    device: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    revoked_at: int | None
    supervisor: str | None
    phone: str | None = None

    @property
    def reader(self) -> Reader:
        """Its newest audience."""
        return Reader(self.device, self.areas, self.roles)


class Roster:
    """The devices. A place is never given to another device."""

    def __init__(self, devices: Iterable[DeviceTraits] = ()) -> None:
        self.devices: list[DeviceTraits] = []
        self.readers: list[Reader] = []
        self._places: dict[str, int] = {}
        self.put(devices)

    def __len__(self) -> int:
        return len(self.devices)

    def place_of(self, device: str) -> int | None:
        """Where a device stands; None: it is not known here yet."""
        return self._places.get(device)

    def put(self, devices: Iterable[DeviceTraits]) -> list[int]:
        """Take up devices, or what has become of them; the places of those that are new or changed."""
        changed = []
        for one in devices:
            place = self._places.get(one.device)
            if place is None:
                place = self._places[one.device] = len(self.devices)
                self.devices.append(one)
                self.readers.append(one.reader)
            elif self.devices[place] != one:
                self.devices[place] = one
                self.readers[place] = one.reader
            else:
                continue
            changed.append(place)
        return changed
