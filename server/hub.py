"""The hub's service layer: everything that the API, the sockets and the commands ask of a hub. No HTTP in here.

One `Hub` in a process and one process on a data folder. It lives on the event loop; all database work is done in threads.

    publish ──▶ numbering lock ──▶ writer thread ──▶ commit ──▶ hub.log ──▶ listeners ──▶ answer
                (one at a time: a number, and what it inherits, depend on the entry before)

`hub.log` is appended only after the commit, so nothing can leave before it is durable. Every failure is an error of
`alerts.errors`: RefusedError (what was asked cannot be), StoreError (the store cannot do it now), InvalidAlertError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Protocol

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.session.claim import Claim
from alerts.session.commits import HubCommand, HubOutcome
from alerts.session.log import Entry, Log
from server.clock import HubClock
from server.delivery import Delivery
from server.store.records import (
    AreaRow,
    Check,
    Credential,
    DeviceReport,
    DeviceRow,
    Enrolled,
    Published,
    Revoked,
    Role,
    StoredAlert,
    TokenRow,
)

__all__ = ["Credential", "Hub", "HubListener", "HubOptions", "Published", "Revoked", "Role"]


@dataclass(frozen=True, slots=True)
class HubOptions:
    """What the operator can set. Times in seconds."""

    default_life_s: int = 7 * 86_400
    """How long an alert holds that does not say."""
    idempotency_kept_s: int = 2 * 86_400
    claims_written_every_s: float = 0.2
    """How long a device's position may wait to be written together with others."""


class HubListener(Protocol):
    """Hears what the log and the devices do, on the event loop, after the commit."""

    def log_grew(self, entry: Entry) -> None:
        """An alert stands in `hub.log`."""
        ...

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """A device's audience was changed, and `hub.log` has the entry."""
        ...

    def device_revoked(self, device: str) -> None:
        """A device's credential holds no more: its connections end now."""
        ...

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Ops have set a device's languages."""
        ...

    def clock_stepped(self) -> None:
        """The hub's clock was set. `hub.log` is now another object, in a new epoch: say goodbye to everybody."""
        ...


