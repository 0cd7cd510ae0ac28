"""What `/v1/session`, `/v1/sessions` and `/v1/people` take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from server.accounts.passwords import CHARS_MAX
from server.api.tokens_types import TokenName
from server.api.types import AreasOfDevice, Asked, LanguageTag, Moment, Said, maybe_time_of, time_of
from server.hub import Credential, Role
from server.store.credentials import NAME_CHARS_MAX
from server.store.people import PersonRow, has_invitation
from server.store.sessions import Session

Password = Annotated[
    str, StringConstraints(min_length=1, max_length=CHARS_MAX), Field(json_schema_extra={"format": "password"})
]
GivenName = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SignInBody(Asked):
    """Somebody who signs in."""

    name: GivenName
    password: Password


class PasswordBody(Asked):
    """Another password."""

    password: Password
    """The present one."""
    new_password: Password
    """The new one: at least 12 characters, and not the name."""


class OwnChange(Asked):
    """What somebody sets for themselves."""

    language: LanguageTag
    """The language (BCP 47) of the console."""


class InvitationBody(Asked):
    """Somebody who sets a password with a code."""

    name: GivenName
    code: Code
    """The code, as an administrator has given it."""
    password: Password
    """At least 12 characters, and not the name."""


class FirstBody(Asked):
    """The first account."""

    code: Code
    """The setup code that the hub has printed at its start."""
    name: TokenName
    """The name of the first administrator."""
    password: Password
    """At least 12 characters, and not the name."""
    language: LanguageTag | None = None
    """The language (BCP 47) of the console."""


class FirstAnswer(Said):
    """Whether the first account is still to be made."""

    needed: bool


class SessionAnswer(Said):
    """Who asks, and what a change must carry."""

    name: str
    role: Role
    areas: tuple[str, ...]
    """What they are bound to; empty: to nothing."""
    language: str | None
    """The language (BCP 47) of the console that they have chosen."""
    is_person: bool
    """Whether they have signed in; else the request came with a token."""
    csrf: str
    """What every change with this session's cookie carries in the header `X-CSRF-Token`; empty for a token."""
    began_at: Moment | None
    ends_at: Moment | None
    """When they will be signed out, if nothing is asked until then."""

    @classmethod
    def of(cls, credential: Credential, session: Session | None, csrf: str) -> SessionAnswer:
        """From the hub's."""
        return cls(
            name=credential.name,
            role=credential.role,
            areas=credential.areas,
            language=session.language if session else None,
            is_person=credential.is_person,
            csrf=csrf,
            began_at=time_of(session.began_at) if session else None,
            ends_at=time_of(session.ends_at) if session else None,
        )


class OwnSession(Said):
    """One of somebody's own sessions."""

    id: int
    began_at: Moment
    seen_at: Moment
    """When it was last in use, within a minute."""
    address: str
    """The network address from which it began."""
    agent: str
    """What the browser says that it is."""
    is_this: bool
    """Whether it is the one that asks."""


class SessionList(Said):
    """All sessions of who asks, the newest first."""

    sessions: tuple[OwnSession, ...]


class SignedOut(Said):
    """How many sessions were ended."""

    ended: int


class PersonBody(Asked):
    """Somebody who gets an account."""

    name: TokenName
    """What they sign in with, and what decisions are told by. It is theirs for ever, and no token has it."""
    role: Role
    """viewer looks; author composes; approver is the second person; administrator decides about everything."""
    areas: AreasOfDevice = ()
    """What they are bound to: they see what reaches somebody there, and address nobody outside. Empty: everywhere."""
    language: LanguageTag | None = None
    """The language (BCP 47) of the console."""


class PersonEdit(Asked):
    """What to change; what is null or left out stays. Another role or other areas, and closing the account, signs them out."""

    role: Role | None = None
    areas: AreasOfDevice | None = None
    language: LanguageTag | None = None
    disabled: Annotated[bool, Field(strict=True)] | None = None
    """Whether the account is closed: nobody signs in with it until it is opened again."""


class PersonAnswer(Said):
    """An account."""

    name: str
    role: Role
    areas: tuple[str, ...]
    language: str | None
    made_at: Moment
    disabled_at: Moment | None
    """When the account was closed."""
    state: Literal["active", "invited", "expired", "disabled"]
    """active: has a password; invited: has a code with which to set one; expired: had; disabled: the account is closed."""
    invited_until: Moment | None
    """Until when the code holds."""

    @classmethod
    def of(cls, row: PersonRow, now: int) -> PersonAnswer:
        """From the hub's."""
        return cls(
            name=row.name,
            role=row.role,
            areas=row.areas,
            language=row.language,
            made_at=time_of(row.made_at),
            disabled_at=maybe_time_of(row.disabled_at),
            state=_state(row, now),
            invited_until=maybe_time_of(row.invited_until),
        )


class PersonList(Said):
    """All people with an account, by name."""

    people: tuple[PersonAnswer, ...]


class InvitedAnswer(Said):
    """An account, and the code with which its owner sets a password, shown this once."""

    person: PersonAnswer
    code: str = Field(json_schema_extra={"format": "password"})
    """Give it to them yourself, not by the same way as the hub's address."""
    expires_at: Moment


def _state(row: PersonRow, now: int) -> Literal["active", "invited", "expired", "disabled"]:
    if row.disabled_at is not None:
        return "disabled"
    if row.password is not None:
        return "active"
    return "invited" if has_invitation(row, now) else "expired"
