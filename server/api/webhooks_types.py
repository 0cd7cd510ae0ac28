"""What `/v1/webhooks` takes and answers."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from server.api.types import Asked, Moment, Said, maybe_time_of, time_of
from server.events import EventKind
from server.outbound.policy import ADDRESS_CHARS_MAX
from server.webhooks import ATTEMPTS_KEPT, Attempt, Webhook

KEEP_S_MAX = 30 * 86_400

WebhookName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=64, min_length=1)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=ADDRESS_CHARS_MAX)]
Kinds = Annotated[
    tuple[EventKind, ...],
    Field(max_length=len(EventKind)),
    AfterValidator(lambda kinds: tuple(dict.fromkeys(kinds))),
]


class WebhookBody(Asked):
    """A new webhook."""

    name: WebhookName
    """What it is called here."""
    url: Url
    """Where events are sent. Addresses of the hub's own network only as the setting `outbound_networks` allows."""
    kinds: Kinds = ()
    """The kinds of events that are sent; none named: all."""


class WebhookChange(Asked):
    """What to change; what is null or left out stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    """None named: all."""
    enabled: bool | None = Field(default=None, strict=True)
    """Switched on again it goes on where it was; what the event log has forgotten is told as `webhook.gap`."""


class RotateBody(Asked):
    """How the old secret ends."""

    keep_seconds: int = Field(default=86_400, ge=0, le=KEEP_S_MAX, strict=True)
    """How long the old secret signs beside the new one, so that the receiver can change over."""


class AttemptsQuery(Asked):
    """How many to list."""

    limit: int = Field(default=50, ge=1, le=ATTEMPTS_KEPT)
    """How many at most, newest first."""


class WebhookAnswer(Said):
    """A webhook, and how it goes."""

    name: str
    url: str
    """For others than an administrator without its path and query, which may hold a credential."""
    kinds: tuple[EventKind, ...]
    """None: all."""
    enabled: bool
    stopped_why: str
    """Why it is switched off."""
    made_at: Moment
    cursor: int
    """The newest event that is done: delivered, or not for it."""
    lag: int
    """How many events lie behind that."""
    tries: int
    """How often the message that is to go has been tried."""
    next_try_at: Moment | None
    failing_since: Moment | None
    """Since when nothing has arrived."""
    last_error: str
    delivered_at: Moment | None
    """When something arrived last."""
    old_secret_until: Moment | None
    """Until when the secret before this one signs too."""

    @classmethod
    def of(cls, webhook: Webhook, *, lag: int, now: int, whole: bool) -> WebhookAnswer:
        """From the hub's; `whole`: with the whole address."""
        return cls(**_members(webhook, lag, now, whole=whole))


class WebhookMadeAnswer(WebhookAnswer):
    """A webhook with its new secret."""

    secret: str
    """`whsec_…`, by which the receiver knows that a message is this hub's. Shown this once."""

    @classmethod
    def made(cls, webhook: Webhook, *, lag: int, now: int) -> WebhookMadeAnswer:
        """From the hub's."""
        return cls(**_members(webhook, lag, now, whole=True), secret=webhook.secret)


def _members(webhook: Webhook, lag: int, now: int, *, whole: bool) -> dict[str, Any]:
    is_rotating = len(webhook.keys(now)) > 1
    return {
        "name": webhook.name,
        "url": webhook.url if whole else masked(webhook.url),
        "kinds": webhook.kinds,
        "enabled": webhook.enabled,
        "stopped_why": webhook.stopped_why,
        "made_at": time_of(webhook.made_at),
        "cursor": webhook.cursor,
        "lag": lag,
        "tries": webhook.tries,
        "next_try_at": maybe_time_of(webhook.next_try_at),
        "failing_since": maybe_time_of(webhook.failing_since),
        "last_error": webhook.last_error,
        "delivered_at": maybe_time_of(webhook.delivered_at),
        "old_secret_until": time_of(webhook.old_until) if is_rotating else None,
    }


def masked(url: str) -> str:
    """An address without what may be a credential in it."""
    parts = urlsplit(url)
    rest = "/…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{rest}"


class WebhookList(Said):
    """All webhooks, by name."""

    webhooks: tuple[WebhookAnswer, ...]


class AttemptAnswer(Said):
    """One attempt to deliver a message."""

    message: str
    """Its `webhook-id`: the same for each attempt."""
    type: str
    """A kind of event, `webhook.gap` or `webhook.test`."""
    event: int | None
    """The event's number."""
    at: Moment
    arrived: bool
    """Whether the receiver answered 2xx."""
    status: int | None
    """What it answered; null: it could not be asked."""
    words: str
    """Why it did not arrive."""
    milliseconds: int

    @classmethod
    def of(cls, attempt: Attempt) -> AttemptAnswer:
        """From the hub's."""
        return cls(
            message=attempt.message,
            type=attempt.type,
            event=attempt.event,
            at=time_of(attempt.at),
            arrived=attempt.arrived,
            status=attempt.status,
            words=attempt.words,
            milliseconds=attempt.milliseconds,
        )


class AttemptList(Said):
    """The newest attempts, newest first."""

    deliveries: tuple[AttemptAnswer, ...]
