"""How far an alert has come and whom to call about it, as the API answers it."""

from __future__ import annotations

from pydantic import Field

from server.api.types import AreaCode, Asked, Moment, Said, maybe_time_of, time_of
from server.delivery import DeliveryState
from server.watch.calls import MEANINGS, Call, Missing
from server.watch.course import Point
from server.watch.progress import AreaProgress, Progress

CALLS_MAX = 100_000


class AreaProgressAnswer(Said):
    """The devices in an area or below it; who is in two areas counts in both, and once in what lies above both."""

    area: str
    """Empty: devices that are in no area."""
    name: str
    """Empty: the list of areas has none."""
    counts: dict[DeliveryState, int]

    @classmethod
    def of(cls, row: AreaProgress) -> AreaProgressAnswer:
        """From the hub's."""
        return cls(area=row.area, name=row.name, counts=row.counts)


class PointAnswer(Said):
    """How many devices were so far at a time."""

    at: Moment
    delivered: int | None
    """How many had the alert, as the hub noted it then; null: it is not known. For a token that is bound to areas only the last
    point has it."""
    seen: int
    """How many had seen it by then."""
    acknowledged: int
    answered: int

    @classmethod
    def of(cls, point: Point) -> PointAnswer:
        """From the hub's."""
        return cls(
            at=time_of(point.at),
            delivered=point.delivered,
            seen=point.seen,
            acknowledged=point.acknowledged,
            answered=point.answered,
        )


class ProgressAnswer(Said):
    """How far an alert has come: with how many devices, where, and how that came about."""

    identifier: str
    number: int
    at: Moment
    """When this was so."""
    begun_at: Moment
    ended_at: Moment | None
    """When it expired or was replaced; null: it holds."""
    counts: dict[DeliveryState, int]
    """How many devices are in each state; those of `GET /v1/alerts/{identifier}/delivery`."""
    areas: tuple[AreaProgressAnswer, ...]
    """Each area in which there is such a device, and each area above it, by code."""
    step_seconds: int
    """How far apart the points are."""
    points: tuple[PointAnswer, ...]

    @classmethod
    def of(cls, identifier: str, progress: Progress) -> ProgressAnswer:
        """From the hub's."""
        return cls(
            identifier=identifier,
            number=progress.span.number,
            at=time_of(progress.at),
            begun_at=time_of(progress.span.begun_at),
            ended_at=maybe_time_of(progress.span.ended_at),
            counts=progress.counts,
            areas=tuple(AreaProgressAnswer.of(row) for row in progress.areas),
            step_seconds=progress.course.step_s,
            points=tuple(PointAnswer.of(point) for point in progress.course.points),
        )


class CallsQuery(Asked):
    """Whom to list."""

    missing: tuple[Missing, ...] = ()
    """Only devices with which this is missing; may be repeated."""
    area: AreaCode | None = None
    """Only devices in this area or below it."""
    limit: int = Field(default=1000, ge=1, le=CALLS_MAX)
    """How many at most; the most urgent first."""


class CallAreaAnswer(Said):
    """An area that a device is in."""

    code: str
    name: str


class CallAnswer(Said):
    """Somebody to call."""

    device: str
    name: str
    phone: str | None
    """Where its user is called."""
    areas: tuple[CallAreaAnswer, ...]
    supervisor: str | None
    """The contact whom rules call the device's supervisor."""
    state: DeliveryState
    missing: Missing = Field(description="\n".join(f"- `{missing}`: {words}" for missing, words in MEANINGS.items()))
    last_seen: Moment | None
    """When the hub last heard the device; null: never."""
    connected: bool

    @classmethod
    def of(cls, call: Call, *, connected: bool) -> CallAnswer:
        """From the hub's."""
        return cls(
            device=call.device,
            name=call.name,
            phone=call.phone,
            areas=tuple(CallAreaAnswer(code=code, name=name) for code, name in call.areas),
            supervisor=call.supervisor,
            state=call.state,
            missing=call.missing,
            last_seen=maybe_time_of(call.last_seen),
            connected=connected,
        )


class CallsAnswer(Said):
    """Whom to call about an alert: who has it not first, and of these who was not heard for longest."""

    identifier: str
    number: int
    at: Moment
    counts: dict[Missing, int]
    """How many devices lack what, of all that were asked for."""
    calls: tuple[CallAnswer, ...]
    """At most `limit` of them."""
