"""SQLite rows and dictionary rows do the same under the rules of the inbox, whatever comes in whatever order."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alerts.errors import RemoteProtocolError
from alerts.session import inbox as rules
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    KeepItems,
    LanguagesDone,
    OweRollCall,
    SetLanguages,
)
from alerts.wire.items import Arrival, Purpose, Urgency
from alerts.wire.uplink import pack_uplink
from client.store.store import Store
from tests.support.clocks import TestClock
from tests.support.dict_rows import DictRows

EPOCHS = st.sampled_from([11, 12, 13])
NUMBERS = st.integers(1, 12)
KEYS = st.integers(1, 8).map(lambda number: f"s,k{number}")
LANGUAGES = st.lists(st.sampled_from(["en", "fr", "sw"]), unique=True, max_size=2).map(tuple)
ITEMS = st.one_of(
    st.just(b"spoiled"),
    st.builds(
        lambda key, replaces, purpose, urgency, expires: json.dumps(
            [key, sorted(replaces), purpose, urgency, expires]
        ).encode(),
        st.none() | KEYS,
        st.sets(KEYS, max_size=2),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 400),
    ),
)
GROUPS = st.lists(st.tuples(EPOCHS, st.lists(NUMBERS, unique=True, max_size=4).map(tuple)), max_size=3).map(tuple)
ENDS = st.dictionaries(EPOCHS, st.integers(0, 12)).map(lambda ends: tuple(ends.items()))


def decode(raw: bytes, epoch: int, number: int) -> Arrival:
    """Items of this test: JSON, or spoiled."""
    if raw == b"spoiled":
        raise RemoteProtocolError(f"spoiled {epoch} {number}")
    key, replaces, purpose, urgency, expires = json.loads(raw)
    return Arrival(key, frozenset(replaces) - {key}, Purpose(purpose), Urgency(urgency), expires)


class BothStores(RuleBasedStateMachine):
    """Every command is given to both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = TestClock()
        self.openings = 0
        self.plain = DictRows()
        self.now = 0
        self.outbox: list[bytes] = []
        self._open()

    def _open(self) -> None:
        self.openings += 1
        self.store = Store(self.folder, self.clock.clocks(), random.Random(self.openings), decode=decode)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def _give(self, command: DeviceCommand) -> None:
        self.plain.now = self.now
        assert self.store.execute(command) == self._plain(command)

    def _plain(self, command: DeviceCommand) -> DeviceOutcome:
        match command:
            case KeepItems():
                tries = rules.begin_items(self.plain, command)
                return rules.keep_items(self.plain, command, tries, decode)
            case OweRollCall():
                return rules.owe_roll_call(self.plain, command)
            case FinishRollCall():
                return rules.finish_roll_call(self.plain, command)
            case SetLanguages():
                return rules.set_languages(self.plain, command)
            case LanguagesDone():
                return rules.languages_done(self.plain, command)
        raise AssertionError(command)

    @rule(epoch=EPOCHS, gaps=st.lists(st.integers(1, 2), max_size=4), more=st.integers(0, 2), data=st.data())
    def data_frame(self, epoch: int, gaps: list[int], more: int, data: st.DataObject) -> None:
        cursor = self.plain.where.cursor
        numbers = [cursor + sum(gaps[: index + 1]) for index in range(len(gaps))]
        items = tuple((number, data.draw(ITEMS)) for number in numbers)
        upto = cursor + sum(gaps) + more
        self._give(KeepItems(epoch, items, upto, upto + more, epoch, False, self.now))

    @rule(epoch=EPOCHS, number=NUMBERS, item=ITEMS, wanted=st.booleans())
    def ahead(self, epoch: int, number: int, item: bytes, wanted: bool) -> None:
        self._give(KeepItems(epoch, ((number, item),), None, number, epoch, wanted, self.now))

    @rule(groups=GROUPS)
    def owe(self, groups: tuple[tuple[int, tuple[int, ...]], ...]) -> None:
        self._give(OweRollCall(groups, self.now))

    @rule(groups=GROUPS, epoch=EPOCHS, upto=NUMBERS, asked=st.sets(EPOCHS).map(tuple), ends=ENDS)
    def finish(
        self,
        groups: tuple[tuple[int, tuple[int, ...]], ...],
        epoch: int,
        upto: int,
        asked: tuple[int, ...],
        ends: tuple[tuple[int, int], ...],
    ) -> None:
        self._give(FinishRollCall(epoch, upto, groups, asked, ends, upto, epoch, self.now))

    @rule(languages=st.none() | LANGUAGES)
    def languages(self, languages: tuple[str, ...] | None) -> None:
        self._give(SetLanguages(languages, self.now))

    @rule()
    def languages_done(self) -> None:
        self._give(LanguagesDone())

    @rule(seconds=st.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def opened_again(self) -> None:
        self.store.close()
        self._open()

    @invariant()
    def they_hold_the_same(self) -> None:
        rows = self.store._rows(self.now)
        assert self.store.standing() == self.plain.where
        assert {row.key: row for key in self.plain.alerts if (row := rows.get(key))} == self.plain.alerts
        assert len(self.store.entries()) == len(self.plain.alerts)
        assert {row.key: row for row in rows.numbered()} == {row.key: row for row in self.plain.numbered()}
        assert {(epoch, number): reason for epoch, number, reason in self.store.quarantined()} == {
            place: reason for place, (_, reason) in self.plain.quarantined.items()
        }
        assert all(rows.is_withdrawn(key) == self.plain.is_withdrawn(key) for key in (f"s,k{n}" for n in range(1, 9)))
        assert rows.has_unconfirmed() == self.plain.has_unconfirmed()

    @invariant()
    def the_outbox_has_what_was_written(self) -> None:
        written = [
            raw for outbox in self.store.outbox.outboxes() for _, raw in self.store.outbox.read(outbox.epoch, 0, 10_000)
        ]
        assert written == [pack_uplink(item) for item in self.plain.written]


BothStores.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestBothStores = BothStores.TestCase


def test_many_lost_alerts_are_reported_in_items_that_fit(tmp_path: Path) -> None:
    from alerts import limits

    store = Store(tmp_path, TestClock().clocks(), random.Random(1))
    keys = [f"s,{number}{'x' * 900}" for number in range(40)]
    with store._database.transaction():
        store._rows(5).report_lost(keys)
    (outbox,) = store.outbox.outboxes()
    items = store.outbox.read(outbox.epoch, 0, 100)
    assert len(items) == 4
    assert all(len(raw) <= limits.UPLINK_ITEM_BYTES_MAX for _, raw in items)
