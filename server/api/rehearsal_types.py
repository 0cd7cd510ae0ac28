"""What a dry run of a publish answers."""

from __future__ import annotations

from server.api.types import Asked, AudienceBody, Moment, Said, time_of
from server.rehearsal import Reached, Rehearsal


class DryRunQuery(Asked):
    """Whether to publish, or only to look."""

    dry_run: bool = False
    """Check everything and say who would get the alert, and publish nothing."""


class ReachedAnswer(Said):
    """Devices, by when the hub last heard of them."""

    devices: int
    """All that would get the alert, or hear that the one is over that it replaces."""
    connected: int
    """Those of them that are connected now."""
    within_day: int
    within_week: int
    """Heard of within the last week, but not within the last day."""
    longer_ago: int
    never: int
    """Enrolled, and not heard of since."""

    @classmethod
    def of(cls, found: Reached) -> ReachedAnswer:
        """From the hub's."""
        return cls(
            devices=found.devices,
            connected=found.connected,
            within_day=found.within_day,
            within_week=found.within_week,
            longer_ago=found.longer_ago,
            never=found.never,
        )


class RehearsalAnswer(Said):
    """What would be published."""

    audience: AudienceBody
    """Whom it is for: from the body, the query, or the geocodes of a CAP XML."""
    expires: Moment
    """Until when the hub would take it to hold."""
    reached: ReachedAnswer
    reports: tuple[str, ...]
    """What the publisher should know."""

    @classmethod
    def of(cls, rehearsal: Rehearsal, remarks: tuple[str, ...]) -> RehearsalAnswer:
        """From the hub's, after remarks on the file."""
        return cls(
            audience=AudienceBody.of(rehearsal.audience),
            expires=time_of(rehearsal.expires),
            reached=ReachedAnswer.of(rehearsal.reached),
            reports=(*remarks, *rehearsal.reports),
        )
