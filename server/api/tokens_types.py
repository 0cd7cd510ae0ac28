"""What `/v1/tokens` takes and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from server.api.types import AreasOfDevice, Asked, Moment, Said, maybe_time_of, time_of
from server.hub import Role
from server.store.credentials import NAME_CHARS_MAX
from server.store.records import TokenRow

TokenName = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$", max_length=NAME_CHARS_MAX)
]


class TokenBody(Asked):
    """A token to make."""

    role: Role
    """viewer reads; author also publishes; approver also approves; administrator may do everything."""
    name: TokenName
    """Who or what will use it; alerts are listed with it. A name is used once, also after it was revoked."""
    areas: AreasOfDevice = ()
    """What it is bound to: it sees what reaches somebody in these areas, and addresses nobody outside them. Empty: everywhere."""


class TokenAnswer(Said):
    """A token, without its secret."""

    name: str
    role: Role
    areas: tuple[str, ...]
    """What it is bound to; empty: to nothing."""
    made_at: Moment
    revoked_at: Moment | None

    @classmethod
    def of(cls, row: TokenRow) -> TokenAnswer:
        """From the hub's."""
        return cls(
            name=row.name,
            role=row.role,
            areas=row.areas,
            made_at=time_of(row.made_at),
            revoked_at=maybe_time_of(row.revoked_at),
        )


class TokenList(Said):
    """All tokens, the revoked ones too, the oldest first."""

    tokens: tuple[TokenAnswer, ...]


class TokenMade(Said):
    """A token that was just made."""

    name: str
    role: Role
    areas: tuple[str, ...]
    token: str = Field(json_schema_extra={"format": "password"})
    """The secret, shown this once: only its hash is kept."""
