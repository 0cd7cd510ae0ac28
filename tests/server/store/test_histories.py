"""The hub's store through any history, compared after every step with lists and dictionaries: the log, its epochs, the uplink."""

from __future__ import annotations

import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from peewee import SqliteDatabase

from alerts import limits
from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.errors import StoreError
from alerts.session.commits import HubOutcome, ReadStand, TakeUplink
from alerts.session.log import Entry, Log
from alerts.session.position import Path
from alerts.wire.uplink import Answer, Receipt, ReceiptState, pack_uplink
from server.store import devices, log, uplink
from server.store.database import open_database, transaction
from server.store.models import Receipt as ReceiptRow
from server.store.models import Report, UplinkTry
from server.store.models_answers import Answer as AnswerRow
from server.store.schema import migrate
from tests.support.stores import EVERYONE, NOON, entry_of, following, make_alert

DEVICE = "d-1"
AUDIENCES = st.sampled_from([EVERYONE, Audience(areas=("KE-1",)), Audience(areas=("KE-2",), roles=("nurse",))])
OUTBOXES = st.integers(51, 53)
SMALL = st.integers(0, 6)
UNUSABLE = b"\xc1"


@dataclass
class Plain:
    """What the store has to hold, as it is easiest to say."""

    path: list[tuple[int, int]] = field(default_factory=list)
    head: int = 0
    entries: list[Entry] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    outboxes: dict[int, int] = field(default_factory=dict)
    taken: set[tuple[int, int]] = field(default_factory=set)
    refused: set[tuple[int, int]] = field(default_factory=set)

    def log(self) -> Log:
        """The log as it has to come back."""
        made = Log(Path(self.path), self.head)
        for entry in self.entries:
            made.restore(entry)
        return made


