"""What a command does to a hub's data from beside the hub: tokens, codes, areas, revocations. The hub may run or not.

SQLite lets two programs write in turn, so nothing of this needs the hub's help; it notices at the next request, and a revoked
device within a second. What is an entry of the log (an enrolment, a change of audience) is not done here: only the hub
gives numbers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from peewee import SqliteDatabase

from alerts.errors import StoreError, UserError
from server.publish import check_roles
from server.store import areas, codes, credentials, devices
from server.store.codes import Grant
from server.store.database import open_database, transaction
from server.store.folder import BRIEF_S, Folder
from server.store.records import AreaRow, DeviceRow, Role, TokenRow
from server.store.schema import check, migrate


class Desk(AbstractContextManager["Desk"]):
    """A hub's data folder, for the time of one command. Every method raises RefusedError or StoreError as `Hub` does."""

    def __init__(self, data_dir: Path) -> None:
        """Raises UserError: the file is of another version, or no hub's."""
        folder = Folder(data_dir)
        self._db: SqliteDatabase = open_database(folder.database)
        try:
            if folder.try_lock(BRIEF_S if not folder.database.stat().st_size else 0):
                try:
                    migrate(self._db, folder.database)
                finally:
                    folder.unlock()
            else:
                check(self._db, folder.database)
        except StoreError as error:
            raise UserError(f"the hub's database in {data_dir} cannot be opened: {error}") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the database."""
        self._db.close()

    def make_token(self, role: Role, name: str) -> str:
        """A new token's secret, shown this once. Raises NameTakenError."""
        secret = credentials.make_secret()
        with transaction(self._db):
            credentials.make_token(self._db, role, name, secret, _now())
        return secret

    def revoke_token(self, name: str) -> None:
        """End a token. Raises UnknownTokenError."""
        with transaction(self._db):
            credentials.revoke_token(self._db, name, _now())

    def tokens(self) -> list[TokenRow]:
        """All tokens, without their secrets."""
        with transaction(self._db, "DEFERRED"):
            return credentials.tokens(self._db)

    def make_enrolment_code(
        self,
        *,
        areas_in: tuple[str, ...] = (),
        roles: tuple[str, ...] = (),
        languages: tuple[str, ...] | None = None,
        name: str = "",
        valid_s: int = 7 * 86_400,
    ) -> str:
        """A code that enrols one device, once. Raises UnknownAreaError, AudienceError."""
        check_roles(roles)
        code = codes.make_code()
        with transaction(self._db):
            areas.check_areas(self._db, areas_in)
            code_hash = codes.hash_code(code, codes.ensure_salt(self._db))
            codes.store_code(self._db, code_hash, Grant(name, areas_in, roles, languages), _now(), valid_s)
        return code

    def devices(self) -> list[DeviceRow]:
        """All devices, the revoked ones too."""
        with transaction(self._db, "DEFERRED"):
            return devices.devices(self._db)

    def revoke_device(self, device: str) -> None:
        """End a device's credential; a hub that runs closes its connections. Raises UnknownDeviceError."""
        with transaction(self._db):
            devices.revoke(self._db, device, _now())

    def import_areas(self, rows: Iterable[tuple[str, str]]) -> int:
        """Add lines (code, name) to the list of areas, or rename them; how many. Raises UserError naming a bad line."""
        with transaction(self._db):
            return areas.import_areas(self._db, rows)

    def areas(self) -> list[AreaRow]:
        """The list of areas."""
        with transaction(self._db, "DEFERRED"):
            return areas.areas(self._db)


def _now() -> int:
    return int(time.time())
