"""The toxics of one proxy, in order, for each direction; and the live links that they act on."""

from __future__ import annotations

from netsim.toxiproxy import toxics as _registers_them  # noqa: F401
from netsim.toxiproxy.body import Fields
from netsim.toxiproxy.link import ToxicLink
from netsim.toxiproxy.refusals import (
    InvalidStreamError,
    InvalidToxicTypeError,
    ToxicExistsError,
    ToxicNotFoundError,
)
from netsim.toxiproxy.toxics.toxic import DIRECTIONS, TOXICS, Direction, PlacedToxic, Toxic


class Chain:
    """A change applies to the live links at once and to later ones from their beginning."""

    def __init__(self) -> None:
        self.toxics: dict[Direction, list[PlacedToxic]] = {direction: [] for direction in DIRECTIONS}
        self.links: dict[Direction, set[ToxicLink]] = {direction: set() for direction in DIRECTIONS}

    def all(self) -> list[PlacedToxic]:
        """Every toxic, those of the upstream direction first."""
        return [placed for direction in DIRECTIONS for placed in self.toxics[direction]]

    def get(self, name: str) -> PlacedToxic:
        """The toxic of that name; raises ToxicNotFoundError."""
        for placed in self.all():
            if placed.name == name:
                return placed
        raise ToxicNotFoundError

    def add(self, body: Fields) -> PlacedToxic:
        """Add the toxic that `body` describes; raises a RefusalError."""
        placed = _read(body, taken={placed.name for placed in self.all()})
        self.toxics[placed.direction].append(placed)
        for link in self.links[placed.direction]:
            link.add(placed)
        return placed

    def update(self, name: str, body: Fields) -> PlacedToxic:
        """Change the attributes and the toxicity that `body` names; all or, raising a RefusalError, nothing."""
        placed = self.get(name)
        toxicity = body.number("toxicity", placed.toxicity)
        placed.toxic.__dict__.update(_attributes(placed.toxic, body))
        placed.toxicity = toxicity
        for link in self.links[placed.direction]:
            link.update(placed)
        return placed

    def remove(self, name: str) -> None:
        """Remove the toxic of that name; raises ToxicNotFoundError."""
        placed = self.get(name)
        self.toxics[placed.direction].remove(placed)
        for link in self.links[placed.direction]:
            link.remove(placed)

    def clear(self) -> None:
        """Remove all toxics."""
        for placed in self.all():
            self.remove(placed.name)


def _read(body: Fields, taken: set[str]) -> PlacedToxic:
    stream = body.text("stream", "downstream")
    type_name, given_name = body.text("type", ""), body.text("name", "")
    toxicity = body.number("toxicity", 1.0)
    body.fields("attributes")  # an object or nothing, whatever the type turns out to be
    direction = next((direction for direction in DIRECTIONS if direction == stream.lower()), None)
    if direction is None:
        raise InvalidStreamError
    if type_name not in TOXICS:
        raise InvalidToxicTypeError
    name = given_name or f"{type_name}_{stream}"
    if name in taken:
        raise ToxicExistsError
    toxic = TOXICS[type_name]()
    toxic.__dict__.update(_attributes(toxic, body))
    return PlacedToxic(name, type_name, stream, toxicity, direction, toxic)


def _attributes(toxic: Toxic, body: Fields) -> dict[str, float]:
    given = body.fields("attributes")
    return {
        name: given.integer(name, value) if isinstance(value, int) else given.number(name, value)
        for name, value in toxic.attributes().items()
    }
