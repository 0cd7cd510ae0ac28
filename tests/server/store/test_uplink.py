from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts import limits
from alerts.audience import Audience, Reader
from alerts.session.commits import HubOutcome, ReadStand, TakeUplink
from alerts.wire.uplink import (
    Lost,
    Quarantined,
    Receipt,
    ReceiptState,
    RefusalReason,
    UplinkItem,
    pack_uplink,
    unpack_uplink,
)
from server.store import devices, log, uplink
from server.store.deliveries import Acts, acts_on
from server.store.models import Report, UplinkTry
from server.store.reports import reports
from tests.support.stores import NOON, entry_of, fresh_database, make_alert

DEVICE = "d-1"
ALERT = make_alert("one")
SEEN = Receipt(NOON + 1, ReceiptState.SEEN, 7, 2)
ACKNOWLEDGED = Receipt(NOON + 2, ReceiptState.ACKNOWLEDGED, 7, 2)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """A device in Kenya, an alert (2) for Kenya and one (3) for Uganda."""
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        devices.enrol(db, 1, 7, Reader(DEVICE, ("KE-1",)), name="", languages_set=None, token_hash=b"1", now=NOON)
        for alert, area in ((ALERT, "KE"), (make_alert("two"), "UG")):
            entry = entry_of(log.read_log(db, NOON), alert, Audience(areas=(area,)))
            log.append_alert(db, entry, alert, now=NOON, by="x")
        yield db


def _frame(after: int, *items: UplinkItem | bytes, upto: int | None = None, epoch: int = 50) -> TakeUplink:
    packed = tuple(
        (after + index, item if isinstance(item, bytes) else pack_uplink(item)) for index, item in enumerate(items, 1)
    )
    return TakeUplink(epoch, after, after + len(items) if upto is None else upto, packed)


def _send(db: SqliteDatabase, frame: TakeUplink, device: str = DEVICE) -> HubOutcome:
    return uplink.take(db, device, frame, uplink.begin(db, device, frame), NOON)


def test_receipts_take_effect_and_the_number_moves(db: SqliteDatabase) -> None:
    assert _send(db, _frame(0, SEEN, ACKNOWLEDGED)) == HubOutcome(((50, 2),))
    assert acts_on(db, 2) == {DEVICE: Acts(NOON + 1, NOON + 2)}
    assert uplink.stand(db, DEVICE, ReadStand((50, 51))) == HubOutcome(((50, 2), (51, 0)))


def test_what_comes_again_takes_effect_once(db: SqliteDatabase) -> None:
    _send(db, _frame(0, SEEN))
    other = Receipt(NOON + 9, ReceiptState.SEEN, 7, 2)
    assert _send(db, _frame(0, other, ACKNOWLEDGED)) == HubOutcome(((50, 2),)), "item 1 is here already, item 2 is new"
    assert acts_on(db, 2) == {DEVICE: Acts(NOON + 1, NOON + 2)}
    assert _send(db, _frame(0, SEEN)) == HubOutcome(((50, 2),)), "the number does not go back"


def test_a_gap_is_said_and_nothing_taken(db: SqliteDatabase) -> None:
    _send(db, _frame(0, SEEN))
    assert _send(db, _frame(4, ACKNOWLEDGED)) == HubOutcome(((50, 1),), gap=True)
    assert acts_on(db, 2) == {DEVICE: Acts(NOON + 1)}
    assert not UplinkTry.select().exists(db)


def test_what_is_not_kept_any_more_is_passed_over(db: SqliteDatabase) -> None:
    assert _send(db, _frame(0, upto=17)) == HubOutcome(((50, 17),))
    assert _send(db, TakeUplink(50, 17, 30, ((25, pack_uplink(SEEN)),))) == HubOutcome(((50, 30),))


def test_devices_and_outboxes_have_numbers_of_their_own(db: SqliteDatabase) -> None:
    _send(db, _frame(0, SEEN))
    assert _send(db, _frame(0, SEEN, epoch=51)) == HubOutcome(((51, 1),))
    assert uplink.number_of(db, "d-2", 50) == 0


def test_an_alert_named_by_its_identity_is_found(db: SqliteDatabase) -> None:
    _send(db, _frame(0, Receipt(NOON, ReceiptState.ACKNOWLEDGED, key=ALERT.key)))
    assert acts_on(db, 2) == {DEVICE: Acts(None, NOON)}