class Hub:
    """One hub on one data folder. Read `log` through the hub each time: after a step of the clock it is another object."""

    log: Log
    clock: HubClock
    options: HubOptions

    @classmethod
    async def open(cls, data_dir: FilePath, options: HubOptions, clock: HubClock) -> Hub:
        """Open (or make) the store in `data_dir`, migrate it, begin an epoch, load what lives.

        Raises UserError: another hub runs on this folder, the file is newer than this program, is no hub's store, …
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Write what waits, and close. Idempotent."""
        raise NotImplementedError

    def now(self) -> int:
        """The hub's time in whole seconds."""
        raise NotImplementedError

    async def tick(self) -> None:
        """Call it once a second: watches the clock, forgets what is over, notices devices revoked by a command."""
        raise NotImplementedError

    def subscribe(self, listener: HubListener) -> None:
        """Tell `listener` from now on."""
        raise NotImplementedError

    # -- alerts -------------------------------------------------------------------------------------------------------

    async def publish(
        self,
        alert: Alert,
        audience: Audience,
        *,
        by: Credential,
        idempotency_key: str | None = None,
        body_digest: bytes = b"",
        original: bytes | None = None,
        make_identifier: bool = False,
    ) -> Published:
        """Put an alert into the log. When this returns it is durable, and in `hub.log`.

        `original`: the XML as it came. `make_identifier`: the alert came without one; the hub puts one made of epoch and
        number in the place of `alert.identifier`.

        Raises AudienceError, UnknownAreaError, UnknownDeviceError, ExpiredAlertError, DuplicateAlertError,
        AlreadyReplacedError, IdempotencyConflictError, StoreError. A reference that is not known here is accepted and
        reported.
        """
        raise NotImplementedError

    async def alerts(self, *, after: int = 0, limit: int = 100, in_force: bool | None = None) -> list[StoredAlert]:
        """Alerts above a number, in order; only those in force, only those not, or (None) all."""
        raise NotImplementedError

    async def alert(self, key_or_identifier: str) -> StoredAlert:
        """The alert with this number (digits), identity (`sender,identifier`) or identifier; of several the newest.

        Raises UnknownAlertError.
        """
        raise NotImplementedError

    async def delivery(self, number: int) -> Delivery:
        """How far an alert has come with each device. Raises UnknownAlertError."""
        raise NotImplementedError

    # -- devices ------------------------------------------------------------------------------------------------------

    async def make_enrolment_code(
        self,
        *,
        areas: tuple[str, ...] = (),
        roles: tuple[str, ...] = (),
        languages: tuple[str, ...] | None = None,
        name: str = "",
        valid_s: int = 7 * 86_400,
    ) -> str:
        """A code that enrols one device, once. Raises UnknownAreaError."""
        raise NotImplementedError

    async def enrol(self, code: str, *, name: str = "", languages: tuple[str, ...] = ()) -> Enrolled:
        """Enrol a device: an entry of the log. Raises CodeInvalidError, TooManyAttemptsError, StoreError."""
        raise NotImplementedError

    async def devices(self) -> list[DeviceRow]:
        """All devices, the revoked ones too."""
        raise NotImplementedError

    async def device(self, device: str) -> DeviceRow:
        """One device. Raises UnknownDeviceError."""
        raise NotImplementedError

    async def change_device(
        self,
        device: str,
        *,
        areas: tuple[str, ...] | None = None,
        roles: tuple[str, ...] | None = None,
        languages: tuple[str, ...] | None = None,
        name: str | None = None,
    ) -> DeviceRow:
        """Change what is not None. New areas or roles are an entry of the log; languages and name are not.

        Raises UnknownDeviceError, UnknownAreaError, StoreError.
        """
        raise NotImplementedError

    async def revoke_device(self, device: str) -> None:
        """End a device's credential; listeners hear it. Raises UnknownDeviceError."""
        raise NotImplementedError

    def languages_set_for(self, device: str, stated: tuple[str, ...]) -> tuple[str, ...] | None:
        """The languages that ops have set for a device, or None where its own hold. `stated`: in the handshake."""
        raise NotImplementedError

    def claim(self, device: str) -> Claim:
        """What the device is known to have."""
        raise NotImplementedError

    def record_claim(self, device: str, claim: Claim) -> None:
        """Take the newest connection's word for what the device has; written soon, together with others."""
        raise NotImplementedError

    async def take_uplink(self, device: str, command: HubCommand) -> HubOutcome:
        """Commit what a device sent, or read how far the hub has its outboxes.

        Raises RemoteProtocolError: the frame contradicts itself. StoreError.
        """
        raise NotImplementedError

    async def reports(self, *, limit: int = 1000) -> list[DeviceReport]:
        """What devices told ops, newest first: items that could not be used, alerts that the log lost, clones."""
        raise NotImplementedError

    # -- credentials and areas ----------------------------------------------------------------------------------------

    async def make_token(self, role: Role, name: str) -> str:
        """A new token's secret, shown this once. Raises NameTakenError."""
        raise NotImplementedError

    async def revoke_token(self, name: str) -> None:
        """End a token. Raises UnknownTokenError."""
        raise NotImplementedError

    async def tokens(self) -> list[TokenRow]:
        """All tokens, without their secrets."""
        raise NotImplementedError

    async def authenticate(self, secret: str) -> Credential | None:
        """Who holds this secret; None: nobody (any more)."""
        raise NotImplementedError

    async def authenticate_device(self, secret: str) -> str | Revoked | None:
        """The device that holds this secret; None: it is not known here."""
        raise NotImplementedError

    async def import_areas(self, rows: Iterable[tuple[str, str]]) -> int:
        """Add lines (code, name) to the list of areas, or rename them. How many. Raises UserError naming a bad line."""
        raise NotImplementedError

    async def areas(self) -> list[AreaRow]:
        """The list of areas. While it is empty, every well-formed code is taken, and reported as not checked."""
        raise NotImplementedError

    # -- the process --------------------------------------------------------------------------------------------------

    async def backup(self, path: FilePath) -> None:
        """A consistent copy, made while serving. Raises UserError."""
        raise NotImplementedError

    async def ready(self) -> list[Check]:
        """Whether the store can be written, and what else an operator should know."""
        raise NotImplementedError
