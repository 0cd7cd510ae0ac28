"""What the streams and the list of events take and answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from alerts import limits
from alerts.cap.terms import Severity
from server.api.operation import POSITION_PATTERN
from server.api.types import IN_A_QUERY_MAX, AreaCode, Asked, Moment, Said, time_of
from server.events import Event, EventKind

SECONDS_MAX = 86_400.0

PositionText = Annotated[str, Field(pattern=POSITION_PATTERN)]
Seconds = Annotated[float, Field(gt=0, le=SECONDS_MAX, allow_inf_nan=False)]


class StreamQuery(Asked):
    """Which alerts to follow, and from where."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    after: PositionText | None = None
    """The position to go on from, `<epoch>-<number>`, or a number. The header Last-Event-ID goes before it. Without either:
    from now on."""
    in_force: bool = False
    """Where there is no position to go on from: first everything that is in force."""
    area: Annotated[tuple[AreaCode, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only alerts that reach somebody in this area; may be repeated."""
    severity: Severity | None = None
    """Only alerts at least so grave. An update or cancel counts as what it replaces, where that was graver."""
    seconds: Seconds | None = Field(default=None, alias="for")
    """End after so many seconds; a client then comes back, and goes on where it was."""


class EventsQuery(Asked):
    """Which events to list."""

    after: int = Field(default=0, ge=0, le=limits.NUMBER_MAX)
    """Only events with a higher number; the `position` of the page before."""
    limit: int = Field(default=100, ge=1, le=1000)
    """How many at most."""
    kind: Annotated[tuple[EventKind, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only events of this kind; may be repeated."""
    alert: int | None = Field(default=None, ge=1, le=limits.NUMBER_MAX)
    """Only events about the alert with this number."""
    wait: float = Field(default=0, ge=0, le=60, allow_inf_nan=False)
    """Where there is none: wait so many seconds for one."""


class EventStreamQuery(Asked):
    """Which events to follow, and from where."""

    after: int | None = Field(default=None, ge=0, le=limits.NUMBER_MAX)
    """The number to go on from. The header Last-Event-ID goes before it. Without either: from now on."""
    kind: Annotated[tuple[EventKind, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only events of this kind; may be repeated."""
    alert: int | None = Field(default=None, ge=1, le=limits.NUMBER_MAX)
    """Only events about the alert with this number."""
    seconds: Seconds | None = Field(default=None, alias="for")
    """End after so many seconds; a client then comes back, and goes on where it was."""


class EventAnswer(Said):
    """Something that happened at the hub."""

    id: int
    """Its number in the log of events."""
    at: Moment
    kind: EventKind
    alert: int | None
    """The number of the alert that it is about."""
    device: str | None
    """The device that it is about."""
    members: dict[str, Any]
    """What the kind has to say beside these."""

    @classmethod
    def of(cls, event: Event) -> EventAnswer:
        """From the hub's."""
        return cls(
            id=event.id,
            at=time_of(event.at),
            kind=event.kind,
            alert=event.alert,
            device=event.device,
            members=event.members,
        )


class EventList(Said):
    """A page of events, in the order of their numbers."""

    events: tuple[EventAnswer, ...]
    next: int | None
    """Give this as `after` for the next page; null: there is none now."""
    position: int
    """Up to here everything was looked at: give it as `after` to hear what comes."""
