"""What the hub may say that a device has: less rather than more."""

from __future__ import annotations

from alerts.session.claim import Claim, Place, at_handshake, moved, rolled, spared_between, spares, stored
from alerts.session.log import Form, Log
from alerts.session.position import Position
from alerts.session.spans import Spans
from tests.alerts.session.logs import EPOCH, HERE, LATER, NOW, OTHER, READER, THERE, a_log, add, cancel, update


def has(claim: Claim, log: Log, now: int = NOW) -> str:
    """The keys of what is claimed."""
    return "".join(entry.key for entry in log if claim.has(entry.number, entry.expires, now))


def test_below_the_cursor_or_held_and_not_spared() -> None:
    claim = Claim(1, EPOCH, 5, 9, (8,), Spans.of([4]))
    assert [number for number in range(1, 10) if claim.has(number, LATER, NOW)] == [1, 2, 3, 5, 8]


def test_what_had_expired_by_a_later_time_is_not_claimed_when_the_clock_is_put_right() -> None:
    claim = Claim(1, EPOCH, 5, 5, heard=3000)
    assert claim.has(4, 2000, 3000)
    assert not claim.has(4, 2000, 1000)
    assert claim.has(4, 3001, 1000)


def test_a_withdrawal_instead_of_an_alert_spares_it_and_instead_of_a_cancel_does_not() -> None:
    log = a_log()
    alert, new, gone = add(log, "a"), update(log, "b", "a"), cancel(log, "c", "b")
    assert not spares(alert, Form.FULL)
    assert spares(alert, None)
    assert spares(new, Form.WITHDRAWAL)
    assert not spares(gone, Form.WITHDRAWAL)
    assert spares(gone, None)


def test_spared_is_what_was_for_the_reader_or_is_no_longer_known_and_not_given() -> None:
    log = a_log()
    add(log, "a", audience=HERE)
    add(log, "b", audience=THERE)
    add(log, "c", audience=HERE)
    assert list(spared_between(log, READER, 1, 4, {2})) == [3, 4]
    assert list(spared_between(log, READER, 1, 4, {2, 4})) == []
    add(log, "d", expires=NOW)
    log.forget_dead(NOW)
    assert 5 in spared_between(log, READER, 4, 5, ())


def test_a_stored_confirms_a_position_and_what_it_was_spared() -> None:
    claim = stored(Claim(1, heard=50), Position(EPOCH, 5, 6, (8,)), [Spans.of([3]), Spans.of([4])], NOW)
    assert (claim.cursor, claim.as_of, claim.held, list(claim.spared), claim.heard) == (5, 6, (8,), [3, 4], NOW)
    assert stored(claim, Position(EPOCH, 4, 4), (), 10).heard == NOW


def test_after_a_lost_confirmation_only_what_is_in_force_is_claimed() -> None:
    log = a_log()
    for key in "abc":
        add(log, key)
    cancel(log, "x", "c")
    row = Claim(1, EPOCH, 2, 2)
    claim = at_handshake(row, Place(1, 0, Position(EPOCH, 5, 5)), log, READER, NOW)
    assert has(claim, log) == "ab"


def test_a_position_that_does_not_count_claims_nothing_and_one_of_an_earlier_epoch_only_what_was_known() -> None:
    log = a_log()
    add(log, "a")
    add(log, "b")
    row = Claim(1, EPOCH, 2, 2)
    lost = Position(99, 9, 9)
    assert has(at_handshake(row, Place(1, 0, lost), log, READER, NOW), log) == ""
    assert has(at_handshake(row, Place(1, 0, lost, (EPOCH, 3)), log, READER, NOW), log) == "a"


def test_the_row_goes_down_with_a_store_that_was_put_back_and_vouches_for_nothing_of_it() -> None:
    log = a_log()
    add(log, "a")
    add(log, "b", expires=NOW)
    row = Claim(1, EPOCH, 3, 3)
    assert has(at_handshake(row, Place(1, 0, Position(EPOCH, 3, 3)), log, READER, NOW), log) == "ab"
    back = at_handshake(row, Place(2, 0, Position(EPOCH, 2, 2)), log, READER, NOW)
    assert (back.opening, has(back, log)) == (2, "a")


def test_of_what_is_over_only_a_store_that_goes_on_from_the_row_is_believed() -> None:
    """A clone that has come as far was spared what was over by then."""
    log = a_log()
    add(log, "a", expires=NOW)
    add(log, "b")
    row, level = Claim(1, EPOCH, 3, 3), Position(EPOCH, 3, 3)
    goes_on = at_handshake(row, Place(2, 1, level), log, READER, NOW)
    assert (goes_on.opening, has(goes_on, log)) == (2, "ab")
    assert has(at_handshake(row, Place(3, 2, level), log, READER, NOW), log) == "b"
    assert has(at_handshake(row, Place(3, 0, level), log, READER, NOW), log) == "b"


def test_a_copy_that_stands_lower_does_not_go_on_from_the_row_although_it_says_so() -> None:
    log = a_log()
    add(log, "a", expires=NOW)
    add(log, "b")
    copy = at_handshake(Claim(1, EPOCH, 3, 3), Place(2, 1, Position(EPOCH, 2, 2)), log, READER, NOW)
    assert has(copy, log) == ""


def test_until_a_roll_call_nothing_in_force_is_claimed_of_another_opening_of_a_lost_epoch() -> None:
    """It may be a copy, which was spared what the row's store was given."""
    log = a_log()
    add(log, "a")
    add(log, "b")
    row = Claim(1, EPOCH, 3, 3)
    lost = Position(99, 9, 9)
    assert has(at_handshake(row, Place(1, 0, lost, (EPOCH, 3)), log, READER, NOW), log) == "ab"
    assert has(at_handshake(row, Place(2, 1, lost, (EPOCH, 3)), log, READER, NOW), log) == ""
    assert has(at_handshake(row, Place(2, 1, lost, (EPOCH, 3)), log, READER, LATER), log, LATER) == "ab"
    assert has(at_handshake(row, Place(3, 2, lost, (EPOCH, 3)), log, READER, LATER), log, LATER) == ""


def test_while_a_roll_call_is_owed_or_due_nothing_new_is_claimed() -> None:
    log = a_log()
    add(log, "a")
    row = Claim(1, EPOCH, 1, 1)
    for position in (Position(EPOCH, 2, 2, owes=True), Position(EPOCH, 2, 2, heard=NOW + 1)):
        assert has(at_handshake(row, Place(1, 0, position), log, READER, NOW), log) == ""


def test_what_is_newly_addressed_was_not_had() -> None:
    log = a_log()
    add(log, "a", audience=HERE)
    add(log, "b", audience=THERE)
    row = Claim(1, EPOCH, 3, 3)
    assert has(moved(row, log, READER, OTHER), log) == "a"


def test_after_a_roll_call_what_was_listed_is_had_and_of_the_rest_what_was_had_before() -> None:
    log = a_log()
    for key in "abcd":
        add(log, key, expires=NOW if key in "ab" else LATER)
    before = Claim(1, EPOCH, 2, 2)
    after = rolled(Claim(1, EPOCH, 5, 5), before, log, READER, 5, frozenset({4, 5}), NOW)
    assert has(after, log) == "acd"
