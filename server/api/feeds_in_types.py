"""What the API takes and answers about the feeds that the hub reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from alerts import limits
from alerts.audience import Audience
from alerts.cap.terms import Category, Certainty, MsgType, Severity, Status, Urgency
from server.api.types import Asked, AudienceBody, LanguageTag, Moment, Said, maybe_time_of, time_of
from server.outbound.policy import ADDRESS_CHARS_MAX
from server.store.feed_records import (
    OUTCOMES,
    Feed,
    FeedFilter,
    FeedItem,
    FeedPolicy,
    FeedSettings,
    Outcome,
    SignaturePolicy,
)

HIDDEN = "(hidden)"
_OUTCOMES = "\n".join(f"- `{outcome}`: {meaning}" for outcome, meaning in OUTCOMES.items())

FeedName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=40, min_length=1)]
FeedAddress = Annotated[str, StringConstraints(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://", max_length=ADDRESS_CHARS_MAX)]
Interval = Annotated[int, Field(ge=30, le=86_400)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Geocodes = Annotated[dict[Word, Annotated[str, StringConstraints(max_length=100)]], Field(max_length=100)]
Pem = Annotated[str, StringConstraints(max_length=60_000)]
Authorization = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=2000)]


def _each_once(words: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(words))


class FilterBody(Asked):
    """Which alerts of a feed are let through. An empty list lets all through; only alerts of scope Public ever are. What updates
    or cancels an alert that was let through is let through too, if `statuses` and `msg_types` allow it."""

    statuses: Annotated[tuple[Status, ...], AfterValidator(_each_once)] = FeedFilter().statuses
    msg_types: Annotated[tuple[MsgType, ...], AfterValidator(_each_once)] = FeedFilter().msg_types
    categories: Annotated[tuple[Category, ...], AfterValidator(_each_once)] = ()
    """At least one of an info's categories."""
    severity_at_least: Severity | None = None
    urgency_at_least: Urgency | None = None
    certainty_at_least: Certainty | None = None
    events: Annotated[tuple[Word, ...], Field(max_length=200), AfterValidator(_each_once)] = ()
    """Words, one of which stands in the event, in upper or lower case."""
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50), AfterValidator(_each_once)] = ()
    """Tags; `pt` includes pt-MZ. CAP takes en-US where an info says none."""

    def to_filter(self) -> FeedFilter:
        """As the hub has it."""
        return FeedFilter(**{name: getattr(self, name) for name in FeedFilter.__dataclass_fields__})

    @classmethod
    def of(cls, wanted: FeedFilter) -> FilterBody:
        """From the hub's."""
        return cls.model_construct(**{name: getattr(wanted, name) for name in FeedFilter.__dataclass_fields__})


class FeedChange(Asked):
    """What to change of a feed; what is null or left out stays."""

    address: FeedAddress | None = None
    interval_seconds: Interval | None = None
    paused: bool | None = None
    policy: FeedPolicy | None = None
    filter: FilterBody | None = None
    geocodes: Geocodes | None = None
    audience: AudienceBody | None = None
    signatures: SignaturePolicy | None = None
    trusted: Pem | None = None
    authorization: Authorization | None = None

    def applied(self, settings: FeedSettings) -> FeedSettings:
        """The settings with these changes."""
        given = {
            "address": self.address,
            "interval_s": self.interval_seconds,
            "is_paused": self.paused,
            "policy": self.policy,
            "filter": self.filter and self.filter.to_filter(),
            "geocodes": self.geocodes,
            "audience": None if self.audience is None else self.audience.to_audience(),
            "signatures": self.signatures,
            "trusted": self.trusted,
            "authorization": self.authorization,
        }
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return replace(settings, **changes)


class FeedBody(Asked):
    """A feed to read."""

    name: FeedName
    """A name of your own. Its alerts are published by `feed:<name>`."""
    address: FeedAddress
    """Where the feed is: Atom, RSS, or CAP itself."""
    interval_seconds: Interval = FeedSettings("").interval_s
    """How often it is asked."""
    paused: bool = False
    """Do not ask it by itself."""
    policy: FeedPolicy = FeedPolicy.HOLD
    """`hold`: alerts wait for approval. `pass`: they are published at once."""
    filter: FilterBody = FilterBody()
    geocodes: Geocodes = Field(default_factory=dict)
    """Which geocodes name areas: valueName -> what to put before the value, as the setting `geocodes`."""
    audience: AudienceBody = AudienceBody()
    """Whom an alert is for whose geocodes name no area that is known here; its roles hold for those that do, too."""
    signatures: SignaturePolicy = SignaturePolicy.REPORT
    """`ignore`: signatures are not looked at. `report`: what was found is said. `require`: only what somebody in `trusted` has
    signed is taken."""
    trusted: Pem = ""
    """Certificates of signers or of authorities, and public keys, as PEM."""
    authorization: Authorization = ""
    """The header Authorization for the feed and what lies at the same origin. It is never shown again."""

    def to_settings(self) -> FeedSettings:
        """As the hub has it."""
        values = self.model_dump(exclude={"name"}, exclude_unset=False)
        given = {name: getattr(self, name) for name in values}
        return FeedChange.model_construct(**given).applied(FeedSettings(self.address))


