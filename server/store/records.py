"""What the store hands out: values, not rows. All times are the hub's, in whole seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.audience import Audience
from alerts.cap.model import Alert


class Role(StrEnum):
    """What a person or a program may do: each may also do what those before it may (server/rights.py).

    viewer looks; author composes, and publishes what needs no second person; approver is that second person;
    administrator also decides about people, devices and everything that is set up.
    """

    VIEWER = "viewer"
    AUTHOR = "author"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Credential:
    """Who asks: a token's or person's name and role, and the areas that it is bound to (none: it is bound to none).
    Idempotency keys belong to the name. `is_person`: somebody who signed in, not a program."""

    name: str
    role: Role
    areas: tuple[str, ...] = ()
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is listed; its secret is known to nobody but its holder."""

    name: str
    role: Role
    made_at: int
    revoked_at: int | None
    areas: tuple[str, ...] = ()


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
    """A device as ops see it. `languages_set`: by ops; None where the device's own hold. `cursor` as last stated. `supervisor`:
    a contact's name. `phone`: where its user is called. `reference`: the ministry's own name of it, if it came from the roster.

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
    supervisor: str | None = None
    phone: str | None = None
    reference: str | None = None


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


class AreaKind(StrEnum):
    """What a line of the list of areas is. A facility is the leaf of the tree; to an audience both are areas."""

    AREA = "area"
    FACILITY = "facility"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map, in degrees (WGS 84)."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A line of the list of areas."""

    code: str
    name: str
    kind: AreaKind = AreaKind.AREA
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A device that ops expect, under the ministry's own reference; `device` from its enrolment on. `languages` None: it is left
    to the device."""

    reference: str
    name: str
    areas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] | None = None
    supervisor: str | None = None
    phone: str | None = None
    device: str | None = None


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
