"""Why a connection ends, and when to come back: one table.

Close codes are those that RFC 6455 §7.4 allows an endpoint to send. A hub says goodbye in a frame and then closes, so that
the reason survives where only frames travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from alerts import limits


class Reason(IntEnum):
    """The numbers are part of the protocol and never used again for something else."""

    STOPPING = 0
    REPLACED = 1
    REVOKED = 2
    CLOCK_CHANGED = 3
    TOO_SLOW = 4
    PROTOCOL_ERROR = 5
    OVERLOADED = 6
    SILENT = 7
    DONE = 8
    STORE_FAILED = 9


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a reason means: the WebSocket close code, words, and seconds to stay away.

    `retry_after` None: come back by the usual backoff; -1: do not come back by itself.
    """

    close_code: int
    words: str
    retry_after: int | None = None


NEVER = -1

FAREWELLS: dict[Reason, Farewell] = {
    Reason.STOPPING: Farewell(1001, "the hub is stopping", 5),
    Reason.REPLACED: Farewell(4001, "this store of the device has connected again", limits.REPLACED_WAIT_SECONDS),
    Reason.REVOKED: Farewell(4003, "this device's credential was revoked", NEVER),
    Reason.CLOCK_CHANGED: Farewell(4004, "the hub's clock was set", 1),
    Reason.TOO_SLOW: Farewell(4005, "nothing was confirmed for too long"),
    Reason.PROTOCOL_ERROR: Farewell(1002, "what was received breaks the protocol", 30),
    Reason.OVERLOADED: Farewell(1013, "too many connections", 60),
    Reason.SILENT: Farewell(4006, "nothing was heard for too long"),
    Reason.DONE: Farewell(1000, "the client is going"),
    Reason.STORE_FAILED: Farewell(1011, "the store cannot be written", 60),
}
