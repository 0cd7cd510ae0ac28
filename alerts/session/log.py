"""What is alive in a hub's log: entries, what they inherit, what is in force, and what is owed to a reader.

An entry is an alert, or the change of one device's audience. An update or cancel inherits from all that it replaces, down
the chain: whoever could have the old one must hear of the new one, at least as urgently and for at least as long.

        #1 Alert  to KE-047, until 100          audience KE-047   reach KE-047            lives 100
        #4 Update of #1, to KE-030, until 60    audience KE-030   reach KE-030 + KE-047   lives 100

A reader in KE-047 only gets the bare withdrawal of #1; so does one that comes to #4 after 60.

The log lives in the hub's store; this is the part of it that still matters, held in memory: entries whose life is over are
forgotten here (and kept in the store), because nobody will ever be sent them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from alerts.audience import Audience, Reader, is_for, is_for_any
from alerts.cap.model import Alert
from alerts.session.position import Path
from alerts.wire.items import PURPOSES, URGENCIES, Purpose, Urgency


class Form(IntEnum):
    """In which form an entry is sent to a reader."""

    FULL = 1
    WITHDRAWAL = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert before it has a number. `key` is its identity (sender and identifier), `references` those that it names,
    `expires` the hub's time in seconds until which it is in force, `payload` what the store and the encoder know it by."""

    key: str
    purpose: Purpose
    audience: Audience
    references: tuple[str, ...]
    urgency: Urgency
    expires: int
    payload: object = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert in the log. `replaces`, `reach`, `urgency` and `lives` include what was inherited."""

    number: int
    epoch: int
    key: str
    purpose: Purpose
    audience: Audience
    reach: tuple[Audience, ...]
    replaces: frozenset[str]
    urgency: Urgency
    expires: int
    lives: int
    payload: object = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device's newest audience, and the number of the log entry that gave it."""

    number: int
    reader: Reader


