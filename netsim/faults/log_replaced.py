"""A fresh store takes the place of the hub's: the disk is dead, and somebody sets up a new hub with the old credentials.

The new log knows the devices, their audiences, the tokens and the areas, and not one alert: its numbers begin at 1 again, in
an epoch that no device has heard of. When the fault ends the old store comes back (the disk was not dead after all), and what
the new one had is gone.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from peewee import Model, SqliteDatabase

from alerts.audience import Reader
from alerts.limits import EPOCH_MAX
from netsim.faults.fault import Fault, Need
from server.store import devices, log
from server.store.database import open_database, transaction
from server.store.models import Area, Device, Secret, Token
from server.store.schema import migrate
from server.store.texts import unpack_words

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site

_TAKEN_ALONG: tuple[type[Model], ...] = (Token, Area, Secret)


class LogReplaced(Fault):
    """The hub has another log until the fault ends."""

    name = "log-replaced"
    summary = "a fresh store with the same credentials takes the place of the hub's; later the old one comes back"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def __init__(self) -> None:
        self._old: Path | None = None

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Keep the old store, and put a fresh one in its place."""
        self._old = site.hub.backup()
        with tempfile.TemporaryDirectory(prefix="tocsin-fresh-") as folder:
            fresh = Path(folder) / "fresh.sqlite"
            make_fresh(self._old, fresh, chance.randint(1, EPOCH_MAX), int(time.time() + site.hub.clock_offset_s))
            site.hub.restore(fresh)
        site.hub.start()

    def end(self, site: Site, target: SiteDevice) -> None:
        """The old store comes back."""
        assert self._old is not None, "begin comes first"
        site.hub.restore(self._old)
        site.hub.start()


def make_fresh(old: Path, fresh: Path, epoch: int, now: int) -> None:
    """Make a hub's store with a log of its own and what the old one knows of people and devices."""
    source, target = open_database(old), open_database(fresh)
    try:
        migrate(target, fresh)
        with transaction(target):
            log.begin_epoch(target, epoch, now, "a fresh store")
            for model in _TAKEN_ALONG:
                rows = list(model.select().dicts().execute(source))
                if rows:
                    model.delete().execute(target)
                    model.insert_many(rows).execute(target)
            _take_devices_along(source, target, epoch, now)
    finally:
        source.close()
        target.close()


def _take_devices_along(source: SqliteDatabase, target: SqliteDatabase, epoch: int, now: int) -> None:
    for number, row in enumerate(Device.select().order_by(Device.entry).execute(source), 1):
        reader = Reader(row.device, unpack_words(row.areas), unpack_words(row.roles))
        languages = None if row.languages_set is None else unpack_words(row.languages_set)
        devices.enrol(
            *(target, number, epoch, reader),
            name=row.name,
            languages_set=languages,
            token_hash=bytes(row.token_hash),
            now=now,
        )
        if row.revoked_at is not None:
            devices.revoke(target, row.device, row.revoked_at)
