"""Webhooks as values: where events are delivered to, and how that goes."""

from __future__ import annotations

from dataclasses import dataclass

from server.events import Event, EventKind

WEBHOOKS_MAX = 100
"""Each is a task and a connection of its own."""
ATTEMPTS_KEPT = 200
"""Attempts of each webhook that are listed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. Times are the hub's, in whole seconds. `kinds` empty: all. `cursor`: everything up to this event is done.

    `old_secret` signs beside `secret` until `old_until`. `tries`: of the message that is to go, none of which arrived; the
    next one is due at `next_try_at`. `failing_since`: since when nothing has arrived.
    """

    name: str
    url: str
    kinds: tuple[EventKind, ...]
    secret: str
    old_secret: str | None
    old_until: int
    made_at: int
    cursor: int
    enabled: bool
    stopped_why: str
    tries: int
    next_try_at: int | None
    failing_since: int | None
    last_error: str
    delivered_at: int | None

    def wants(self, event: Event) -> bool:
        """Whether an event is for it."""
        return not self.kinds or event.kind in self.kinds

    def keys(self, now: int) -> tuple[str, ...]:
        """The secrets that sign now, the newest first."""
        return (self.secret, self.old_secret) if self.old_secret and now < self.old_until else (self.secret,)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a message, and what came of it: the answer's status, or words for why there was none."""

    message: str
    type: str
    event: int | None
    at: int
    arrived: bool
    status: int | None
    words: str
    milliseconds: int
