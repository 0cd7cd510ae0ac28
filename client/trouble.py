"""Why there is no connection: one table of what can go wrong, in words, and how long to stay away then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from alerts.session.goodbye import FAREWELLS, NEVER, Reason
from alerts.wire.frames import Goodbye


@dataclass(frozen=True, slots=True)
class Meaning:
    """`pause_s` None: the usual backoff; -1: this client does not come back by itself."""

    words: str
    pause_s: float | None = None


class Trouble(Enum):
    """What went wrong. The values are what `--json` says."""

    UNREACHABLE = "unreachable"
    NO_ANSWER = "no-answer"
    NOT_A_HUB = "not-a-hub"
    NO_WEBSOCKET = "no-websocket"
    CERTIFICATE = "certificate"
    UNKNOWN_CREDENTIAL = "unknown-credential"
    REVOKED = "revoked"
    REFUSED = "refused"
    BUSY = "busy"
    HUB_LEFT = "hub-left"
    REPLACED = "replaced"
    BROKEN = "broken"
    SILENT = "silent"
    PROTOCOL = "protocol"
    STORE = "store"
    FAILED = "failed"


MEANINGS: dict[Trouble, Meaning] = {
    Trouble.UNREACHABLE: Meaning("the hub cannot be reached"),
    Trouble.NO_ANSWER: Meaning("the hub did not answer in time"),
    Trouble.NOT_A_HUB: Meaning("something else answers at this address; does this network want you to sign in first?"),
    Trouble.NO_WEBSOCKET: Meaning("something on the way lets no WebSocket through; does another network work?"),
    Trouble.CERTIFICATE: Meaning("the hub's certificate is not to be trusted"),
    Trouble.UNKNOWN_CREDENTIAL: Meaning("the hub does not know this device; what is in the inbox stays", 600),
    Trouble.REVOKED: Meaning("the hub has revoked this device", NEVER),
    Trouble.REFUSED: Meaning("the hub refused the connection", 60),
    Trouble.BUSY: Meaning("the hub asks to come back later"),
    Trouble.HUB_LEFT: Meaning("the hub ended the connection"),
    Trouble.REPLACED: Meaning("this store has connected from somewhere else", 600),
    Trouble.BROKEN: Meaning("the connection broke"),
    Trouble.SILENT: Meaning("the link is dead: nothing was heard for too long"),
    Trouble.PROTOCOL: Meaning("what the hub sent breaks the protocol", FAREWELLS[Reason.PROTOCOL_ERROR].retry_after),
    Trouble.STORE: Meaning("the store on this device cannot be written", FAREWELLS[Reason.STORE_FAILED].retry_after),
    Trouble.FAILED: Meaning("this client failed unexpectedly; its log says how", 60),
}

_BY_REASON = {
    Reason.REPLACED: Trouble.REPLACED,
    Reason.REVOKED: Trouble.REVOKED,
    Reason.OVERLOADED: Trouble.BUSY,
    Reason.SILENT: Trouble.SILENT,
    Reason.TOO_SLOW: Trouble.SILENT,
}


@dataclass(frozen=True, slots=True)
class End:
    """How a connection, or the attempt at one, ended. `told_s`: not to come back before, as the hub said."""

    trouble: Trouble
    detail: str = ""
    told_s: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether not to come back until a person asks for it."""
        return MEANINGS[self.trouble].pause_s == NEVER

    @property
    def pause_s(self) -> float | None:
        """Seconds to stay away at least; None: the usual backoff."""
        return MEANINGS[self.trouble].pause_s if self.told_s is None else self.told_s

    @property
    def words(self) -> str:
        """The trouble for a person."""
        meaning = MEANINGS[self.trouble].words
        return f"{meaning} ({self.detail})" if self.detail else meaning


def end_of(goodbye: Goodbye) -> End:
    """What the hub's goodbye means; a reason of a later version is one to come back after."""
    try:
        reason = Reason(goodbye.reason)
    except ValueError:
        return End(Trouble.HUB_LEFT, goodbye.words, goodbye.retry_after)
    farewell = FAREWELLS[reason]
    told = farewell.retry_after if goodbye.retry_after is None else goodbye.retry_after
    return End(
        _BY_REASON.get(reason, Trouble.HUB_LEFT), goodbye.words or farewell.words, None if told == NEVER else told
    )
