"""What the hub knows of the feeds that it reads: settings, how each feed does, and what became of each alert in them.

Times are the hub's, in whole seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from alerts.audience import Audience
from alerts.cap.terms import Category, Certainty, MsgType, Severity, Status, Urgency


class FeedPolicy(StrEnum):
    """What is done with an alert that the filter lets through."""

    HOLD = "hold"
    """It waits until somebody approves it."""
    PASS = "pass"  # noqa: S105 - no password
    """It is published at once."""


class SignaturePolicy(StrEnum):
    """What an alert's XML signature decides."""

    IGNORE = "ignore"
    """Nothing: it is not looked at."""
    REPORT = "report"
    """Nothing, but it is verified, and what was found is said."""
    REQUIRE = "require"
    """What is not validly signed by somebody who is trusted is not published."""


class Outcome(StrEnum):
    """What became of an alert in a feed. The one list; a word is never used for another thing."""

    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    FILTERED = "filtered"
    NOT_ADDRESSED = "not-addressed"
    DUPLICATE = "duplicate"
    OWN = "own"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    NOTHING_TO_CANCEL = "nothing-to-cancel"
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_UNTRUSTED = "signature-untrusted"
    SIGNATURE_BROKEN = "signature-broken"
    NOT_VALID = "not-valid"
    NO_ALERT = "no-alert"
    REFUSED_ADDRESS = "refused-address"
    TOO_LARGE = "too-large"
    FAILING = "failing"
    FAILED = "failed"


OUTCOMES: dict[Outcome, str] = {
    Outcome.PUBLISHED: "It stands in the log here, under `number`, as its sender wrote it.",
    Outcome.HELD: "It waits for approval.",
    Outcome.REJECTED: "Somebody decided that it is not published here.",
    Outcome.WITHDRAWN: "It was held, and a later alert of its sender cancelled or updated it before anybody had decided.",
    Outcome.FILTERED: "The feed's filter does not let it through; `words` says why.",
    Outcome.NOT_ADDRESSED: "It names no area that is known here, and the feed has no audience for such alerts.",
    Outcome.DUPLICATE: "It is here already, from another feed.",
    Outcome.OWN: "It is here already, and did not come from a feed: an alert of this hub that comes back.",
    Outcome.EXPIRED: "By the hub's clock it ceased to hold before it could be published.",
    Outcome.SUPERSEDED: "An update or cancel of it is here already, or came through the feed before it.",
    Outcome.NOTHING_TO_CANCEL: "A cancel of alerts of which none was published here.",
    Outcome.SIGNATURE_MISSING: "It has no signature, and the feed requires one.",
    Outcome.SIGNATURE_UNTRUSTED: "It was signed by nobody whom the feed trusts, and the feed requires that.",
    Outcome.SIGNATURE_BROKEN: "It was changed after it was signed, or the signature is another's; the feed requires a valid one.",
    Outcome.NOT_VALID: "It breaks CAP; `words` says where.",
    Outcome.NO_ALERT: "The entry carries no CAP alert, and none of its links leads to one.",
    Outcome.REFUSED_ADDRESS: "Its address, or where that redirects to, is one that the hub does not ask.",
    Outcome.TOO_LARGE: "It has more bytes than an alert may have; it was not read further.",
    Outcome.FAILING: "It could not be fetched, or not be published just then; it is tried again.",
    Outcome.FAILED: "It could not be fetched, often enough to give it up.",
}
"""Each outcome's meaning, as the API and docs/feeds.md show it."""

NEVER_MEANT = frozenset(
    {
        *(Outcome.SIGNATURE_MISSING, Outcome.SIGNATURE_UNTRUSTED, Outcome.SIGNATURE_BROKEN),
        *(Outcome.NOT_VALID, Outcome.FAILING, Outcome.FAILED),
    }
)
"""Outcomes of what says nothing about others: it is not its sender's, or nobody could read it."""

LOOKED_AT_AGAIN = frozenset(OUTCOMES) - {
    *(Outcome.PUBLISHED, Outcome.HELD, Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.OWN, Outcome.DUPLICATE)
}
"""Outcomes that other settings of the feed might change: these alerts are looked at again when it is changed."""


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """Which alerts are let through. An empty list lets everything through. Of severity, urgency and certainty what is at least
    as grave; `events` are words, one of which the event must have in it; `languages` are those that an info must be in."""

    statuses: tuple[Status, ...] = (Status.ACTUAL,)
    msg_types: tuple[MsgType, ...] = (MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL)
    categories: tuple[Category, ...] = ()
    severity_at_least: Severity | None = None
    urgency_at_least: Urgency | None = None
    certainty_at_least: Certainty | None = None
    events: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What an operator says of a feed. `geocodes`: valueName -> what to put before the value; `trusted`: PEM;
    `authorization`: the header of that name for the feed's own origin, a secret."""

    address: str
    interval_s: int = 120
    is_paused: bool = False
    policy: FeedPolicy = FeedPolicy.HOLD
    filter: FeedFilter = field(default_factory=FeedFilter)
    geocodes: dict[str, str] = field(default_factory=dict)
    audience: Audience = field(default_factory=Audience)
    signatures: SignaturePolicy = SignaturePolicy.REPORT
    trusted: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """How a feed does. `read_at`: when it last answered as it should; `failures`: polls in a row since that did not; `problem`:
    of the last of them; `etag` and `modified`: what to ask with next."""

    title: str = ""
    polled_at: int | None = None
    read_at: int | None = None
    next_at: int = 0
    failures: int = 0
    problem: str = ""
    remarks: str = ""
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is read. `id` is the store's own; alerts are published by the credential `feed:<name>`."""

    id: int
    name: str
    settings: FeedSettings
    standing: FeedStanding
    made_at: int
    made_by: str

    @property
    def credential_name(self) -> str:
        """By whom its alerts are published."""
        return credential_name(self.name)


PREFIX = "feed:"


def credential_name(feed: str) -> str:
    """By whom the alerts of a feed are published."""
    return f"{PREFIX}{feed}"


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """An entry of a feed that was looked at: in which version, whether that came to an end, and how often it was tried."""

    version: str
    is_done: bool
    tries: int


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """What was found in a feed, and what became of it. `source` is the alert's identity, or, where no alert could be read, a
    mark of the entry. `replaces` are the identities that an update or cancel names; `xml` is kept while the alert is held."""

    source: str
    outcome: Outcome
    words: str = ""
    entry: str = ""
    title: str = ""
    address: str = ""
    identifier: str = ""
    sender: str = ""
    sent: str = ""
    status: str = ""
    msg_type: str = ""
    replaces: tuple[str, ...] = ()
    event: str = ""
    headline: str = ""
    severity: str = ""
    expires: int | None = None
    audience: Audience | None = None
    is_urgent: bool = False
    signature: str = ""
    signature_words: str = ""
    number: int | None = None
    xml: bytes | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A row of outcomes: what was found, in which feed, when it was first seen and last looked at, and who decided."""

    id: int
    feed: str
    found: FoundAlert
    found_at: int
    looked_at: int
    decided_at: int | None
    decided_by: str | None
