"""A device's store in memory: the rows of the inbox rules, the outbox, and nothing that is not committed.

Each rule runs in one go, so a commit is there or it is not. A kill loses nothing here and everything elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from alerts import limits
from alerts.session.inbox import Alarm, Row, Standing
from alerts.session.uplink import Outbox
from alerts.wire.frames import Item
from alerts.wire.lean_frames import Earlier


@dataclass(slots=True)
class Book:
    """One outbox epoch: the last number written, the hub's number, and what is kept, each with when the hub had it."""

    last: int = 0
    stored: int = 0
    items: dict[int, tuple[bytes, int | None]] = field(default_factory=dict)

    def copy(self) -> Book:
        """The same, apart."""
        return Book(self.last, self.stored, dict(self.items))


class DeviceStore:
    """alerts.session.inbox.Rows and alerts.session.uplink.OutboxView on dictionaries.

    `new_epoch` and `name_item` come from the opening: the outbox epoch that it begins with its first item, and words that
    no other item has.
    """

    def __init__(self) -> None:
        self._standing = Standing()
        self.rows: dict[str, Row] = {}
        self._keys: dict[tuple[int, int], str] = {}
        self.withdrawals: set[str] = set()
        self.tries: dict[tuple[int, int], int] = {}
        self.quarantined: dict[tuple[int, int], str] = {}
        self.books: dict[int, Book] = {}
        self._compared = 0
        self.now = 0
        self.hub_base = 0.0
        """The hub's time as it was last heard, less the seconds that a clock which runs through restarts had counted."""
        self._writing = 0
        self.new_epoch: Callable[[], int] = int
        self.name_item: Callable[[], str] = str

    def copy(self) -> DeviceStore:
        """The store as a copy of its file has it."""
        other = DeviceStore()
        other._standing, other._compared = self._standing, self._compared
        other.now, other.hub_base = self.now, self.hub_base
        other.rows, other._keys, other.withdrawals = dict(self.rows), dict(self._keys), set(self.withdrawals)
        other.tries, other.quarantined = dict(self.tries), dict(self.quarantined)
        other.books = {epoch: book.copy() for epoch, book in self.books.items()}
        return other

    def open(self, new_epoch: Callable[[], int], name_item: Callable[[], str]) -> None:
        """A process opens the store: its first item begins an outbox epoch."""
        self._writing, self.new_epoch, self.name_item = 0, new_epoch, name_item

    # -- alerts.session.inbox.Rows ------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """Where this reader stands."""
        return self._standing

    def set_standing(self, standing: Standing) -> None:
        """Write where this reader stands."""
        self._standing = standing

    def get(self, key: str) -> Row | None:
        """The row of an alert."""
        return self.rows.get(key)

    def earlier(self, number: int) -> Earlier | None:
        """The alert under this number of the hub's log, for a lean message that refers to it."""
        row = next((row for row in self.rows.values() if row.number == number), None)
        return None if row is None else Earlier(row.epoch, number, row.item)

    def has(self, epoch: int, number: int) -> bool:
        """Whether this entry is here, in the inbox or in quarantine."""
        return (epoch, number) in self._keys or (epoch, number) in self.quarantined

    def put(self, row: Row) -> None:
        """Write a row."""
        old = self.rows.get(row.key)
        if old is not None and old.number is not None:
            self._keys.pop((old.epoch, old.number), None)
        self.rows[row.key] = row
        if row.number is not None:
            self._keys[row.epoch, row.number] = row.key

    def numbered(self) -> Iterable[Row]:
        """All rows that have a number."""
        return [row for row in self.rows.values() if row.number is not None]

    def struck(self) -> Iterable[Row]:
        """All rows whose number was struck."""
        return [row for row in self.rows.values() if row.number is None]

    def has_unconfirmed(self) -> bool:
        """Whether any row is marked unconfirmed."""
        return any(row.unconfirmed for row in self.rows.values())

    def is_withdrawn(self, key: str) -> bool:
        """Whether a withdrawal of this alert has arrived, be the alert here or not."""
        return key in self.withdrawals

    def set_withdrawn(self, key: str, withdrawn: bool) -> None:
        """Remember (or forget) a withdrawal; the row, where there is one, follows."""
        (self.withdrawals.add if withdrawn else self.withdrawals.discard)(key)
        if key in self.rows:
            self.rows[key] = replace(self.rows[key], withdrawn=withdrawn)

    def note_try(self, epoch: int, number: int, raw: bytes) -> int:
        """Keep a raw item before it is decoded; how often that has now been begun."""
        self.tries[epoch, number] = self.tries.get((epoch, number), 0) + 1
        return self.tries[epoch, number]

    def forget_try(self, epoch: int, number: int) -> None:
        """The item was decoded, or is in quarantine."""
        self.tries.pop((epoch, number), None)

    def quarantine(self, epoch: int, number: int, raw: bytes, reason: str) -> None:
        """Keep what cannot be used, with the reason, and write that to the outbox for the hub."""
        self.quarantined[epoch, number] = reason
        self.write(f"not usable: #{number} of {epoch:08x}")

    def report_lost(self, keys: list[str]) -> None:
        """Write to the outbox that the hub's log lost these alerts."""
        self.write(f"lost: {','.join(keys)}")

    # -- the outbox ---------------------------------------------------------------------------------------------------

    def write(self, words: str) -> tuple[int, int, str]:
        """Write an uplink item. Returns where it stands, and its words."""
        if not self._writing:
            self._writing = self.new_epoch()
            self.books[self._writing] = Book()
        book = self.books[self._writing]
        book.last += 1
        named = f"{words} ({self.name_item()})"
        book.items[book.last] = (named.encode(), None)
        return self._writing, book.last, named

    def outboxes(self) -> Sequence[Outbox]:
        """All outbox epochs of which items are kept, in the order in which they were begun."""
        return [Outbox(epoch, book.last, book.stored) for epoch, book in self.books.items()]

    def read(self, epoch: int, after: int, items_max: int) -> Sequence[Item]:
        """The kept items of one epoch above a number, in order."""
        items = self.books[epoch].items
        return [(number, raw) for number, (raw, _) in items.items() if number > after][:items_max]

    def compared_with(self) -> int:
        """The hub's epoch under which every outbox was last compared with the hub; 0: never."""
        return self._compared

    def mark_stored(self, outboxes: Iterable[tuple[int, int]], hub_epoch: int | None) -> None:
        """The hub has these outbox epochs up to these numbers."""
        for epoch, number in outboxes:
            book = self.books.get(epoch)
            if book is not None:
                book.stored = number
                for kept, (raw, at) in book.items.items():
                    book.items[kept] = (raw, (at if at is not None else self.now) if kept <= number else None)
        if hub_epoch is not None:
            self._compared = hub_epoch

    def forget_old(self) -> list[bytes]:
        """Forget what the hub has had for long, and the epochs of which nothing is left. Returns what was forgotten."""
        forgotten = []
        for epoch, book in list(self.books.items()):
            for number, (raw, at) in list(book.items.items()):
                if at is not None and at < self.now - limits.OUTBOX_KEPT_SECONDS:
                    forgotten.append(raw)
                    del book.items[number]
            if not book.items and epoch != self._writing:
                del self.books[epoch]
        return forgotten

    # -- the application ----------------------------------------------------------------------------------------------

    def alarms_due(self) -> list[str]:
        """The alerts in force whose alarm has not been recorded as raised."""
        return [row.key for row in self.rows.values() if row.alarm is Alarm.DUE and row.is_in_force(self.now)]

    def set_raised(self, keys: Iterable[str]) -> None:
        """These alarms have been raised."""
        for key in keys:
            self.rows[key] = replace(self.rows[key], alarm=Alarm.RAISED)