class Log:
    """The living part of a hub's log, in memory. All times are the hub's, in whole seconds."""

    def __init__(self, path: Path, head: int = 0) -> None:
        self.path = path
        self.head = head
        self.enrolled: dict[str, Enrolment] = {}
        self._entries: list[Entry] = []
        self._by_key: dict[str, Entry] = {}
        self._by_number: dict[int, Entry] = {}
        self._replaced: dict[str, int] = {}

    # -- writing ------------------------------------------------------------------------------------------------------

    def inherit(self, draft: Draft, archived: Iterable[Entry] = ()) -> Entry:
        """The entry that a draft becomes when it is appended next.

        `archived` are the entries of its references that are not in this log: what is over by a clock that is wrong comes
        back when it is set right, and must have been followed by then.
        """
        replaces: frozenset[str] = frozenset()
        reach: tuple[Audience, ...] = (draft.audience,)
        urgency, lives = draft.urgency, draft.expires
        if draft.purpose in (Purpose.UPDATE, Purpose.CANCEL):
            old = [self._by_key[key] for key in draft.references if key in self._by_key]
            old += [entry for entry in archived if entry.key in draft.references and entry.key not in self._by_key]
            replaces = frozenset(draft.references).union(*(entry.replaces for entry in old)) - {draft.key}
            reach = tuple(dict.fromkeys((draft.audience, *(audience for entry in old for audience in entry.reach))))
            urgency = max([urgency, *(entry.urgency for entry in old)])
            lives = max([lives, *(entry.lives for entry in old)])
        return Entry(
            *(self.head + 1, self.path.newest(), draft.key, draft.purpose, draft.audience, reach, replaces),
            *(urgency, draft.expires, lives, draft.payload),
        )

    def append(self, entry: Entry) -> None:
        """Take up an entry that has been committed."""
        assert entry.number == self.head + 1, f"#{entry.number} after #{self.head}: numbers are gapless"
        assert entry.epoch == self.path.newest(), "an entry is written in the newest epoch"
        self.head = entry.number
        self.restore(entry)

    def enrol(self, number: int, reader: Reader) -> None:
        """Take up a committed change of audience (or an enrolment), an entry addressed to that device alone."""
        assert number == self.head + 1, f"#{number} after #{self.head}: numbers are gapless"
        self.head = number
        self.enrolled[reader.device] = Enrolment(number, reader)

    def restore(self, entry: Entry) -> None:
        """Put back an entry that was read from the store, in any order but for its number."""
        assert not self._entries or entry.number > self._entries[-1].number, "entries are restored in order"
        self._entries.append(entry)
        self._by_number[entry.number] = entry
        self._by_key[entry.key] = entry
        for key in entry.replaces:
            self._replaced[key] = entry.number

    def forget_dead(self, now: int) -> None:
        """Forget the entries whose life is over."""
        if all(entry.lives > now for entry in self._entries):
            return
        alive = [entry for entry in self._entries if entry.lives > now]
        self._entries, self._by_key, self._by_number, self._replaced = [], {}, {}, {}
        for entry in alive:
            self.restore(entry)

    # -- reading ------------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def at(self, number: int) -> Entry | None:
        """The living entry with this number."""
        return self._by_number.get(number)

    def find(self, key: str) -> Entry | None:
        """The living entry of this alert."""
        return self._by_key.get(key)

    def is_newest(self, entry: Entry) -> bool:
        """Whether no living entry follows this one."""
        return self._entries[-1] is entry

    def replaced_by(self, key: str) -> int | None:
        """The number of the update or cancel that replaced this alert."""
        return self._replaced.get(key)

    def after(self, number: int) -> Iterator[Entry]:
        """The living entries above a number, in order."""
        low, high = 0, len(self._entries)
        while low < high:
            middle = (low + high) // 2
            if self._entries[middle].number <= number:
                low = middle + 1
            else:
                high = middle
        for index in range(low, len(self._entries)):
            yield self._entries[index]

    def as_of(self) -> tuple[int, int]:
        """(epoch, number) of the newest entry: what is decided now is judged by this."""
        return self.path.epoch_at(self.head), self.head

    def counts(self, epoch: int, as_of: int) -> bool:
        """Whether what a reader was told up to (epoch, as-of) is this log's history."""
        return epoch != 0 and self.path.holds(epoch, as_of, self.head)

    def is_current(self, entry: Entry, now: int) -> bool:
        """Whether an entry is neither expired nor replaced."""
        return entry.expires > now and entry.key not in self._replaced

    def in_force(self, entry: Entry, now: int) -> bool:
        """Whether an alert is in force: current, and not itself the cancel of others."""
        return entry.purpose is not Purpose.CANCEL and self.is_current(entry, now)

    def form_for(self, entry: Entry, reader: Reader, now: int, may_have: Callable[[str], bool]) -> Form | None:
        """How an entry is sent to a reader now: in full, as the bare withdrawal of what it replaces, or not at all.

        `may_have(key)` says whether the reader may have the alert `key`: nobody is told to withdraw what it never had.
        """
        if self.in_force(entry, now) and is_for(entry.audience, reader):
            return Form.FULL
        if not entry.replaces or entry.lives <= now or not is_for_any(entry.reach, reader):
            return None
        if not any(may_have(key) for key in entry.replaces):
            return None
        if entry.purpose is Purpose.CANCEL and self.is_current(entry, now) and is_for(entry.audience, reader):
            return Form.FULL
        return Form.WITHDRAWAL

    def roll(self, reader: Reader, now: int) -> list[Entry]:
        """Everything that is in force for a reader, the most urgent first."""
        listed = [entry for entry in self._entries if self.in_force(entry, now) and is_for(entry.audience, reader)]
        return sorted(listed, key=lambda entry: (-entry.urgency, entry.number))


def draft_of(alert: Alert, audience: Audience, *, default_life_s: int, payload: object = None) -> Draft:
    """What the log needs to know of an alert that is about to be published."""
    return Draft(
        alert.key,
        PURPOSES[alert.msg_type],
        audience,
        alert.reference_keys,
        URGENCIES.get(alert.severity, Urgency.ORDINARY),
        alert.expires_at(default_life_s),
        payload,
    )


def grouped(entries: Iterable[Entry]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Numbers grouped by epoch, in the order given; an epoch comes back where the order asks for it."""
    groups: list[tuple[int, list[int]]] = []
    for entry in entries:
        if not groups or groups[-1][0] != entry.epoch:
            groups.append((entry.epoch, []))
        groups[-1][1].append(entry.number)
    return tuple((epoch, tuple(numbers)) for epoch, numbers in groups)


__all__ = ["Draft", "Enrolment", "Entry", "Form", "Log", "Purpose", "Urgency", "draft_of", "grouped"]
