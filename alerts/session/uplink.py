"""The uplink, the mirror of the downlink: the device owns logs (one for each outbox epoch), the hub reads them.

A device sends what the hub does not have, oldest epoch first; the hub says how far it has each. Where the hub's number has
gone back (it was put back from an old copy), what the device still keeps is sent again, and `upto` passes over the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session.commits import HubOutcome, OutboxStored, ReadStand, TakeUplink
from alerts.session.receiver import check_data
from alerts.wire.frames import Data, Frame, Item, Offer, Refused, Resume, Stand, Stored


@dataclass(frozen=True, slots=True)
class Outbox:
    """One outbox epoch: the last number written in it, and the number that the hub is known to have."""

    epoch: int
    last: int
    stored: int


class OutboxView(Protocol):
    """What a session may read of a device's outbox at any time."""

    def outboxes(self) -> Sequence[Outbox]:
        """All outbox epochs of which items are kept, in the order in which they were begun."""
        ...

    def read(self, epoch: int, after: int, items_max: int) -> Sequence[Item]:
        """The kept items of one epoch above a number, in order."""
        ...

    def compared_with(self) -> int:
        """The hub's epoch under which every outbox was last compared with the hub; 0: never."""
        ...


class UplinkSender:
    """The device's side: one frame at a time, the next when the hub has confirmed."""

    def __init__(self, outbox: OutboxView) -> None:
        self._outbox = outbox
        self._in_flight: tuple[int, int] | None = None
        self._hub_epoch = 0
        self._offered: list[tuple[int, int]] = []
        self._batch_items = 8

    def welcomed(self, hub_epoch: int) -> None:
        """The hub named its newest epoch. Is it another one, what it has of every outbox is asked first."""
        self._hub_epoch = hub_epoch
        if hub_epoch != self._outbox.compared_with():
            self._offered = [(outbox.epoch, outbox.last) for outbox in self._outbox.outboxes()]

    def pull(self) -> list[Frame]:
        """The next frame, if none is under way."""
        if self._in_flight is not None or not self._hub_epoch:
            return []
        if self._offered:
            chunk = tuple(self._offered[: limits.EPOCHS_ASKED_MAX])
            self._in_flight = (0, 0)
            return [Offer(chunk)]
        for outbox in self._outbox.outboxes():
            if outbox.stored < outbox.last:
                return [self._data(outbox)]
        return []

    def _data(self, outbox: Outbox) -> Data:
        """Items above what the hub has; where none are kept any more, `upto` passes over them."""
        kept = self._outbox.read(outbox.epoch, outbox.stored, self._batch_items)
        items = _within(kept, limits.BATCH_BYTES_MAX)
        is_all = len(items) == len(kept) < self._batch_items
        upto = outbox.last if is_all else items[-1][0]
        self._in_flight = (outbox.epoch, upto)
        return Data(outbox.epoch, outbox.stored, upto, items)

    def stored(self, frame: Stored | Resume) -> OutboxStored:
        """The hub says how far it has one outbox."""
        self._in_flight = None
        self._batch_items = min(self._batch_items * 2, limits.OUTBOX_ITEMS_MAX)
        return OutboxStored(((frame.epoch, frame.cursor),))

    def stand(self, frame: Stand) -> OutboxStored:
        """The hub says how far it has the outboxes that were offered."""
        self._in_flight = None
        self._offered = self._offered[limits.EPOCHS_ASKED_MAX :]
        return OutboxStored(frame.outboxes, None if self._offered else self._hub_epoch)

    def is_waiting(self) -> bool:
        """Whether an answer of the hub is due."""
        return self._in_flight is not None


def _within(items: Sequence[Item], bytes_max: int) -> tuple[Item, ...]:
    """The first items that fit, at least one."""
    total = 0
    for index, (_, raw) in enumerate(items):
        total += len(raw)
        if index and total > bytes_max:
            return tuple(items[:index])
    return tuple(items)


class UplinkReceiver:
    """The hub's side: every item takes effect once, whoever brings it and however often."""

    def data(self, frame: Data) -> TakeUplink:
        """Items of one outbox epoch.

        Raises RemoteProtocolError: the frame contradicts itself.
        """
        check_data(frame)
        if not frame.epoch:
            raise RemoteProtocolError("Data: an outbox epoch is not 0")
        return TakeUplink(frame.epoch, frame.after, frame.upto, frame.items)

    def offer(self, frame: Offer) -> ReadStand:
        """The device asks how far the hub has its outboxes."""
        return ReadStand(tuple(epoch for epoch, _ in frame.outboxes))

    def done(self, command: TakeUplink | ReadStand, outcome: HubOutcome) -> list[Frame]:
        """What may leave now that a command has been committed."""
        if isinstance(command, ReadStand):
            return [Stand(outcome.outboxes)]
        ((epoch, number),) = outcome.outboxes
        frames: list[Frame] = [
            Refused(epoch, refusal.number, refusal.reason, refusal.words) for refusal in outcome.refusals
        ]
        return [*frames, Resume(epoch, number) if outcome.gap else Stored(epoch, number)]
