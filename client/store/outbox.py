"""The outbox: what this device has for the hub. Items are numbered when they are written and keep (epoch, number) for ever.

An outbox epoch begins with the first item that an opening of the store writes, and again where another opening has written
since (`run` in one terminal, `ack` in another). So within one store an epoch never comes back after another: where the hub
sees that, a copy of the store is at work.

        opening 1 (run)   a1 a2        c1 c2
        opening 2 (ack)         b1
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from peewee import fn

from alerts import limits
from alerts.session import uplink
from alerts.wire.frames import Item
from alerts.wire.uplink import UplinkItem, pack_uplink
from client.store import models
from client.store.database import Database, only


class Outbox:
    """The outbox as one opening of the store writes it, and as a session reads it (alerts.session.uplink.OutboxView)."""

    def __init__(self, database: Database, rng: random.Random) -> None:
        self._database = database
        self._run = database.run
        self._rng = rng
        self._epoch = 0

    # -- what a session reads -----------------------------------------------------------------------------------------

    def outboxes(self) -> Sequence[uplink.Outbox]:
        """All outbox epochs of which items are kept, in the order in which they were begun."""
        with self._database.reading():
            found = self._run(models.Outbox.select().order_by(models.Outbox.id))
            return [uplink.Outbox(row.epoch, row.last, row.stored) for row in found]

    def read(self, epoch: int, after: int, items_max: int) -> Sequence[Item]:
        """The kept items of one epoch above a number, in order."""
        item = models.OutboxItem
        query = item.select().where(item.epoch == epoch, item.number > after).order_by(item.number).limit(items_max)
        with self._database.reading():
            return [(row.number, bytes(row.item)) for row in self._run(query)]

    def compared_with(self) -> int:
        """The hub's epoch under which every outbox was last compared with the hub; 0: never."""
        with self._database.reading():
            return int(self._run(models.Comparison.select(models.Comparison.hub_epoch)).scalar() or 0)

    # -- writing, within a transaction --------------------------------------------------------------------------------

    def append(self, item: UplinkItem) -> tuple[int, int]:
        """Write an item. Returns the (epoch, number) that it keeps."""
        newest = self._run(models.Outbox.select().order_by(models.Outbox.id.desc())).first()
        if newest is None or newest.epoch != self._epoch:
            self._begin()
            number = 1
        else:
            number = newest.last + 1
            self._update(self._epoch, last=number)
        kept = models.OutboxItem.insert(epoch=self._epoch, number=number, item=pack_uplink(item))
        self._run(kept).execute()
        return self._epoch, number

    def _begin(self) -> None:
        outbox = models.Outbox
        while True:
            epoch = self._rng.randint(1, limits.EPOCH_MAX)
            if not self._run(outbox.select().where(outbox.epoch == epoch)).exists():
                break
        self._run(outbox.insert(epoch=epoch, last=1, stored=0)).execute()
        self._epoch = epoch

    def _update(self, epoch: int, **values: int) -> int:
        changed: int = self._run(models.Outbox.update(**values).where(models.Outbox.epoch == epoch)).execute()
        return changed

    def stored(self, ends: Iterable[tuple[int, int]], hub_epoch: int | None, now: int) -> None:
        """The hub has these outbox epochs up to these numbers, which can be lower than before: then it is sent them again."""
        item = models.OutboxItem
        for epoch, number in ends:
            if self._update(epoch, stored=number):
                ours = item.epoch == epoch
                newly = ours & (item.number <= number) & item.stored_at.is_null()
                self._run(item.update(stored_at=now).where(newly)).execute()
                gone = ours & (item.number > number) & item.stored_at.is_null(False)
                self._run(item.update(stored_at=None).where(gone)).execute()
        if hub_epoch is not None:
            self._run(only(models.Comparison, hub_epoch=hub_epoch)).execute()

    def refused(self, epoch: int, number: int, words: str) -> None:
        """The hub keeps this item in quarantine, for this reason."""
        item = models.OutboxItem
        self._run(item.update(refused=words).where(item.epoch == epoch, item.number == number)).execute()

    def forget_old(self, now: int) -> None:
        """Forget what the hub has had for long, and the epochs of which nothing is kept any more, but for the newest."""
        item, outbox = models.OutboxItem, models.Outbox
        old = item.stored_at.is_null(False) & (item.stored_at < now - limits.OUTBOX_KEPT_SECONDS)
        if self._run(item.delete().where(old)).execute():
            kept, newest = item.select(item.epoch).distinct(), outbox.select(fn.MAX(outbox.id))
            self._run(outbox.delete().where(outbox.epoch.not_in(kept), outbox.id != newest)).execute()

    # -- for people ---------------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many items the hub does not have yet."""
        item = models.OutboxItem
        return int(self._run(item.select().where(item.stored_at.is_null())).count())

    def refusals(self) -> list[tuple[int, int, str]]:
        """(epoch, number, reason) of the items that the hub could not use."""
        item = models.OutboxItem
        return [(row.epoch, row.number, row.refused) for row in self._run(item.select().where(~item.refused.is_null()))]

    def refusal(self, epoch: int, number: int) -> str:
        """Why the hub could not use this item; "" where it could, or does not have it yet."""
        item = models.OutboxItem
        found = self._run(item.select(item.refused).where(item.epoch == epoch, item.number == number)).scalar()
        return str(found or "")

    def is_stored(self, epoch: int, number: int) -> bool:
        """Whether the hub has this item."""
        item = models.OutboxItem
        found = (
            self._run(item.select(item.stored_at).where(item.epoch == epoch, item.number == number)).tuples().first()
        )
        return found is None or found[0] is not None
