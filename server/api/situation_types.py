"""The situation as the API answers it: what is in force, every area, who is silent, what waits, what fails."""

from __future__ import annotations

from typing import Literal

from alerts.cap.terms import Severity
from server.api.silence_types import WatchedAnswer
from server.api.types import Moment, Said, maybe_time_of, time_of
from server.delivery import DeliveryState
from server.live.sections import Failure, Sections, Waiting
from server.watch.situation import AlertRow, AreaCounts, Worst
from server.watch.tallies import named


class HeadlineAnswer(Said):
    """What an alert says in short, in one language."""

    language: str
    event: str
    headline: str


class SituationAlertAnswer(Said):
    """An alert in force, and how far it has come with the devices that the asker may see."""

    number: int
    identifier: str
    sender: str
    status: str
    """`Actual`, or that it is none: `Exercise`, `Test`, `System`, `Draft`."""
    msg_type: str
    severity: Severity
    headlines: tuple[HeadlineAnswer, ...]
    areas: tuple[str, ...]
    """For whom: these areas; together with roles only who has one of them there."""
    roles: tuple[str, ...]
    everyone: bool
    published_at: Moment
    expires: Moment
    asks: bool
    """Whether it asks something."""
    counts: dict[DeliveryState, int]

    @classmethod
    def of(cls, row: AlertRow) -> SituationAlertAnswer:
        """From the hub's."""
        stored, alert = row.stored, row.stored.alert
        headlines = (
            HeadlineAnswer(language=info.language or "en-US", event=info.event, headline=info.headline or "")
            for info in alert.info
        )
        return cls(
            number=stored.number,
            identifier=alert.identifier,
            sender=alert.sender,
            status=str(alert.status),
            msg_type=str(alert.msg_type),
            severity=alert.severity,
            headlines=tuple(headlines),
            areas=stored.audience.areas,
            roles=stored.audience.roles,
            everyone=stored.audience.everyone,
            published_at=time_of(stored.published_at),
            expires=time_of(stored.expires),
            asks=row.asks,
            counts=named(row.counts),
        )


class SituationAreaAnswer(Said):
    """An area with everything below it."""

    area: str
    """Empty: devices that are in no area."""
    name: str
    severity: Severity | None
    """Of the gravest alert in force that reaches the area; exercises and tests do not count. Null: there is none."""
    alert: int | None
    """Its number; of equally grave ones the newest."""
    alerts: int
    """How many alerts in force reach the area."""
    exercises: int
    """How many exercises and tests do."""
    devices: int
    addressed: int
    """Devices for which something in force is."""
    lacking: int
    """Of these, those that have not stored something of it."""
    silent: bool
    """It is quieter than usual."""

    @classmethod
    def of(cls, code: str, name: str, counts: AreaCounts, worst: Worst, *, silent: bool) -> SituationAreaAnswer:
        """From the hub's."""
        return cls(
            area=code,
            name=name,
            severity=worst.severity,
            alert=worst.number,
            alerts=worst.alerts,
            exercises=worst.exercises,
            devices=counts.devices,
            addressed=counts.addressed,
            lacking=counts.lacking,
            silent=silent,
        )


class SomethingWaitingAnswer(Said):
    """Something that somebody has to decide about."""

    kind: Literal["draft", "feed-item"]
    id: int
    title: str
    severity: str
    by: str
    """The person who asks, or the feed."""
    since: Moment

    @classmethod
    def of(cls, one: Waiting) -> SomethingWaitingAnswer:
        """From the hub's."""
        return cls.model_validate(
            {
                "kind": one.kind,
                "id": one.id,
                "title": one.title,
                "severity": one.severity,
                "by": one.by,
                "since": time_of(one.since),
            }
        )


class FailureAnswer(Said):
    """Something that does not work."""

    kind: Literal["feed", "rule", "webhook"]
    name: str
    words: str
    since: Moment | None

    @classmethod
    def of(cls, one: Failure) -> FailureAnswer:
        """From the hub's."""
        return cls.model_validate(
            {"kind": one.kind, "name": one.name, "words": one.words, "since": maybe_time_of(one.since)}
        )


class SectionsAnswer(Said):
    """Who is silent, what waits for approval, what fails; of failures who is bound to areas sees none."""

    silent: tuple[WatchedAnswer, ...]
    waiting: tuple[SomethingWaitingAnswer, ...]
    failures: tuple[FailureAnswer, ...]

    @classmethod
    def of(cls, sections: Sections) -> SectionsAnswer:
        """From the hub's."""
        return cls(
            silent=tuple(WatchedAnswer.of(one) for one in sections.silent),
            waiting=tuple(SomethingWaitingAnswer.of(one) for one in sections.waiting),
            failures=tuple(FailureAnswer.of(one) for one in sections.failures),
        )


class SituationAnswer(SectionsAnswer):
    """Everything at a glance."""

    at: Moment
    """When this was so."""
    alerts: tuple[SituationAlertAnswer, ...]
    """What is in force, in the order of the numbers; at most 100, the most urgent."""
    alerts_left_off: int
    """How many more are in force."""
    areas: tuple[SituationAreaAnswer, ...]
    """The areas, the highest levels first; at most 1000."""
    areas_left_off: int
