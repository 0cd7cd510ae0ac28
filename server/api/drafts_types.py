"""Drafts as the API takes and answers them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from alerts import limits
from server.api.rehearsal_types import RehearsalAnswer
from server.api.types import Asked, AudienceBody, Moment, Reason, Said, maybe_time_of, time_of
from server.ops.approval import Waiting
from server.rehearsal import Rehearsal
from server.store.drafts import DRAFT_STATUSES, DraftRecord, DraftStatus

WORDS_CHARS_MAX = 1000

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS_CHARS_MAX)]
Version = Annotated[int, Field(ge=1, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]


class ReplacesBody(Asked):
    """The alert that a draft updates or cancels: the rest is then taken from it, as by `POST /v1/alerts/{identifier}/update`."""

    alert: str = Field(min_length=1, max_length=2000)
    """Its number, identity or identifier."""
    by: Literal["Update", "Cancel"]


class DraftBody(Asked):
    """What a publish takes, as far as it is written: nothing of it need be complete before it is handed in."""

    alert: dict[str, Any] = Field(default_factory=dict)
    """Members of a CAP 1.2 alert."""
    audience: AudienceBody | None = None
    """Whom it is for; of an update or cancel null means: whom the replaced one was for."""
    question: dict[str, Any] | None = None
    """What it asks, as a publish takes it."""
    replaces: ReplacesBody | None = None

    def content(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json", include=set(DraftBody.model_fields))


class DraftChangeBody(DraftBody):
    """A draft written anew."""

    version: Version
    """The version that this one takes the place of."""


class VersionBody(Asked):
    """Which version was looked at."""

    version: Version


class SubmitBody(VersionBody):
    """A draft that is handed in."""

    publish_at: AwareDatetime | None = None
    """When it is to go out once it is approved; null: at once."""


class ApproveDraftBody(VersionBody):
    """A draft that is approved."""

    devices: Count
    """How many devices the dry run said it is for."""


class RejectDraftBody(VersionBody):
    """A draft that is rejected."""

    words: Words
    """Why, for whoever wrote it."""


class DraftPublishBody(ApproveDraftBody):
    """A draft that is published."""

    publish_at: AwareDatetime | None = None
    """When it is to go out; null: at once."""
    break_glass: Reason | None = None
    """Publish what needs a second person without one, for this reason. It is audited, and told as an event."""


class DraftsQuery(Asked):
    """Which drafts to list."""

    status: tuple[DraftStatus, ...] = ()
    """Only those in this status; may be repeated."""
    before: int | None = Field(default=None, ge=1, le=limits.NUMBER_MAX)
    """Only those with a smaller number: `next` of the page before."""
    limit: int = Field(default=100, ge=1, le=1000)
    """How many to look at."""


class DraftSummary(Said):
    """A draft in a list."""

    id: int
    status: DraftStatus = Field(description="\n".join(f"- `{one}`: {said}" for one, said in DRAFT_STATUSES.items()))
    version: int
    headline: str
    """Of the first info, as far as it is written."""
    severity: str
    """Of the first info, as far as it is written."""
    alert_status: str
    """CAP's status, as far as it is written."""
    msg_type: str = Field(serialization_alias="msgType")
    audience: AudienceBody | None
    authors: tuple[str, ...]
    """All who wrote in it: none of them can be its second person."""
    made_by: str
    made_at: Moment
    changed_by: str
    changed_at: Moment
    submitted_by: str | None
    submitted_at: Moment | None
    publish_at: Moment | None
    decided_by: str | None
    """Who approved, rejected or withdrew it."""
    decided_at: Moment | None
    words: str
    """Why it was rejected, or could not go out."""
    number: int | None
    """The alert that it became."""

    @classmethod
    def of(cls, record: DraftRecord) -> DraftSummary:
        """From the store's."""
        return cls(**_summary(record))


class DraftAnswer(DraftSummary):
    """A draft with everything."""

    alert: dict[str, Any]
    question: dict[str, Any] | None
    replaces: dict[str, Any] | None
    is_xml: bool
    """It came as CAP XML, and goes out as it came. Changing it makes JSON of it."""

    @classmethod
    def of(cls, record: DraftRecord) -> DraftAnswer:
        """From the store's."""
        content = record.content
        return cls(
            **_summary(record),
            alert=content["alert"],
            question=content.get("question"),
            replaces=content.get("replaces"),
            is_xml=record.original is not None,
        )


class DraftList(Said):
    """A page of drafts, the newest first."""

    drafts: tuple[DraftSummary, ...]
    next: int | None
    """Give this as `before` for the next page; null: there is none."""


class DraftRehearsalAnswer(RehearsalAnswer):
    """What publishing a draft would do."""

    version: int
    """The version that this is about."""
    second_person: str | None
    """Why it needs a second person; null: it needs none."""

    @classmethod
    def of_draft(
        cls, record: DraftRecord, rehearsal: Rehearsal, remarks: tuple[str, ...], why: str | None
    ) -> DraftRehearsalAnswer:
        """From the hub's."""
        said = RehearsalAnswer.of(rehearsal, remarks)
        return cls(
            **{name: getattr(said, name) for name in RehearsalAnswer.model_fields},
            version=record.version,
            second_person=why,
        )


class WaitingDraftAnswer(Said):
    """An alert that waits for a second person: taken, durable, and not on its way."""

    draft: int
    """The draft that it is now: `/v1/drafts/{draft}`."""
    status: DraftStatus
    """Where the draft stands by now, which matters where a publish is repeated under the same key."""
    number: int | None
    """The alert that it has become by now."""

    @classmethod
    def of(cls, waiting: Waiting) -> WaitingDraftAnswer:
        """From what the approval says."""
        return cls(draft=waiting.draft.id, status=waiting.draft.status, number=waiting.draft.number)


def seconds_of(moment: datetime | None) -> int | None:
    """In whole seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


def _summary(record: DraftRecord) -> dict[str, Any]:
    alert, audience = record.content["alert"], record.content.get("audience")
    infos = alert.get("info")
    info = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], dict) else {}
    follows = record.content.get("replaces") or {}
    return {
        "id": record.id,
        "status": record.status,
        "version": record.version,
        "headline": str(info.get("headline") or info.get("event") or alert.get("note") or "")[:500],
        "severity": str(info.get("severity") or "")[:20],
        "alert_status": str(alert.get("status") or "")[:20],
        "msg_type": str(follows.get("by") or alert.get("msgType") or "")[:20],
        "audience": None if audience is None else AudienceBody.model_validate(audience),
        "authors": record.authors,
        "made_by": record.made_by,
        "made_at": time_of(record.made_at),
        "changed_by": record.changed_by,
        "changed_at": time_of(record.changed_at),
        "submitted_by": record.submitted_by,
        "submitted_at": maybe_time_of(record.submitted_at),
        "publish_at": maybe_time_of(record.publish_at),
        "decided_by": record.decided_by,
        "decided_at": maybe_time_of(record.decided_at),
        "words": record.words,
        "number": record.number,
    }