class StoreHistories(RuleBasedStateMachine):
    """One device, one publisher, and what befalls the hub's file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = FilePath(tempfile.mkdtemp(prefix="tocsin-store-"))
        self.plain = Plain()
        self.copies: list[tuple[FilePath, Plain]] = []
        self.names = self.epochs = 0
        self.db = self._opened()
        self._begin_epoch()
        reader, epoch = Reader(DEVICE, ("KE-1",)), self.plain.path[-1][0]
        with transaction(self.db):
            devices.enrol(self.db, 1, epoch, reader, name="", languages_set=None, token_hash=b"1", now=NOON)
        self.plain.head = 1

    @property
    def file(self) -> FilePath:
        return self.folder / "hub.sqlite"

    def _opened(self) -> SqliteDatabase:
        db = open_database(self.file)
        migrate(db, self.file)
        return db

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    def _begin_epoch(self) -> None:
        self.epochs += 1
        with transaction(self.db):
            log.begin_epoch(self.db, self.epochs, NOON, "test")
        self.plain.path.append((self.epochs, self.plain.head + 1))

    # -- the log ------------------------------------------------------------------------------------------------------

    @rule(audience=AUDIENCES)
    def an_alert_is_published(self, audience: Audience) -> None:
        self._publish(make_alert(self._name()), audience)

    @precondition(lambda self: self.plain.alerts)
    @rule(audience=AUDIENCES, kind=st.sampled_from(["Update", "Cancel"]), which=SMALL)
    def it_is_followed(self, audience: Audience, kind: str, which: int) -> None:
        earlier = self.plain.alerts[which % len(self.plain.alerts)]
        self._publish(following(kind, self._name(), earlier), audience)

    def _name(self) -> str:
        self.names += 1
        return f"alert-{self.names}"

    def _publish(self, alert: Alert, audience: Audience) -> None:
        entry = entry_of(self.plain.log(), alert, audience)
        with transaction(self.db):
            log.append_alert(self.db, entry, alert, now=NOON, by="ministry")
        self.plain.entries.append(entry)
        self.plain.alerts.append(alert)
        self.plain.head += 1

    @rule(off=st.sampled_from([-1, 1, 5]))
    def a_number_that_is_not_the_next_is_refused(self, off: int) -> None:
        alert, before = make_alert("none"), self.plain.log()
        before.head += off
        with pytest.raises(StoreError, match="does not follow"), transaction(self.db):
            log.append_alert(self.db, entry_of(before, alert), alert, now=NOON, by="ministry")

    # -- the file -----------------------------------------------------------------------------------------------------

    @rule()
    def it_is_opened_again(self) -> None:
        self.db.close()
        self.db = self._opened()
        self._begin_epoch()

    @precondition(lambda self: len(self.copies) < 3)
    @rule()
    def it_is_copied(self) -> None:
        copy = self.folder / f"copy-{len(self.copies)}.sqlite"
        self.db.close()
        shutil.copyfile(self.file, copy)
        self.db = self._opened()
        self.copies.append((copy, deepcopy(self.plain)))

    @precondition(lambda self: self.copies)
    @rule(which=SMALL)
    def it_is_put_back(self, which: int) -> None:
        copy, plain = self.copies[which % len(self.copies)]
        self.db.close()
        for path in self.folder.glob("hub.sqlite*"):
            path.unlink()
        shutil.copyfile(copy, self.file)
        self.plain, self.db = deepcopy(plain), self._opened()
        self._begin_epoch()

    # -- the uplink ---------------------------------------------------------------------------------------------------

    @rule(outbox=OUTBOXES, after=SMALL, count=st.integers(0, 4), beyond=st.integers(0, 2), dies=st.booleans())
    def a_device_sends(self, outbox: int, after: int, count: int, beyond: int, dies: bool) -> None:
        numbers = range(after + 1, after + count + 1)
        command = TakeUplink(outbox, after, after + count + beyond, tuple((n, _item(outbox, n)) for n in numbers))
        with transaction(self.db):
            tries = uplink.begin(self.db, DEVICE, command)
        if dies:
            return  # between the two commits
        with transaction(self.db):
            outcome = uplink.take(self.db, DEVICE, command, tries, NOON)
        last = self.plain.outboxes.get(outbox, 0)
        if after > last:
            assert outcome == HubOutcome(((outbox, last),), gap=True)
            return
        new = [number for number in numbers if number > last]
        for number in new:
            is_usable = _is_usable(number) and tries[number] <= limits.UPLINK_TRIES_MAX
            (self.plain.taken if is_usable else self.plain.refused).add((outbox, number))
        self.plain.outboxes[outbox] = max(last, command.upto)
        assert [refusal.number for refusal in outcome.refusals] == [n for n in new if (outbox, n) in self.plain.refused]

    # -- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def the_log_is_as_it_was_written(self) -> None:
        read, plain = log.read_log(self.db, NOON), self.plain.log()
        assert (read.head, list(read.path)) == (plain.head, list(plain.path))
        assert list(read) == list(plain)
        assert all(read.in_force(entry, NOON) == plain.in_force(entry, NOON) for entry in plain)

    @invariant()
    def every_item_took_effect_once(self) -> None:
        outboxes = (51, 52, 53)
        stand = uplink.stand(self.db, DEVICE, ReadStand(outboxes))
        assert stand.outboxes == tuple((outbox, self.plain.outboxes.get(outbox, 0)) for outbox in outboxes)
        receipts = [
            (row.outbox_epoch, row.outbox_number)
            for kind in (ReceiptRow, AnswerRow)
            for row in kind.select().execute(self.db)
        ]
        reports = Report.select().where(Report.kind == "unusable").execute(self.db)
        refused = [(row.outbox_epoch, row.outbox_number) for row in reports]
        assert sorted(receipts) == sorted(self.plain.taken)
        assert sorted(refused) == sorted(self.plain.refused)

    @invariant()
    def what_is_being_tried_is_not_done_yet(self) -> None:
        for row in UplinkTry.select().execute(self.db):
            assert row.number > self.plain.outboxes.get(row.epoch, 0)


def _is_usable(number: int) -> bool:
    return number % 4 != 0


def _item(outbox: int, number: int) -> bytes:
    if not _is_usable(number):
        return UNUSABLE
    at = NOON + number
    return pack_uplink(Answer(at, number, 99, outbox) if number % 3 else Receipt(at, ReceiptState.SEEN, 99, outbox))


StoreHistories.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestStoreHistories = StoreHistories.TestCase
