"""What an operation of the API is: who may ask, what it takes, what it answers. Written beside the method that does it.

The base handler enforces it and the OpenAPI document is made from it, so the two cannot say different things.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from server.hub import Role

Method = TypeVar("Method", bound=Callable[..., Any])

JSON = "application/json"
XML = "application/cap+xml"
XML_TYPES = (XML, "application/xml", "text/xml")
TEXT = "text/plain"
ZSTD = "application/zstd"
HTML = "text/html"
CSV = "text/csv"
GEOJSON = "application/geo+json"
NDJSON = "application/x-ndjson"
SSE = "text/event-stream"

POSITION_PATTERN = r"^([0-9]{1,10}-)?[0-9]{1,16}$"
"""A place in the log: `<epoch>-<number>`, or a bare number."""

HEADER_CHARS_MAX = 255
HEADER_PATTERN = "^[!-~]([ -~]*[!-~])?$"
"""What the value of a header that an operation reads may be."""

HEADER_PATTERNS = {"Last-Event-ID": POSITION_PATTERN}
"""Those that must be more than that."""

VIEWERS = frozenset(Role)
PUBLISHERS = frozenset({Role.AUTHOR, Role.APPROVER, Role.ADMINISTRATOR})
APPROVERS = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
ADMINS = frozenset({Role.ADMINISTRATOR})
EVERYBODY: frozenset[Role] | None = None


class NoQuery(BaseModel, extra="forbid"):
    """An operation without query parameters."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a body may be: a type for JSON, whether CAP XML is taken too, and other media types that are no JSON of a type."""

    type: type[BaseModel] | None
    xml: bool = False
    is_large: bool = False
    is_import: bool = False
    """Whether it is a file of ops, which may be larger still."""
    files: tuple[str, ...] = ()

    @property
    def media_types(self) -> tuple[str, ...]:
        """All that are taken."""
        return (*((JSON,) if self.type else ()), *(XML_TYPES if self.xml else ()), *self.files)


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer: its type (None: no body), other media types than JSON, headers (name -> meaning), and what can be
    asked next with it: (operationId, its parameter) -> member of this answer."""

    meaning: str
    type: type[BaseModel] | None = None
    also: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route. `roles` None: open to everybody; `devices`: to a device's token too. `problems` are those
    beyond what every such one has."""

    summary: str
    description: str
    roles: frozenset[Role] | None
    answers: dict[int, Answer]
    query: type[BaseModel] = NoQuery
    body: Body | None = None
    headers: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    tag: str = ""
    devices: bool = False


def operation(
    *,
    summary: str,
    roles: frozenset[Role] | None,
    answers: dict[int, Answer],
    query: type[BaseModel] = NoQuery,
    body: Body | None = None,
    headers: dict[str, str] | None = None,
    problems: tuple[str, ...] = (),
    tag: str,
    devices: bool = False,
) -> Callable[[Method], Method]:
    """Mark a handler's method as an operation; its docstring is the description."""

    def mark(method: Method) -> Method:
        described = " ".join((method.__doc__ or "").split())
        made = Operation(summary, described, roles, answers, query, body, headers or {}, problems, tag, devices)
        method.operation = made  # type: ignore[attr-defined]
        return method

    return mark


def operations_of(handler: type[Any]) -> dict[str, Operation]:
    """The operations of a handler: method in upper case -> operation."""
    found: dict[str, Operation] = {}
    for name in ("get", "post", "patch", "put", "delete"):
        made = getattr(getattr(handler, name, None), "operation", None)
        if isinstance(made, Operation):
            found[name.upper()] = made
    return found
