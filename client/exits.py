"""What the commands' exit codes mean; `docs/field-client.md` shows this table."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 is success. 1 is an unexpected failure, 2 a command that was written wrongly."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_FOUND = 4
    STORE = 5
    NOT_JOINED = 6
    IN_USE = 7
    REVOKED = 8
    REFUSED = 9
    OVER = 10


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "an unexpected failure",
    ExitCode.USAGE: "the command or a value in it was written wrongly",
    ExitCode.UNREACHABLE: "the hub cannot be reached, or what answers is no hub",
    ExitCode.NOT_FOUND: "there is no such alert in the inbox, or more than one",
    ExitCode.STORE: "the store on this device cannot be read or written",
    ExitCode.NOT_JOINED: "this device has not joined a hub, or has joined another one",
    ExitCode.IN_USE: "another process runs the link of this store",
    ExitCode.REVOKED: "the hub has revoked this device",
    ExitCode.REFUSED: "the hub refused what was asked for",
    ExitCode.OVER: "the alert was withdrawn, or is not for this device any more",
}