class FeedAnswer(Said):
    """A feed that the hub reads, and how it does."""

    name: str
    title: str
    """What it calls itself."""
    address: str
    """Without what follows a question mark, which may be a secret, unless an administrator asks."""
    interval_seconds: int
    paused: bool
    policy: FeedPolicy
    filter: FilterBody
    geocodes: dict[str, str]
    audience: AudienceBody
    signatures: SignaturePolicy
    trusted: str
    authorization: str
    """`(hidden)` if there is one."""
    polled_at: Moment | None
    """When it was last asked."""
    read_at: Moment | None
    """When it last answered as it should."""
    next_at: Moment
    """When it is asked next."""
    failures: int
    """How often in a row it has not answered as it should since then."""
    problem: str
    """Of the last time that it did not."""
    remarks: str
    """What could not be read of it."""
    counts: dict[Outcome, int] = Field(description=f"How many of its alerts have which outcome.\n{_OUTCOMES}")
    made_at: Moment
    made_by: str

    @classmethod
    def of(cls, feed: Feed, counts: dict[Outcome, int], *, with_secrets: bool) -> FeedAnswer:
        """From the hub's."""
        settings, standing = feed.settings, feed.standing
        parts = urlsplit(settings.address)
        shown = settings.address if with_secrets or not parts.query else parts._replace(query=HIDDEN).geturl()
        return cls(
            name=feed.name,
            title=standing.title,
            address=shown,
            interval_seconds=settings.interval_s,
            paused=settings.is_paused,
            policy=settings.policy,
            filter=FilterBody.of(settings.filter),
            geocodes=settings.geocodes,
            audience=AudienceBody.of(settings.audience),
            signatures=settings.signatures,
            trusted=settings.trusted,
            authorization=HIDDEN if settings.authorization else "",
            polled_at=maybe_time_of(standing.polled_at),
            read_at=maybe_time_of(standing.read_at),
            next_at=time_of(standing.next_at),
            failures=standing.failures,
            problem=standing.problem,
            remarks=standing.remarks,
            counts=counts,
            made_at=time_of(feed.made_at),
            made_by=feed.made_by,
        )


class FeedList(Said):
    """All feeds that the hub reads, by name."""

    feeds: tuple[FeedAnswer, ...]


class FeedItemsQuery(Asked):
    """Which alerts of feeds to list."""

    feed: FeedName | None = None
    """Only those of this feed."""
    outcome: tuple[Outcome, ...] = ()
    """Only those with this outcome, like `held`; may be repeated."""
    after: int = Field(default=0, ge=0, le=limits.NUMBER_MAX)
    """Only items with a higher number; the `next` of the page before."""
    limit: int = Field(default=100, ge=1, le=1000)
    """How many at most."""


class FeedItemAnswer(Said):
    """What became of an alert in a feed."""

    item: int
    feed: str
    outcome: Outcome = Field(description=_OUTCOMES)
    words: str
    """Why, and what is to be known."""
    urgent: bool
    """A cancel: people may be acting on what is over."""
    entry: str
    """The id of the entry in the feed."""
    title: str
    address: str
    """Where the alert was found."""
    identifier: str
    sender: str
    sent: str
    """As CAP writes it."""
    status: str
    msg_type: str = Field(serialization_alias="msgType")
    event: str
    headline: str
    severity: str
    expires: Moment | None
    audience: AudienceBody | None
    """Whom it was or would be published for."""
    signature: str
    """`valid`, `untrusted`, `broken` or `unsigned`; empty if it was not looked at."""
    signature_words: str
    number: int | None
    """The number of the alert in the log here."""
    found_at: Moment
    looked_at: Moment
    decided_at: Moment | None
    decided_by: str | None
    """Who approved or rejected it."""

    @classmethod
    def of(cls, item: FeedItem) -> FeedItemAnswer:
        """From the hub's."""
        return cls(**_item(item))


class FeedItemDetail(FeedItemAnswer):
    """What became of an alert in a feed, with the alert while it is held."""

    alert: dict[str, Any] | None
    """The CAP alert, under CAP's own names, while it is held. Later `GET /v1/alerts/{number}` has it, if it was published."""

    @classmethod
    def with_alert(cls, item: FeedItem, alert: dict[str, Any] | None) -> FeedItemDetail:
        """From the hub's."""
        return cls(**_item(item), alert=alert)


_SAME = (
    *("outcome", "words", "entry", "title", "address", "identifier", "sender", "sent", "status", "msg_type", "event"),
    *("headline", "severity", "signature", "signature_words", "number"),
)


def _item(item: FeedItem) -> dict[str, Any]:
    found = item.found
    return {name: getattr(found, name) for name in _SAME} | {
        "item": item.id,
        "feed": item.feed,
        "urgent": found.is_urgent,
        "expires": maybe_time_of(found.expires),
        "audience": None if found.audience is None else AudienceBody.of(found.audience),
        "found_at": time_of(item.found_at),
        "looked_at": time_of(item.looked_at),
        "decided_at": maybe_time_of(item.decided_at),
        "decided_by": item.decided_by,
    }


class FeedItemList(Said):
    """A page of what became of alerts in feeds, in the order of their numbers."""

    items: tuple[FeedItemAnswer, ...]
    next: int | None
    """Give this as `after` for the next page; null: there is none."""


class FeedApproveBody(Asked):
    """Approval of a held alert."""

    audience: AudienceBody | None = None
    """Whom it is for; by default what the item says."""

    def to_audience(self) -> Audience | None:
        """As the core has it."""
        return None if self.audience is None else self.audience.to_audience()


class FeedRejectBody(Asked):
    """Rejection of a held alert."""

    words: Annotated[str, StringConstraints(max_length=500)] = ""
    """Why, for others who ask."""
