"""Putting a backup back: what would be forgotten by it, and the exchange of the files.

A copy is older than what it replaces, so it knows nothing of what was revoked since: those tokens would work again. What the
newer database still tells is compared before it is put aside. Numbers given since the copy was made will be given
again, in another epoch: the hub begins one at its next opening, and devices that come back find out by themselves.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from peewee import PeeweeException, SqliteDatabase

from alerts.errors import StoreError, UserError
from server.audit import HUB, AuditAction, AuditHead
from server.store import audit
from server.store.copies import copy_database, flush
from server.store.database import execute, open_database
from server.store.folder import Folder
from server.store.log import head
from server.store.models import Device, EnrolmentCode, Token
from server.store.models_people import Person, SessionRow
from server.store.schema import migrate

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the newer database knows and the copy does not.

    Revoked: (name, when) of tokens and (device, name, when) of devices that the copy has as valid. `codes_used`: hashes of
    enrolment codes that the copy has as unused; `head` and `copy_head`: the last numbers of both.
    """

    tokens_revoked: tuple[tuple[str, int], ...] = ()
    devices_revoked: tuple[tuple[str, str, int], ...] = ()
    tokens_made: tuple[str, ...] = ()
    devices_enrolled: tuple[str, ...] = ()
    codes_used: tuple[tuple[bytes, int], ...] = ()
    head: int = 0
    copy_head: int = 0
    people_closed: tuple[tuple[str, int], ...] = ()
    audit: AuditHead = audit.EMPTY
    """How far the newer database's audit log goes."""


class Restoring:
    """A copy that is about to take the place of a folder's database. The folder is locked by whoever uses this."""

    def __init__(self, folder: Folder, copy: Path) -> None:
        """Bring the copy beside the database. Raises UserError: it is no hub's, damaged, or newer than this program."""
        self._folder = folder
        self._staged = folder.path / "restoring.sqlite"
        self.discard()
        copy_database(copy, self._staged)
        try:
            _with(self._staged, lambda db: _migrate(db, self._staged, copy))
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Leave the folder as it was."""
        for suffix in ("", "-wal", "-shm"):
            self._staged.with_name(self._staged.name + suffix).unlink(missing_ok=True)
        for kept in self._folder.path.glob(self._staged.name + ".before-*"):
            kept.unlink()

    def compare(self) -> Forgotten | None:
        """What the copy would forget; None: what stands there now cannot be read, so nobody can say."""
        current = self._folder.database
        if not current.exists():
            return Forgotten()
        try:
            newer = _with(current, _standing)
            older = _with(self._staged, _standing)
        except (PeeweeException, sqlite3.Error, StoreError):
            return None
        return newer.less(older)

    def revoke_again(self, forgotten: Forgotten) -> None:
        """End in the copy what has been revoked since."""

        def job(db: SqliteDatabase) -> None:
            for name, at in forgotten.tokens_revoked:
                Token.update(revoked_at=at).where(Token.name == name).execute(db)
            for device, _, at in forgotten.devices_revoked:
                Device.update(revoked_at=at).where(Device.device == device).execute(db)
            for name, at in forgotten.people_closed:
                Person.update(disabled_at=at).where(Person.name == name).execute(db)

        _with(self._staged, job)

    def finish(self, forgotten: Forgotten | None, by: str = HUB) -> Path | None:
        """Put the copy in the place of the database; where that is kept. Codes that were used since stay used, sessions
        are over, and the audit log of the copy tells how far the other one went."""
        _with(self._staged, lambda db: _go_on(db, forgotten, by, int(time.time())))
        current, kept = self._folder.database, None
        try:
            if current.exists():
                kept = self._put_aside(current)
            self._staged.replace(current)
            flush(current.parent)
        except OSError as error:
            raise UserError(f"the database cannot be replaced: {error}") from error
        self.discard()
        return kept

    def _put_aside(self, current: Path) -> Path:
        """Give the database a second name, and take what it still has beside it (a log that could not be emptied) along.

        The copy must not find that log: SQLite would play it into the copy.
        """
        kept = current.with_name(f"{current.name}.replaced-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
        number = 0
        while kept.exists():
            number += 1
            kept = kept.with_name(f"{kept.name.split('+')[0]}+{number}")
        os.link(current, kept)
        for suffix in ("-wal", "-shm"):
            beside = current.with_name(current.name + suffix)
            if beside.exists():
                beside.rename(kept.with_name(kept.name + suffix))
        return kept


@dataclass(frozen=True, slots=True)
class _Standing:
    """Who is known to a database, and whether still valid."""

    tokens: dict[str, int | None]
    devices: dict[str, tuple[str, int | None]]
    codes: dict[bytes, int | None]
    head: int
    people: dict[str, int | None]
    audit: AuditHead

    def less(self, older: _Standing) -> Forgotten:
        """What this one knows beyond an older one."""
        return Forgotten(
            tokens_revoked=tuple(
                (name, at) for name, at in self.tokens.items() if at is not None and older.tokens.get(name, 0) is None
            ),
            devices_revoked=tuple(
                (device, name, at)
                for device, (name, at) in self.devices.items()
                if at is not None and device in older.devices and older.devices[device][1] is None
            ),
            tokens_made=tuple(name for name, at in self.tokens.items() if at is None and name not in older.tokens),
            devices_enrolled=tuple(
                device for device, (_, at) in self.devices.items() if at is None and device not in older.devices
            ),
            codes_used=tuple(
                (code, at) for code, at in self.codes.items() if at is not None and older.codes.get(code, 0) is None
            ),
            head=self.head,
            copy_head=older.head,
            people_closed=tuple(
                (name, at) for name, at in self.people.items() if at is not None and older.people.get(name, 0) is None
            ),
            audit=self.audit,
        )


def _standing(db: SqliteDatabase) -> _Standing:
    return _Standing(
        {row.name: row.revoked_at for row in Token.select().order_by(Token.name).execute(db)},
        {row.device: (row.name, row.revoked_at) for row in Device.select().order_by(Device.device).execute(db)},
        {bytes(row.code_hash): row.used_at for row in EnrolmentCode.select().execute(db)},
        head(db),
        {row.name: row.disabled_at for row in Person.select().order_by(Person.name).execute(db)},
        audit.head(db),
    )


def _go_on(db: SqliteDatabase, forgotten: Forgotten | None, by: str, now: int) -> None:
    gone = None if forgotten is None or forgotten.audit == audit.EMPTY else forgotten.audit
    said = {"head": gone.number, "hash": gone.hash.hex()} if gone else {}
    audit.note(db, now, by, AuditAction.STORE_RESTORED, "database", **said)
    SessionRow.update(ended_at=now, why="a backup was put back").where(SessionRow.ended_at.is_null()).execute(db)
    _use_codes(db, forgotten.codes_used if forgotten else ())


def _use_codes(db: SqliteDatabase, used: tuple[tuple[bytes, int], ...]) -> None:
    for code_hash, at in used:
        EnrolmentCode.update(used_at=at).where(EnrolmentCode.code_hash == code_hash).execute(db)


def _migrate(db: SqliteDatabase, staged: Path, copy: Path) -> None:
    if not db.get_tables():
        raise UserError(f"{copy} is no backup: it is empty")
    migrate(db, staged)


def _with(path: Path, work: Callable[[SqliteDatabase], Result]) -> Result:
    """Do something with a database that nobody else uses, and leave its log empty behind."""
    db = open_database(path)
    try:
        result = work(db)
        execute(db, "PRAGMA wal_checkpoint(TRUNCATE)")
        return result
    finally:
        db.close()
