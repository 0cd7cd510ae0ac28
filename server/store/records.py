"""What the store hands out: values, not rows. All times are the hub's, in whole seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.audience import Audience
from alerts.cap.model import Alert


class Role(StrEnum):
    """What a token allows: publish, do everything, or look."""

    PUBLISHER = "publisher"
    ADMIN = "admin"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Credential:
    """Who asks: a token's name and role. Idempotency keys belong to it."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is listed; its secret is known to nobody but its holder."""

    name: str
    role: Role
    made_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Revoked:
    """The secret was a device's and is so no more. (A secret that is not known at all is another matter: the store may
    have been put back from an old copy.)"""

    device: str


@dataclass(frozen=True, slots=True)
class Published:
    """An alert that stands durably in the log. `created` False: it stood there already, the request was a repeat.

    `reports`: what the publisher should know (a reference that is not known here, areas that could not be checked).
    """

    identifier: str
    sender: str
    key: str
    number: int
    epoch: int
    created: bool
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert of the log, living or archived.

    `expires` is when the hub takes it to end; `original` the XML as it came, if it came as XML; `replaced_by` the number of
    the update or cancel that replaced it; `in_force` as of the reading.
    """

    number: int
    epoch: int
    alert: Alert
    audience: Audience
    reach: tuple[Audience, ...]
    expires: int
    published_at: int
    published_by: str
    original: bytes | None
    replaced_by: int | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as ops see it. `languages_set`: by ops; None where the device's own hold. `cursor` as last stated.

    `clone_seen_at`: when it was proved that two copies of its store are in use.
    """

    device: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    languages_set: tuple[str, ...] | None
    enrolled_at: int
    revoked_at: int | None
    last_seen: int | None
    cursor: int
    epoch: int
    clone_seen_at: int | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device that has just been enrolled; `token` is shown this once."""

    device: str
    token: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A line of the list of areas."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What a device told ops: an item of the downlink that it could not use, or alerts that the hub's log lost."""

    device: str
    at: int
    kind: str
    """`quarantined`, `lost`, `unusable` (an item of the device's that the hub could not use) or `clone`."""
    words: str
    epoch: int = 0
    number: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of readiness: what was looked at, whether it is well, and words."""

    name: str
    ok: bool
    words: str