def test_a_receipt_for_an_alert_that_is_not_known_is_kept(db: SqliteDatabase) -> None:
    lost = Receipt(NOON, ReceiptState.SEEN, 6, 2)
    assert _send(db, _frame(0, lost, Receipt(NOON, ReceiptState.SEEN, key="x,y"))) == HubOutcome(((50, 2),))
    assert acts_on(db, 2) == {}, "number 2 of another epoch is another alert"


def test_a_receipt_for_somebody_else_s_alert_is_refused(db: SqliteDatabase) -> None:
    foreign = Receipt(NOON, ReceiptState.ACKNOWLEDGED, 7, 3)
    outcome = _send(db, _frame(0, foreign, SEEN))
    assert outcome.outboxes == ((50, 2),)
    assert [(refusal.number, refusal.reason) for refusal in outcome.refusals] == [(1, RefusalReason.NOT_ADDRESSED)]
    assert acts_on(db, 3) == {}


def test_a_receipt_counts_for_who_has_moved_since(db: SqliteDatabase) -> None:
    devices.move(db, 4, 7, Reader(DEVICE, ("TZ",)), NOON)
    assert _send(db, _frame(0, ACKNOWLEDGED)).refusals == ()
    assert acts_on(db, 2) == {DEVICE: Acts(None, NOON + 2)}


def test_what_cannot_be_read_is_kept_with_its_reason_and_blocks_nothing(db: SqliteDatabase) -> None:
    outcome = _send(db, _frame(0, b"\xc1", SEEN, b"", pack_uplink(SEEN) * 2))
    assert outcome.outboxes == ((50, 4),)
    assert [(refusal.number, refusal.reason) for refusal in outcome.refusals] == [
        (1, RefusalReason.UNUSABLE),
        (3, RefusalReason.UNUSABLE),
        (4, RefusalReason.UNUSABLE),
    ]
    assert acts_on(db, 2) == {DEVICE: Acts(NOON + 1)}
    assert [(report.kind, report.number) for report in reports(db, 10)] == [
        ("unusable", 4),
        ("unusable", 3),
        ("unusable", 1),
    ]
    assert Report.select().where(Report.outbox_number == 1).get(db).item == b"\xc1"


def test_what_a_device_reports_is_listed(db: SqliteDatabase) -> None:
    _send(db, _frame(0, Quarantined(NOON, 7, 2, "no such form"), Lost(NOON + 5, ("a,b", "c,d"))))
    lost, unusable = reports(db, 10)
    assert (unusable.kind, unusable.device, unusable.words, unusable.epoch, unusable.number) == (
        *("quarantined", DEVICE, "no such form", 7),
        2,
    )
    assert (lost.kind, lost.at, lost.keys) == ("lost", NOON + 5, ("a,b", "c,d"))
    assert reports(db, 1) == [lost]


def test_an_item_whose_reading_kills_the_hub_is_set_aside_after_some_tries(db: SqliteDatabase) -> None:
    frame = _frame(0, SEEN, ACKNOWLEDGED)

    class KilledError(BaseException):
        """The process is gone: no later line of it runs."""

    def deadly(raw: bytes) -> UplinkItem:
        if raw == pack_uplink(SEEN):
            raise KilledError
        return unpack_uplink(raw)

    for life in range(1, limits.UPLINK_TRIES_MAX + 1):
        tries = uplink.begin(db, DEVICE, frame)
        assert tries == {1: life, 2: life}
        with pytest.raises(KilledError):
            uplink.take(db, DEVICE, frame, tries, NOON, deadly)
    outcome = uplink.take(db, DEVICE, _frame(0, SEEN), uplink.begin(db, DEVICE, frame), NOON, deadly)
    assert [(refusal.number, refusal.reason) for refusal in outcome.refusals] == [(1, RefusalReason.CRASHED)]
    assert outcome.outboxes == ((50, 1),)


def test_an_outbox_that_goes_on_after_a_later_one_proves_a_clone(db: SqliteDatabase) -> None:
    _send(db, _frame(0, SEEN, epoch=50))
    _send(db, _frame(0, SEEN, epoch=51))
    assert devices.device(db, DEVICE).clone_seen_at is None
    _send(db, _frame(0, SEEN, epoch=50))
    assert devices.device(db, DEVICE).clone_seen_at is None, "a repetition proves nothing"
    _send(db, _frame(1, ACKNOWLEDGED, epoch=50))
    _send(db, _frame(2, SEEN, epoch=50))
    assert devices.device(db, DEVICE).clone_seen_at == NOON
    assert [(report.kind, report.device) for report in reports(db, 10)] == [("clone", DEVICE)]
    assert acts_on(db, 2)[DEVICE].acknowledged_at == NOON + 2, "nothing is cut"
