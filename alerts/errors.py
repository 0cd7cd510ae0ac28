"""Every error that Tocsin raises on purpose, in one tree.

TocsinError
├── InvalidAlertError      an alert breaks CAP or our rules; carries every violation with its path
├── RemoteProtocolError    the peer broke the protocol: say goodbye with its reason, resume from the cursor
│   └── LeanFrameError     by a lean frame that cannot be read here: come back without dictionaries once
├── LocalProtocolError     our own caller broke the protocol: a bug on this side
├── RefusedError           a hub refuses what it was asked; one class for each reason, below
├── StoreError             the store cannot take or give anything now: full, busy, broken
└── UserError              what a person asked for cannot be done; the text says what, where and what to do
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class TocsinError(Exception):
    """The root of the tree; never raised itself."""


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong: where (`info[0].area[1].polygon[0]`), what, and the line of the file where known."""

    path: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.line else self.path
        return f"{where}: {self.problem}"


class InvalidAlertError(TocsinError):
    """An alert that cannot be accepted, with all that is wrong with it, not only the first thing."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        assert violations, "an error without a violation says nothing"
        self.violations = tuple(violations)
        super().__init__("; ".join(str(violation) for violation in violations))


class RemoteProtocolError(TocsinError):
    """The peer sent what the protocol does not allow."""


class LeanFrameError(RemoteProtocolError):
    """A lean frame that cannot be read here: damaged, or made with something that is not here. Come back without dictionaries:
    the same alerts then come whole."""


class LocalProtocolError(TocsinError):
    """This side asked its session for something that the protocol does not allow now."""


class RefusedError(TocsinError):
    """A hub refuses what it was asked; the text says what, why and what to do instead."""


class AudienceError(RefusedError):
    """Nobody is addressed, or not as the alert's scope demands; such an alert is never sent to everyone."""


class OutOfAreasError(RefusedError):
    """Who asks is bound to areas, and asked for something outside them."""

    def __init__(self, areas: Sequence[str], what: str) -> None:
        self.areas = tuple(areas)
        super().__init__(f"your credential is bound to {', '.join(areas)}, and this would concern {what}")


class DurableError(RefusedError):
    """A durable subscription that cannot be had as it was asked for."""


class UnknownAreaError(RefusedError):
    """Codes of areas that are not in the list of areas and lie under nothing in it."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(
            f"unknown area{'s' if len(codes) > 1 else ''} {', '.join(codes)}: neither in the list of areas nor under "
            "anything in it; see the list of areas, or import what it lacks with `tocsin-hub area import FILE.csv`"
        )


class UnknownDeviceError(RefusedError):
    """Devices that were never enrolled here, or are revoked."""

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        super().__init__(
            f"unknown device{'s' if len(devices) > 1 else ''} {', '.join(devices)}: never enrolled here, or revoked"
        )


class UnknownAlertError(RefusedError):
    """No alert here has this number, identity or identifier."""


class ExpiredAlertError(RefusedError):
    """The alert ceased to hold before it was published."""


class DuplicateAlertError(RefusedError):
    """An alert of this sender with this identifier is here already; `number` is its number."""

    def __init__(self, key: str, number: int) -> None:
        self.key = key
        self.number = number
        super().__init__(
            f"the alert {key} is here already, as number {number}: an alert is never changed; publish an Update of it "
            "under a new identifier"
        )


class AlreadyReplacedError(RefusedError):
    """What an alert names, or the alert itself, was replaced by one that it does not name."""

    def __init__(self, key: str, by: str, number: int) -> None:
        self.key = key
        self.by = by
        self.number = number
        super().__init__(
            f"{key} was replaced by {by} (number {number}), which is not among the references: two versions would be in "
            "force at once; reference the newest one"
        )


class TooManyInForceError(RefusedError):
    """So many alerts are in force that a device could not be told of one more when it asks for all."""


class IdempotencyConflictError(RefusedError):
    """The same idempotency key came with another request."""


class CodeInvalidError(RefusedError):
    """An enrolment code that does not exist, was used or has expired; which of these is not said."""


class TooManyAttemptsError(RefusedError):
    """Too many wrong enrolment codes; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many wrong enrolment codes; try again in {retry_after} seconds")


class NameTakenError(RefusedError):
    """A token, or whatever else was to be made, of this name exists already."""


class UnknownFeedError(RefusedError):
    """No feed has this name, or no item this number."""


class AlreadyDecidedError(RefusedError):
    """The item of a feed does not wait for a decision (any more)."""


class UnknownWebhookError(RefusedError):
    """No webhook has this name."""


class TooManyWebhooksError(RefusedError):
    """There are as many webhooks as a hub serves."""


class UnknownTokenError(RefusedError):
    """No token has this name."""


class UnknownPersonError(RefusedError):
    """Nobody has an account under this name."""


class LastAdministratorError(RefusedError):
    """Nobody would be left who may decide about the whole hub."""


class PasswordError(RefusedError):
    """A new password that is too easy to guess; the text says why."""


class SignInRefusedError(RefusedError):
    """The name or the password is wrong, or the account is closed; which of these is not said."""


class InvitationInvalidError(RefusedError):
    """A code with which to set a password that is wrong, was used, or has expired; which of these is not said."""


class SetupCodeError(RefusedError):
    """Not the code with which the first account is made."""


class TooManySignInsError(RefusedError):
    """Too many tries to sign in, or too many at once; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many tries to sign in; try again in {retry_after} seconds")


class NoSessionError(RefusedError):
    """What is asked is about a session, or about a person's own account, and who asks has none."""


class RuleError(RefusedError):
    """A rule that makes no sense: what is wrong, and where in it (`path`)."""

    def __init__(self, problem: str, path: str) -> None:
        self.problem = problem
        self.path = path
        super().__init__(f"{path}: {problem}")


class ContactError(RefusedError):
    """A contact's address that cannot be used: its service is not allowed, or the address is not complete."""


class UnknownContactError(RefusedError):
    """No contact has this name."""


class UnknownRuleError(RefusedError):
    """No rule has this name."""


class UnknownDraftError(RefusedError):
    """No draft has this number."""


class DraftStateError(RefusedError):
    """The draft is not in a status in which this can be done with it."""


class DraftChangedError(RefusedError):
    """The draft is no longer the version that was looked at; `version` is the one that it is now."""

    def __init__(self, draft: int, version: int) -> None:
        self.version = version
        super().__init__(f"draft {draft} was changed meanwhile: it is version {version} now; look at it again")


class NumbersChangedError(RefusedError):
    """As many devices as were said are not the ones that the alert would reach now; `devices` is how many it would."""

    def __init__(self, said: int, devices: int) -> None:
        self.devices = devices
        super().__init__(f"it would reach {devices} devices now, not {said}: look again, and say how many")


class SecondPersonError(RefusedError):
    """The alert needs a second person, and this is none: the role is missing, or it is one of the authors."""


class UnknownTemplateError(RefusedError):
    """No template has this name."""


class StoreError(TocsinError):
    """The store cannot take or give anything now; nothing of what was asked has happened."""


class StoreFullError(StoreError):
    """There is no room left on the disk."""


class StoreBusyError(StoreError):
    """Another program holds the database; it is worth trying again."""


class UserError(TocsinError):
    """What a person asked for cannot be done. `hint` says what to do next, `exit_code` what a command returns."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code
