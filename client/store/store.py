"""The field store: one SQLite file with the inbox, the outbox, where this reader stands, and who it is.

It carries out what a session asks for, each command in one transaction, by the rules of `alerts.session.inbox`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from alerts import limits
from alerts.cap.question import AnswerValue
from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.session import inbox as rules
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    KeepItems,
    LanguagesDone,
    OutboxRefused,
    OutboxStored,
    OweRollCall,
    SetLanguages,
)
from alerts.session.inbox import Decoder, Standing
from alerts.session.keepalive import Reach
from alerts.wire.dictionary import Dictionary
from alerts.wire.items import decode_item
from alerts.wire.lean_frames import Earlier
from alerts.wire.uplink import Answer, Receipt, ReceiptState
from client.clocks import Clocks
from client.dictionaries import MONTH_DAYS, Part
from client.exits import ExitCode
from client.hub_time import HubTime, Reading
from client.store import dictionaries, models
from client.store.answers import checked_answer
from client.store.database import Database, StoreError, only
from client.store.decoded import Decoded
from client.store.dictionaries import Kept
from client.store.identity import Identity, read_identity, write_identity
from client.store.inbox import Inbox, InboxEntry
from client.store.networks import read_reach, write_reach
from client.store.outbox import Outbox
from client.store.rows import SqliteRows, find_earlier, highest_stale, read_standing, with_languages

FILE = "field.sqlite"


class Store:
    """One opening of the store, for one thread. Another process may have it open at the same time.

    Every method may raise StoreError: the file cannot be read or written now, and nothing was half done.
    """

    def __init__(self, folder: Path, clocks: Clocks, rng: random.Random, *, decode: Decoder = decode_item) -> None:
        """Open the store in `folder`, made if it is not there. `rng` gives the numbers of this opening and its epochs."""
        _make_folder(folder)
        self._database = Database(folder / FILE)
        self._clocks = clocks
        self._decode = decode
        self.opening = rng.randint(1, limits.EPOCH_MAX)
        """A random number of this opening."""
        self.outbox = Outbox(self._database, rng)
        """What a session reads of the outbox."""
        self._inbox = Inbox(self._database, self.outbox)

    def close(self) -> None:
        """Close it; nothing is lost by not doing so."""
        self._database.close()

    def has_changed(self) -> bool:
        """Whether another process has written since this was last asked."""
        return self._database.has_changed()

    # -- who and where ------------------------------------------------------------------------------------------------

    def identity(self) -> Identity | None:
        """Who this device is to its hub; None before joining."""
        with self._database.reading():
            return read_identity(self._database)

    def join(self, identity: Identity, languages: tuple[str, ...]) -> None:
        """Keep what joining gave, and the languages that were asked for."""
        with self._database.transaction():
            write_identity(self._database, identity)
            if read_standing(self._database) == Standing():
                with_languages(self._database, languages)
            else:
                self._set_languages(languages)

    def standing(self) -> Standing:
        """Where this reader stands."""
        with self._database.reading():
            return read_standing(self._database)

    def set_languages(self, languages: tuple[str, ...]) -> None:
        """The person wants other languages; the next handshake says so, and what is in force is had again in them."""
        with self._database.transaction():
            self._set_languages(languages)

    def _set_languages(self, languages: tuple[str, ...]) -> None:
        now = self._hub_time().now
        rules.set_languages(self._rows(now), SetLanguages(languages, now))

    # -- the hub's time -----------------------------------------------------------------------------------------------

    def hub_time(self) -> HubTime:
        """The hub's time as far as it is known; 0 and not exact before the first handshake."""
        with self._database.reading():
            return self._hub_time()

    def welcome(self, now: int) -> None:
        """A hub has welcomed this opening and said its time; to be kept before anything is said to it."""
        with self._database.transaction():
            rules.welcome(self._rows(now), self.opening)
            self._keep_clock(now)
            self.outbox.forget_old(now)

    def _hub_time(self) -> HubTime:
        found = self._database.run(models.HubClock.select()).first()
        if found is None:
            return HubTime(0, False)
        return Reading(found.hub, found.monotonic, found.boot).reckon(self._clocks)

    def _keep_clock(self, now: int) -> None:
        values = {"hub": now, "monotonic": self._clocks.monotonic(), "boot": self._clocks.boot}
        self._database.run(only(models.HubClock, **values)).execute()

    # -- networks -----------------------------------------------------------------------------------------------------

    def reach(self, network: str) -> Reach | None:
        """What was learned about a network; None: nothing."""
        with self._database.reading():
            return read_reach(self._database, network)

    def set_reach(self, network: str, reach: Reach) -> None:
        """Something was learned about a network. After a power cut it may be learned again."""
        with self._database.transaction(light=True):
            write_reach(self._database, network, reach, self._hub_time().now)

    # -- what lean frames are read with ---------------------------------------------------------------------------------

    def dictionaries(self) -> tuple[Dictionary, ...]:
        """The dictionaries that are here, the best first."""
        with self._database.reading():
            return (*dictionaries.whole(self._database), shipped())

    def fetched(self) -> list[Kept]:
        """What is here of dictionaries beside the one that ships, the newest first."""
        with self._database.reading():
            return dictionaries.kept(self._database)

    def part(self, address: bytes, base: bytes | None) -> Part | None:
        """What is here of a dictionary's transfer, perhaps nothing; None: it need not be fetched."""
        with self._database.reading():
            return dictionaries.part_of(self._database, address, base)

    def keep_part(self, part: Part) -> None:
        """More of it has come. After a power cut it may be had again."""
        with self._database.transaction(light=True):
            dictionaries.keep_part(self._database, part, self._hub_time().now)

    def forget_part(self, address: bytes) -> None:
        """It is not to be had any more."""
        with self._database.transaction(light=True):
            dictionaries.forget_part(self._database, address)

    def complete(self, part: Part) -> Dictionary | RemoteProtocolError:
        """All of it is here: it is a dictionary from now on, or (the error says why) proves to be none."""
        with self._database.transaction():
            try:
                return dictionaries.complete(self._database, part, self._hub_time().now)
            except RemoteProtocolError as error:
                return error

    def monthly(self) -> int | None:
        """How many alerts came in the last 30 days; None: this store is younger than that."""
        with self._database.reading():
            return self._inbox.since(self._hub_time().now, MONTH_DAYS * 86_400)

    def earlier(self, number: int) -> Earlier | None:
        """The alert under this number of the hub's log, in the inbox or in quarantine."""
        with self._database.reading():
            return find_earlier(self._database, number)

    def unlike(self) -> int:
        """The highest number whose alert is here in languages that were given up."""
        with self._database.reading():
            return highest_stale(self._database)

    # -- what a session asks for --------------------------------------------------------------------------------------

    def execute(self, command: DeviceCommand) -> DeviceOutcome:
        """Carry out a command, durably."""
        if isinstance(command, KeepItems):
            return self._keep_items(command)
        with self._commit(command) as rows:
            match command:
                case OweRollCall():
                    return rules.owe_roll_call(rows, command)
                case FinishRollCall():
                    return rules.finish_roll_call(rows, command)
                case SetLanguages():
                    return rules.set_languages(rows, command)
                case LanguagesDone():
                    return rules.languages_done(rows, command)
                case OutboxStored(outboxes, hub_epoch):
                    self.outbox.stored(outboxes, hub_epoch, self._hub_time().now)
                case OutboxRefused(epoch, number, _, words):
                    self.outbox.refused(epoch, number, words)
            return DeviceOutcome(rows.standing().position())

    def _keep_items(self, command: KeepItems) -> DeviceOutcome:
        """Each item is decoded alone, so that one which brings the process down is not confused with its neighbours."""
        decoded = Decoded(self._decode)
        tries: dict[int, int] = {}
        rows = self._rows(command.now)
        for index, (number, raw) in enumerate(command.items):
            with self._database.transaction(light=True):
                if index:
                    rows.forget_try(command.epoch, command.items[index - 1][0])
                tries |= rules.begin_items(rows, replace(command, items=((number, raw),)))
            if tries.get(number, limits.TRIES_MAX + 1) <= limits.TRIES_MAX:
                decoded.decode(raw, command.epoch, number)
        with self._commit(command) as rows:
            return rules.keep_items(rows, command, tries, decoded)

    @contextmanager
    def _commit(self, command: DeviceCommand) -> Generator[SqliteRows, None, None]:
        with self._database.transaction():
            if isinstance(command, KeepItems | OweRollCall | FinishRollCall | SetLanguages):
                self._keep_clock(command.now)
            yield self._rows(self._hub_time().now)

    def _rows(self, now: int) -> SqliteRows:
        return SqliteRows(self._database, self.outbox, now)

    # -- for people and applications ----------------------------------------------------------------------------------

    def entries(self) -> list[InboxEntry]:
        """The whole inbox, those in force first, of these the most urgent first."""
        return self._read(self._inbox.entries)

    def some(self, keys: Iterable[str]) -> list[InboxEntry]:
        """The alerts with these identities."""
        return self._read(lambda now: self._inbox.some(keys, now))

    def find(self, name: str) -> InboxEntry:
        """The alert with this identity, identifier or number.

        Raises UserError: there is none, or more than one.
        """
        with self._database.reading():
            return self._inbox.find(name, self._hub_time().now)

    def alarms_due(self) -> list[InboxEntry]:
        """The alerts in force whose alarm has not been raised yet, the most urgent first."""
        return self._read(self._inbox.alarms_due)

    def _read(self, read: Callable[[int], list[InboxEntry]]) -> list[InboxEntry]:
        with self._database.reading():
            return read(self._hub_time().now)

    def set_raised(self, keys: Iterable[str]) -> None:
        """The application has raised these alarms; they are not handed out again."""
        with self._database.transaction():
            self._inbox.set_raised(keys)

    def give_receipt(self, name: str, receipt: ReceiptState) -> InboxEntry:
        """The person has seen or acknowledged an alert: kept, and queued for the hub once.

        Raises UserError: there is no such alert.
        """
        with self._database.transaction():
            now = self._hub_time().now
            entry = self._inbox.find(name, now)
            if entry.receipt is not None and entry.receipt >= receipt:
                return entry
            epoch, number = self._inbox.place(entry.key)
            named = Receipt(now, receipt, epoch, number) if number else Receipt(now, receipt, key=entry.key)
            self._inbox.set_receipt(entry.key, receipt, self.outbox.append(named))
            return self._inbox.find(entry.key, now)

    def give_answer(self, name: str, value: AnswerValue) -> InboxEntry:
        """The person answers an alert's question: kept, and queued for the hub; the same answer again changes nothing.

        Raises UserError: there is no such alert, it asks nothing or something else, it was withdrawn.
        """
        with self._database.transaction():
            now = self._hub_time().now
            entry = self._inbox.find(name, now)
            value = checked_answer(entry, value)
            if entry.answer is not None and entry.answer.value == value and not entry.answer.refusal:
                return entry
            epoch, number = self._inbox.place(entry.key)
            named = Answer(now, value, epoch, number) if number else Answer(now, value, key=entry.key)
            self._inbox.set_answer(entry.key, value, self.outbox.append(named))
            return self._inbox.find(entry.key, now)

    def answers_waiting(self) -> set[str]:
        """The identities of the alerts whose answer the hub does not have yet."""
        with self._database.reading():
            return self._inbox.answers_waiting()

    def waiting(self) -> int:
        """How many items of the outbox the hub does not have yet."""
        with self._database.reading():
            return self.outbox.waiting()

    def refusals(self) -> list[tuple[int, int, str]]:
        """(outbox epoch, number, reason) of what the hub could not use."""
        with self._database.reading():
            return self.outbox.refusals()

    def quarantined(self) -> list[tuple[int, int, str]]:
        """(epoch, number, reason) of what came from the hub and could not be used."""
        with self._database.reading():
            return self._inbox.quarantined()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: {error.strerror}", "Choose another data folder with --data.", exit_code=ExitCode.STORE
        ) from error
