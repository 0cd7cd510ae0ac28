"""The hub's service layer: everything that the API, the sockets and the commands ask of a hub. No HTTP in here.

One `Hub` in a process and one process on a data folder. It lives on the event loop; all database work is done in threads.

    publish ──▶ numbering lock ──▶ writer thread ──▶ commit ──▶ hub.log ──▶ listeners ──▶ answer
                (one at a time: a number, and what it inherits, depend on the entry before)

`hub.log` is appended only after the commit, so nothing can leave before it is durable. Every failure is an error of
`alerts.errors`: RefusedError (what was asked cannot be), StoreError (the store cannot do it now), InvalidAlertError.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, Protocol, TypeVar

import structlog
from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.errors import CodeInvalidError, StoreError, UnknownDeviceError, UserError
from alerts.limits import EPOCH_MAX
from alerts.session.claim import Claim, moved
from alerts.session.commits import HubCommand, HubOutcome, ReadStand
from alerts.session.log import Entry, Log
from alerts.wire.dictionary import Dictionary
from server import scope
from server.audit import HUB, AuditAction
from server.clock import HubClock
from server.delivery import Delivery
from server.event_tail import EventTail
from server.local_key import LocalKey
from server.publish import Prepared, Submission, check_roles, commit, find_repeat, prepare
from server.store import alerts as alert_rows
from server.store import areas as area_rows
from server.store import audit, codes, credentials, deliveries, roster, uplink
from server.store import claims as claim_rows
from server.store import devices as device_rows
from server.store import dictionaries as dictionary_rows
from server.store import events as event_rows
from server.store import log as log_rows
from server.store import reports as report_rows
from server.store.claims import Heard
from server.store.codes import Grant
from server.store.copies import copy_database
from server.store.database import Store, transaction
from server.store.dictionaries import Trained
from server.store.folder import Folder
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
from server.store.schema import migrate

__all__ = ["Credential", "Hub", "HubListener", "HubOptions", "Published", "Revoked", "Role"]


Result = TypeVar("Result")
_logger = structlog.get_logger(__name__)

PRUNED_EVERY_S = 3600
"""How often old events are forgotten, in seconds."""

DISK_FREE_BYTES_MIN = 64 * 1024 * 1024
"""Below this `ready` says that the disk is filling up."""


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


@dataclass(frozen=True, slots=True)
class _Opened:
    """What opening a store yields."""

    folder: Folder
    store: Store
    log: Log
    heard: dict[str, Heard]
    languages_set: dict[str, tuple[str, ...]]
    revoked: set[str]
    newest_event: int


class Hub:
    """One hub on one data folder. Read `log` through the hub each time: after a step of the clock it is another object."""

    def __init__(self, opened: _Opened, options: HubOptions, clock: HubClock) -> None:
        self.log = opened.log
        self.clock = clock
        self.options = options
        self._folder = opened.folder
        self._store = opened.store
        self._heard = opened.heard
        self._languages_set = opened.languages_set
        self._revoked = opened.revoked
        self._attempts = codes.Attempts()
        self._listeners: list[HubListener] = []
        self._hearers: list[Callable[[str], None]] = []
        # A number, and what its entry inherits, depend on the entry before: one at a time is numbered, committed and
        # appended. Other writes (claims, uplinks, tokens) do not wait for this lock and share the transaction's group.
        self._numbering = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._dirty: dict[str, Heard] = {}
        self._moving: dict[str, tuple[Reader, Reader]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self.events = EventTail(self.read, opened.newest_event)
        self._lapsed = self._pruned = self.now()
        self._closed = False
        self.local_key: LocalKey | None = None

    @classmethod
    async def open(cls, data_dir: FilePath, options: HubOptions, clock: HubClock) -> Hub:
        """Open (or make) the store in `data_dir`, migrate it, begin an epoch, load what lives.

        Raises UserError: another hub runs on this folder, the file is newer than this program, is no hub's store, …
        """
        return cls(await asyncio.to_thread(_open, data_dir, clock.now()), options, clock)

    async def close(self) -> None:
        """Finish what has begun, write what waits, and close. Idempotent."""
        if self._closed:
            return
        self._closed = True
        if self._flush_timer is not None:
            self._flush_timer.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        await self._flush()
        await asyncio.to_thread(self._store.stop)
        self._folder.unlock()

    @property
    def database(self) -> FilePath:
        """The database's file."""
        return self._folder.database

    def now(self) -> int:
        """The hub's time in whole seconds."""
        return self.clock.now()

    async def tick(self) -> None:
        """Call it once a second: watches the clock, forgets what is over, notices devices revoked by a command.

        Raises StoreError; the next tick tries again.
        """
        step_s = self.clock.tick()
        if step_s is not None:
            await self._numbered(self._step(step_s))
        await self._note_lapsed()
        self.log.forget_dead(self.now())
        await self.events.look()
        for device in await self.read(device_rows.revoked) - self._revoked:
            self._note_revoked(device)

    async def _note_lapsed(self) -> None:
        """Write which alerts have come to their end, and, once an hour, forget old events."""
        now = self.now()
        if any(self._lapsed < entry.expires <= now for entry in self.log):
            await self._write(lambda db: event_rows.note_lapsed(db, now))
        self._lapsed = max(now, self._lapsed)
        if now - self._pruned >= PRUNED_EVERY_S:
            await self._write(lambda db: event_rows.forget_old(db, now))
            self._pruned = now

    def subscribe(self, listener: HubListener) -> None:
        """Tell `listener` from now on."""
        self._listeners.append(listener)

    def hear(self, hearer: Callable[[str], None]) -> None:
        """Tell `hearer` from now on which device was heard: what it has may be other than before. It must be quick."""
        self._hearers.append(hearer)

    # -- threads and order --------------------------------------------------------------------------------------------

    def read(self, job: Callable[[SqliteDatabase], Result]) -> Coroutine[Any, Any, Result]:
        """What a job (a function of the database, run in a thread) reads. Raises StoreError, and what the job raises."""
        return _answer(self._store.read(job))

    async def write(self, job: Callable[[SqliteDatabase], Result]) -> Result:
        """What a job answers whose writing is committed when this returns; then who follows the events is woken.

        Raises StoreError, and what the job raises; nothing is written then.
        """
        result = await self._write(job)
        self._look_for_events()
        return result

    def _look_for_events(self) -> None:
        """Take up what was written, soon, once for all that was written meanwhile."""
        self.events.expect()
        if self._looking is None and not self._closed:
            self._looking = asyncio.get_running_loop().create_task(self._look())
            self._tasks.add(self._looking)
            self._looking.add_done_callback(self._tasks.discard)

    async def _look(self) -> None:
        self._looking = None
        try:
            await self.events.look()
        except StoreError as error:
            _logger.warning("the events could not be read, and will be at the next look", error=str(error))

    def _write(self, job: Callable[[SqliteDatabase], Result]) -> Coroutine[Any, Any, Result]:
        return _answer(self._store.write(job))

    async def _numbered(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` alone among all that give numbers, to its end.

        The work goes on when whoever asked for it is cancelled: what has been committed must come into the log.
        """

        async def alone() -> Result:
            async with self._numbering:
                return await work

        return await self._to_its_end(alone())

    async def _to_its_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    def _tell(self, event: str, *values: object) -> None:
        """Tell the listeners what is committed; one that fails changes nothing about that."""
        for listener in self._listeners:
            try:
                getattr(listener, event)(*values)
            except Exception:
                _logger.exception("a listener of the hub failed", listener_event=event)

    async def _step(self, step_s: float) -> None:
        """The clock was set: a new epoch, and the log as it is at the new time (what had ended may live again)."""
        now = int(self.now() + step_s)

        def job(db: SqliteDatabase) -> Log:
            log_rows.begin_epoch(db, _random_epoch(), now, f"the clock was set by {step_s:+.0f} s")
            return log_rows.read_log(db, now)

        self.log = await self._write(job)
        self.clock.accept(step_s)
        _logger.warning("the clock was set", seconds=round(step_s), epoch=self.log.path.newest())
        self._tell("clock_stepped")

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
        also_replaces: tuple[str, ...] = (),
        then: Callable[[SqliteDatabase, Published], None] | None = None,
    ) -> Published:
        """Put an alert into the log. When this returns it is durable, and in `hub.log`.

        `original`: the XML as it came. `make_identifier`: the alert came without one; the hub puts one made of epoch and
        number in the place of `alert.identifier`. `also_replaces`: what an update or cancel replaces beside what it names.
        `then` is done in the same transaction.

        Raises AudienceError, OutOfAreasError, UnknownAreaError, UnknownDeviceError, ExpiredAlertError, DuplicateAlertError,
        AlreadyReplacedError, TooManyInForceError, IdempotencyConflictError, StoreError. A reference that is not known
        here is accepted and reported.
        """
        submission = Submission(
            *(alert, audience, by, idempotency_key, body_digest, original, make_identifier, also_replaces, then)
        )
        return await self._numbered(self._publish(submission))

    async def _publish(self, submission: Submission) -> Published:
        if submission.idempotency_key is not None:
            key, digest = submission.idempotency_key, submission.digest
            repeat = await self.read(lambda db: find_repeat(db, key, submission.by.name, digest))
            if repeat:
                return repeat
        now = self.now()
        prepared = await self.prepare(submission, now)
        kept_s = self.options.idempotency_kept_s
        published = await self.write(lambda db: commit(db, submission, prepared, now=now, kept_s=kept_s))
        self.log.append(prepared.entry)
        self._tell("log_grew", prepared.entry)
        return published

    async def prepare(self, submission: Submission, now: int) -> Prepared:
        """The entry that a submission becomes if it is appended next. Raises as `publish`, but for what the store knows."""
        unknown = [key for key in submission.reference_keys if self.log.find(key) is None]
        archived = await self.read(lambda db: log_rows.find_entries(db, unknown)) if unknown else []
        life_s = self.options.default_life_s
        prepared = prepare(self.log, submission, now=now, default_life_s=life_s, archived=archived)
        for audience in prepared.entry.reach:
            scope.check_may_address(submission.by.areas, audience, self.areas_of)
        return prepared

    def areas_of(self, device: str) -> tuple[str, ...]:
        """The areas that a device is in; none if it is not known, or revoked."""
        enrolment = self.log.enrolled.get(device)
        return () if enrolment is None else enrolment.reader.areas

    def may_see(self, credential: Credential, alert: StoredAlert | Entry) -> bool:
        """Whether what a credential is bound to includes an alert."""
        return scope.may_see(credential.areas, alert.reach, self.areas_of)

    async def alerts(self, *, after: int = 0, limit: int = 100, in_force: bool | None = None) -> list[StoredAlert]:
        """Alerts above a number, in order; only those in force, only those not, or (None) all."""
        return await self.read(lambda db: alert_rows.alerts_after(db, after, limit, in_force, self.now()))

    async def alert(self, key_or_identifier: str) -> StoredAlert:
        """The alert with this number (digits), identity (`sender,identifier`) or identifier; of several the newest.

        Raises UnknownAlertError.
        """
        return await self.read(lambda db: alert_rows.find_alert(db, key_or_identifier, self.now()))

    async def delivery(self, number: int) -> Delivery:
        """How far an alert has come with each device. Raises UnknownAlertError."""
        claims = {device: heard.claim for device, heard in self._heard.items()}
        now = self.now()
        return await self.read(lambda db: deliveries.delivery(db, number, claims, now))

    def heard(self) -> dict[str, Heard]:
        """What each device is known to have, and when it was last heard, as of now."""
        return dict(self._heard)

    # -- devices ------------------------------------------------------------------------------------------------------

    async def make_enrolment_code(
        self,
        *,
        areas: tuple[str, ...] = (),
        roles: tuple[str, ...] = (),
        languages: tuple[str, ...] | None = None,
        name: str = "",
        valid_s: int = 7 * 86_400,
        by: str = HUB,
    ) -> str:
        """A code that enrols one device, once. Raises UnknownAreaError, AudienceError."""
        check_roles(roles)
        code, now = codes.make_code(), self.now()
        salt = await self._write(codes.ensure_salt)
        code_hash = await asyncio.to_thread(codes.hash_code, code, salt)

        def job(db: SqliteDatabase) -> None:
            area_rows.check_areas(db, areas)
            codes.store_code(db, code_hash, Grant(name, areas, roles, languages), now, valid_s)
            audit.note(db, now, by, AuditAction.CODE_MADE, name, areas=areas, roles=roles)

        await self._write(job)
        return code

    async def enrol(self, code: str, *, name: str = "", languages: tuple[str, ...] = ()) -> Enrolled:
        """Enrol a device: an entry of the log. Raises CodeInvalidError, TooManyAttemptsError, StoreError.

        What ops wrote into the code goes before the device's own name and languages.
        """
        clock = self.clock.monotonic()
        self._attempts.check(clock)
        self._attempts.begun(clock)
        try:
            salt = await self.read(codes.read_salt)
            code_hash = await asyncio.to_thread(codes.hash_code, code, salt or b"")
            enrolled = await self._numbered(self._enrol(code_hash, name, languages))
        except CodeInvalidError:
            raise
        except BaseException:
            self._attempts.right()
            raise
        self._attempts.right()
        return enrolled

    async def _enrol(self, code_hash: bytes, name: str, languages: tuple[str, ...]) -> Enrolled:
        device, token, now = device_rows.make_device_id(), credentials.make_device_secret(), self.now()
        number, epoch = self.log.head + 1, self.log.path.newest()

        def job(db: SqliteDatabase) -> tuple[Grant, Heard]:
            grant = codes.read_grant(db, code_hash, now)
            reader, heard = Reader(device, grant.areas, grant.roles), Heard(languages=languages)
            codes.use_code(db, code_hash, device, now)
            device_rows.enrol(
                *(db, number, epoch, reader),
                name=grant.name or name or device,
                languages_set=grant.languages,
                token_hash=credentials.hash_secret(token),
                now=now,
            )
            if grant.reference is not None:
                roster.join(db, grant.reference, device, now)
            claim_rows.write_claims(db, {device: heard})
            said = {"name": grant.name or name, "areas": grant.areas, "roles": grant.roles}
            audit.note(db, now, HUB, AuditAction.DEVICE_ENROLLED, device, **said)
            return grant, heard

        grant, heard = await self.write(job)
        self.log.enrol(number, Reader(device, grant.areas, grant.roles))
        self._heard[device] = heard
        if grant.languages is not None:
            self._languages_set[device] = grant.languages
        held = grant.languages if grant.languages is not None else languages
        return Enrolled(device, token, grant.name or name or device, grant.areas, grant.roles, held, number)

    async def devices(self) -> list[DeviceRow]:
        """All devices, the revoked ones too."""
        return [self._fresh(row) for row in await self.read(device_rows.devices)]

    async def device(self, device: str) -> DeviceRow:
        """One device. Raises UnknownDeviceError."""
        return self._fresh(await self.read(lambda db: device_rows.device(db, device)))

    def _fresh(self, row: DeviceRow) -> DeviceRow:
        """A row with what was heard since it was written."""
        heard = self._heard.get(row.device, Heard())
        claim = heard.claim
        return replace(row, languages=heard.languages, last_seen=heard.at, cursor=claim.cursor, epoch=claim.epoch)

    async def change_device(
        self,
        device: str,
        *,
        areas: tuple[str, ...] | None = None,
        roles: tuple[str, ...] | None = None,
        languages: tuple[str, ...] | None = None,
        name: str | None = None,
        supervisor: str | None = None,
        phone: str | None = None,
        by: str = HUB,
    ) -> DeviceRow:
        """Change what is not None. New areas or roles are an entry of the log; languages, name, supervisor and phone are not.

        Raises UnknownDeviceError, UnknownAreaError, AudienceError, ContactError, StoreError.
        """
        await self._numbered(self._change(device, areas, roles, languages, name, supervisor, phone, by))
        return await self.device(device)

    async def _change(
        self,
        device: str,
        areas: tuple[str, ...] | None,
        roles: tuple[str, ...] | None,
        languages: tuple[str, ...] | None,
        name: str | None,
        supervisor: str | None,
        phone: str | None,
        by: str,
    ) -> None:
        if device not in self.log.enrolled:
            raise UnknownDeviceError([device])
        before = self.log.enrolled[device].reader
        after = Reader(device, before.areas if areas is None else areas, before.roles if roles is None else roles)
        check_roles(after.roles)
        await self._write_change(before, after, languages, name, supervisor, phone, by)
        if after != before:
            self.log.enrol(self.log.head + 1, after)
            self._tell("device_moved", device, before, after)
        if languages is not None and languages != self._languages_set.get(device):
            self._languages_set[device] = languages
            self._tell("languages_set", device, languages)

    async def _write_change(
        self,
        before: Reader,
        after: Reader,
        languages: tuple[str, ...] | None,
        name: str | None,
        supervisor: str | None,
        phone: str | None,
        by: str,
    ) -> None:
        """The change in one transaction, with the claim: what is newly addressed to the device it has not had yet.

        A claim that a connection records meanwhile is not aware of the move, and is told so in `record_claim`.
        """
        device, number, epoch, now = after.device, self.log.head + 1, self.log.path.newest(), self.now()
        heard = self._heard.get(device, Heard())
        moved_claim = replace(heard, claim=moved(heard.claim, self.log, before, after))

        def job(db: SqliteDatabase) -> None:
            device_rows.check_devices(db, [device])
            if after != before:
                area_rows.check_areas(db, after.areas)
                device_rows.move(db, number, epoch, after, now)
                claim_rows.write_claims(db, {device: moved_claim})
            device_rows.describe(db, device, name=name, languages=languages, supervisor=supervisor, phone=phone)
            said = {"name": name, "languages": languages, "supervisor": supervisor, "phone": phone}
            said |= {"areas": after.areas} if after.areas != before.areas else {}
            said |= {"roles": after.roles} if after.roles != before.roles else {}
            if any(value is not None for value in said.values()):
                audit.note(db, now, by, AuditAction.DEVICE_CHANGED, device, **said)

        if after == before:
            await self.write(job)
            return
        self._moving[device] = (before, after)
        try:
            await self.write(job)
            latest = self._heard.get(device, Heard())
            self._hear(device, moved(latest.claim, self.log, before, after), latest.languages, latest.at)
        finally:
            del self._moving[device]

    async def revoke_device(self, device: str, by: str = HUB) -> None:
        """End a device's credential; listeners hear it. Raises UnknownDeviceError."""
        now = self.now()

        def job(db: SqliteDatabase) -> None:
            device_rows.revoke(db, device, now)
            audit.note(db, now, by, AuditAction.DEVICE_REVOKED, device)

        await self.write(job)
        self._note_revoked(device)

    def _note_revoked(self, device: str) -> None:
        if device not in self._revoked:
            self._revoked.add(device)
            self._tell("device_revoked", device)

    def languages_set_for(self, device: str, stated: tuple[str, ...]) -> tuple[str, ...] | None:
        """The languages that ops have set for a device, or None where its own hold. `stated`: in the handshake."""
        heard = self._heard.get(device, Heard())
        if stated != heard.languages:
            self._hear(device, heard.claim, stated, self.now())
        return self._languages_set.get(device)

    def claim(self, device: str) -> Claim:
        """What the device is known to have."""
        return self._heard.get(device, Heard()).claim

    def record_claim(self, device: str, claim: Claim) -> None:
        """Take the newest connection's word for what the device has; written soon, together with others."""
        if device in self._moving:
            claim = moved(claim, self.log, *self._moving[device])
        self._hear(device, claim, self._heard.get(device, Heard()).languages, self.now())

    def _hear(self, device: str, claim: Claim, languages: tuple[str, ...], at: int | None) -> None:
        self._heard[device] = self._dirty[device] = Heard(claim, languages, at)
        for hearer in self._hearers:
            hearer(device)
        if self._flush_timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._flush_timer = loop.call_later(self.options.claims_written_every_s, self._begin_flush)

    def _begin_flush(self) -> None:
        self._flush_timer = None
        task = asyncio.get_running_loop().create_task(self._flush())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        """Write the claims that wait. What cannot be written now waits for the next time: until then less is claimed."""
        dirty, self._dirty = self._dirty, {}
        if not dirty:
            return
        try:
            await self._write(lambda db: claim_rows.write_claims(db, dirty))
        except StoreError as error:
            self._dirty = {**dirty, **self._dirty}
            _logger.warning("positions of devices could not be written", devices=len(dirty), error=str(error))

    async def take_uplink(self, device: str, command: HubCommand) -> HubOutcome:
        """Commit what a device sent, or read how far the hub has its outboxes. Raises StoreError."""
        if isinstance(command, ReadStand):
            return await self.read(lambda db: uplink.stand(db, device, command))
        now = self.now()
        tries = await self._write(lambda db: uplink.begin(db, device, command)) if command.items else {}
        outcome = await self.write(lambda db: uplink.take(db, device, command, tries, now))
        heard = self._heard.get(device, Heard())
        self._hear(device, heard.claim, heard.languages, now)
        return outcome

    async def reports(self, *, limit: int = 1000) -> list[DeviceReport]:
        """What devices told ops, newest first: items that could not be used, alerts that the log lost, clones."""
        return await self.read(lambda db: report_rows.reports(db, limit))

    # -- credentials and areas ----------------------------------------------------------------------------------------

    async def make_token(self, role: Role, name: str, areas: tuple[str, ...] = (), by: str = HUB) -> str:
        """A new token's secret, shown this once; it is bound to `areas`, if any. Raises NameTakenError, UnknownAreaError."""
        secret, now = credentials.make_secret(), self.now()

        def job(db: SqliteDatabase) -> None:
            credentials.make_token(db, role, name, secret, now, areas)
            audit.note(db, now, by, AuditAction.TOKEN_MADE, name, role=str(role), areas=areas)

        await self._write(job)
        return secret

    async def revoke_token(self, name: str, by: str = HUB) -> None:
        """End a token. Raises UnknownTokenError."""
        now = self.now()

        def job(db: SqliteDatabase) -> None:
            if credentials.revoke_token(db, name, now):
                audit.note(db, now, by, AuditAction.TOKEN_REVOKED, name)

        await self._write(job)

    async def tokens(self) -> list[TokenRow]:
        """All tokens, without their secrets."""
        return await self.read(credentials.tokens)

    async def authenticate(self, secret: str) -> Credential | None:
        """Who holds this secret; None: nobody (any more). Asked of the store each time, so that a revocation by a
        command holds at once."""
        local = self.local_key.credential(secret) if self.local_key is not None else None
        return local or await self.read(lambda db: credentials.authenticate(db, secret))

    async def authenticate_device(self, secret: str) -> str | Revoked | None:
        """The device that holds this secret; None: it is not known here."""
        return await self.read(lambda db: credentials.authenticate_device(db, secret))

    async def import_areas(self, rows: Iterable[tuple[str, str]]) -> int:
        """Add lines (code, name) to the list of areas, or rename them. How many. Raises UserError naming a bad line."""
        lines = list(rows)
        return await self._write(lambda db: area_rows.import_areas(db, lines))

    async def areas(self) -> list[AreaRow]:
        """The list of areas. While it is empty, every well-formed code is taken, and reported as not checked."""
        return await self.read(area_rows.areas)

    # -- dictionaries -------------------------------------------------------------------------------------------------

    async def dictionary_use(self) -> int:
        """A number that changes when another dictionary is put in use."""
        return await self.read(dictionary_rows.newest_use)

    async def is_training_due(self) -> bool:
        """Whether there is so much new to learn from that another dictionary should be trained."""
        now = self.now()
        return await self.read(lambda db: dictionary_rows.is_training_due(db, now))

    async def dictionaries(self) -> list[tuple[Trained, Dictionary]]:
        """Those that were trained here, the one in use first, then those that were in use last. A damaged one is left out."""

        def job(db: SqliteDatabase) -> list[tuple[Trained, Dictionary]]:
            found = []
            for row in dictionary_rows.trained(db):
                try:
                    found.append((row, dictionary_rows.read(db, row.address)))
                except StoreError as error:
                    _logger.error("a dictionary is left out", error=str(error))
            return found

        return await self.read(job)

    # -- the process --------------------------------------------------------------------------------------------------

    async def backup(self, path: FilePath) -> None:
        """A consistent copy, made while serving. Raises UserError."""
        await self._flush()
        await asyncio.to_thread(copy_database, self._folder.database, path)

    async def ready(self) -> list[Check]:
        """Whether the store can be written, and what else an operator should know."""
        try:
            await self._write(lambda db: None)
            written = Check("store", True, "answered alerts survive a crash and a power cut, not the loss of this disk")
        except StoreError as error:
            written = Check("store", False, str(error))
        free = shutil.disk_usage(self._folder.path).free
        latest = await self.read(log_rows.latest_time)
        behind = max(0, latest - self.now())
        return [
            written,
            Check("disk", free >= DISK_FREE_BYTES_MIN, f"{free // 1024**2} MiB free in {self._folder.path}"),
            Check("clock", not behind, f"{behind} s earlier than the newest entry" if behind else "not behind the log"),
        ]


async def _answer(future: Future[Result]) -> Result:
    return await asyncio.wrap_future(future)


def _random_epoch() -> int:
    return secrets.randbelow(EPOCH_MAX) + 1


def _open(data_dir: FilePath, now: int) -> _Opened:
    """Lock, migrate, begin an epoch, load. Runs in a thread."""
    folder = Folder(data_dir)
    folder.lock()
    try:
        store = Store(folder.database)
        try:
            migrate(store.db, folder.database)
            with transaction(store.db):
                log_rows.begin_epoch(store.db, _random_epoch(), now, "opened")
                event_rows.note_lapsed(store.db, now)
                event_rows.forget_old(store.db, now)
            with transaction(store.db, "DEFERRED"):
                db = store.db
                log, heard = log_rows.read_log(db, now), claim_rows.read_claims(db)
                devices = device_rows.languages_set(db), device_rows.revoked(db)
                opened = _Opened(*(folder, store, log, heard), *devices, event_rows.newest(db))
        finally:
            store.db.close()
        store.start()
        return opened
    except BaseException as error:
        folder.unlock()
        if isinstance(error, StoreError):
            raise UserError(f"the hub's database in {data_dir} cannot be opened: {error}") from error
        raise
