"""CAP's elements, in the schema's order, read off the model: the one table that the XML reader and writer share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin

from alerts.cap.model import CapModel
from alerts.cap.terms import Term
from alerts.cap.times import CapTime

NAMESPACE_STEM = "urn:oasis:names:tc:emergency:cap:"
NAMESPACE_1_2 = f"{NAMESPACE_STEM}1.2"
NAMESPACE_1_1 = f"{NAMESPACE_STEM}1.1"
NAMESPACE_1_0 = "http://www.incident.com/cap/1.0"


class Kind(StrEnum):
    """What an element holds."""

    PART = "elements"
    TEXT = "text"
    TERM = "a term"
    TIME = "a time"
    WHOLE = "a whole number"


@dataclass(frozen=True)
class Element:
    """One element: CAP's name for it, the model's, and what it holds."""

    name: str
    attribute: str
    kind: Kind
    many: bool
    required: bool
    part: type[CapModel] | None


@cache
def elements_of(part: type[CapModel]) -> dict[str, Element]:
    """CAP's name → element, in the schema's order, which is the order of the model's fields."""
    return {element.name: element for element in _elements(part)}


def _elements(part: type[CapModel]) -> Iterator[Element]:
    for attribute, field in part.model_fields.items():
        held = set(_types(field.annotation))
        child = next((kind for kind in held if issubclass(kind, CapModel)), None)
        yield Element(
            name=str(field.alias),
            attribute=attribute,
            kind=Kind.PART if child else _kind(held),
            many=get_origin(field.annotation) is tuple,
            required=field.is_required(),
            part=child,
        )


def _kind(held: set[type]) -> Kind:
    if CapTime in held:
        return Kind.TIME
    if int in held:
        return Kind.WHOLE
    return Kind.TERM if any(issubclass(kind, Term) for kind in held) else Kind.TEXT


def _types(annotation: Any) -> Iterator[type]:
    """The classes in an annotation like `tuple[Annotated[str, …], ...] | None`."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        yield annotation
    for argument in get_args(annotation):
        yield from _types(argument)
