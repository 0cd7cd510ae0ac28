"""The rules of the inbox, on rows in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session import inbox
from alerts.session.commits import DeviceOutcome, FinishRollCall, KeepItems, LanguagesDone, OweRollCall, SetLanguages
from alerts.session.inbox import Alarm, Row, Standing
from alerts.wire.frames import Group
from alerts.wire.items import Arrival, Purpose, Urgency
from alerts.wire.uplink import Lost, Quarantined
from tests.support.dict_rows import DictRows

E, NOW, LATER = 7, 1000, 5000


def decode(raw: bytes, epoch: int, number: int) -> Arrival:
    """`key>replaced,replaced@expires`, `>replaced`, `!` (unusable), `x key` a cancel."""
    text = raw.decode()
    if text == "!":
        raise RemoteProtocolError("cannot be used")
    purpose = Purpose.CANCEL if text.startswith("x ") else Purpose.ALERT
    words, _, expires = text.removeprefix("x ").partition("@")
    key, _, replaced = words.partition(">")
    replaces = frozenset(replaced.split(",")) if replaced else frozenset[str]()
    return Arrival(key or None, replaces, purpose, Urgency.ORDINARY, int(expires or LATER))


def keep(
    rows: DictRows,
    *items: tuple[int, str],
    upto: int | None = None,
    as_of: int | None = None,
    wanted: bool = False,
    now: int = NOW,
    epoch: int = E,
) -> DeviceOutcome:
    """Both commits of a frame."""
    raw = tuple((number, text.encode()) for number, text in items)
    judged = as_of if as_of is not None else upto or 0
    command = KeepItems(epoch, raw, upto, judged, epoch, wanted, now)
    return inbox.keep_items(rows, command, inbox.begin_items(rows, command), decode)


def roll(
    rows: DictRows,
    *groups: Group,
    upto: int,
    ends: tuple[tuple[int, int], ...] = (),
    epoch: int = E,
    now: int = NOW,
    asked: tuple[int, ...] | None = None,
) -> DeviceOutcome:
    """A whole roll-call in which nothing is fetched."""
    owed = inbox.owe_roll_call(rows, OweRollCall(groups, now))
    epochs = owed.epochs if asked is None else asked
    return inbox.finish_roll_call(rows, FinishRollCall(epoch, upto, groups, epochs, ends, upto, epoch, now))


def shown(rows: DictRows, now: int = NOW) -> list[str]:
    return sorted(key for key, row in rows.alerts.items() if row.is_in_force(now))


# -- items ------------------------------------------------------------------------------------------------------------


def test_a_new_alert_is_kept_with_its_alarm_due_and_the_cursor_moves() -> None:
    rows = DictRows()
    outcome = keep(rows, (2, "a"), (3, "b"), upto=4, as_of=6)
    assert (outcome.arrived, shown(rows)) == (["a", "b"], ["a", "b"])
    assert rows.alerts["a"].alarm is Alarm.DUE
    standing = rows.where
    assert (standing.epoch, standing.cursor, standing.as_of, standing.heard) == (E, 4, 6, NOW)
    assert standing.marks == ((E, 4),)
    assert rows.tries == {}


def test_the_opening_that_was_welcomed_last_is_kept_whatever_comes_after_it() -> None:
    rows = DictRows()
    inbox.welcome(rows, 4)
    keep(rows, (1, "a"), upto=1)
    roll(rows, (E, (1,)), upto=1)
    assert rows.standing().welcomed == 4
    inbox.welcome(rows, 5)
    assert (rows.standing().welcomed, rows.standing().cursor) == (5, 1)


def test_a_repetition_changes_nothing_and_raises_nothing() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    rows.alerts["a"].alarm = Alarm.RAISED
    outcome = keep(rows, (2, "a"), (3, "b"), upto=3)
    assert outcome.arrived == ["b"]
    assert rows.alerts["a"].alarm is Alarm.RAISED
    assert keep(rows, (2, "a"), upto=None).changed == []


def test_ahead_is_held_and_leaves_the_cursor() -> None:
    rows = DictRows()
    keep(rows, (9, "e"), as_of=9)
    assert (rows.where.cursor, rows.where.held, rows.where.as_of) == (0, frozenset({9}), 9)
    keep(rows, (2, "a"), upto=8, as_of=9)
    assert (rows.where.cursor, rows.where.held) == (8, frozenset({9}))
    keep(rows, upto=9)
    assert (rows.where.cursor, rows.where.held) == (9, frozenset())


def test_as_of_never_goes_back_within_an_epoch_path() -> None:
    rows = DictRows()
    keep(rows, upto=2, as_of=9)
    keep(rows, upto=3, as_of=3)
    assert (rows.where.as_of, rows.where.epoch) == (9, E)


def test_the_cursor_never_goes_back() -> None:
    rows = DictRows()
    keep(rows, upto=5)
    with pytest.raises(AssertionError, match="never moves back"):
        keep(rows, upto=4)


@pytest.mark.parametrize("first", ["withdrawal", "alert"])
def test_a_withdrawal_holds_in_whatever_order_the_two_arrive(first: str) -> None:
    """The alert comes from a source that did not know of the withdrawal yet."""
    rows = DictRows()
    items = [(9, ">a"), (8, "a")] if first == "withdrawal" else [(8, "a"), (9, ">a")]
    outcomes = [keep(rows, item, as_of=item[0]) for item in items]
    assert shown(rows) == []
    assert rows.alerts["a"].withdrawn
    assert outcomes[1].withdrawn == ([] if first == "withdrawal" else ["a"])
    assert rows.alerts["a"].alarm is (Alarm.NONE if first == "withdrawal" else Alarm.DUE)


@pytest.mark.parametrize("is_known", [False, True], ids=["never had", "had before"])
def test_a_withdrawal_that_the_hubs_log_lost_does_not_hold_against_what_the_hub_sends(is_known: bool) -> None:
    rows = DictRows()
    if is_known:
        keep(rows, (7, "a"), upto=7)
    keep(rows, (8, "b>a"), upto=8, epoch=9)
    roll(rows, upto=6, epoch=E)
    assert shown(rows) == ["b"], "the hub lost both; b is unconfirmed"
    outcome = keep(rows, (7, "a"), upto=7)
    assert shown(rows) == ["a", "b"]
    assert rows.alerts["a"].alarm is Alarm.DUE
    assert outcome.arrived + outcome.changed == ["a"]


def test_while_a_roll_call_is_owed_what_comes_ahead_is_the_newest_word() -> None:
    rows = DictRows()
    keep(rows, (8, ">a"), upto=8)
    inbox.owe_roll_call(rows, OweRollCall((), NOW))
    keep(rows, (7, "a"), as_of=7)
    assert shown(rows) == ["a"]


def test_an_update_replaces_and_is_an_alert_itself() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    outcome = keep(rows, (3, "b>a"), upto=3)
    assert (outcome.arrived, outcome.withdrawn, shown(rows)) == (["b"], ["a"], ["b"])


def test_a_cancel_is_kept_but_neither_shown_nor_alarmed() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "x c>a"), upto=3)
    assert shown(rows) == []
    assert rows.alerts["c"].alarm is Alarm.NONE


def test_what_has_expired_when_it_arrives_raises_no_alarm() -> None:
    rows = DictRows()
    keep(rows, (2, f"a@{NOW}"), upto=2)
    assert rows.alerts["a"].alarm is Alarm.NONE
    assert shown(rows) == []


def test_what_is_published_again_under_its_identity_moves_to_its_new_number() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    outcome = keep(rows, (9, "a"), upto=9)
    assert (outcome.changed, rows.alerts["a"].number) == (["a"], 9)


# -- what cannot be used ----------------------------------------------------------------------------------------------


def test_what_cannot_be_decoded_is_quarantined_counts_as_stored_and_is_told() -> None:
    rows = DictRows()
    outcome = keep(rows, (2, "!"), (3, "b"), upto=3)
    assert outcome.quarantined == [(E, 2, "cannot be used")]
    assert (rows.where.cursor, shown(rows)) == (3, ["b"])
    assert rows.quarantined[E, 2] == (b"!", "cannot be used")
    assert rows.written == [Quarantined(0, E, 2, "cannot be used")]
    assert rows.has(E, 2)


def test_what_kills_its_reader_is_quarantined_after_as_many_tries() -> None:
    rows = DictRows()
    command = KeepItems(E, ((2, b"deadly"),), 2, 2, E, False, NOW)
    for _ in range(limits.TRIES_MAX):
        inbox.begin_items(rows, command)
    outcome = keep(rows, (2, "deadly"), upto=2)
    ((_, _, reason),) = outcome.quarantined
    assert reason == f"decoding it brought the reader down {limits.TRIES_MAX} times"
    assert rows.alerts == {}


def test_what_is_in_quarantine_is_not_begun_again() -> None:
    rows = DictRows()
    keep(rows, (2, "!"), as_of=2)
    assert inbox.begin_items(rows, KeepItems(E, ((2, b"!"),), 2, 2, E, False, NOW)) == {}


# -- the roll-call ----------------------------------------------------------------------------------------------------


def test_a_list_is_owed_durably_and_says_what_is_lacking() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "b"), upto=3)
    keep(rows, (9, "e"), as_of=9)
    outcome = inbox.owe_roll_call(rows, OweRollCall(((E, (2, 9, 5)), (8, (2,))), NOW))
    assert outcome.lacking == ((E, (5,)), (8, (2,)))
    assert outcome.position.owes
    assert outcome.position.held == ()
    assert rows.where.owes
    assert E in outcome.epochs


def test_while_it_is_owed_nothing_moves_as_of() -> None:
    rows = DictRows()
    keep(rows, upto=3)
    inbox.owe_roll_call(rows, OweRollCall((), NOW))
    keep(rows, (9, "e"), as_of=9)
    assert (rows.where.as_of, rows.where.held) == (3, frozenset({9}))


def test_what_is_held_and_not_listed_is_no_longer_in_force_for_this_device() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "b"), upto=3)
    outcome = roll(rows, (E, (2,)), upto=4, ends=((E, 4),))
    assert (outcome.ended, shown(rows)) == (["b"], ["a"])
    assert (rows.where.cursor, rows.where.owes, rows.where.as_of) == (4, False, 4)


def test_what_came_ahead_of_the_list_stays_in_force_and_held() -> None:
    rows = DictRows()
    keep(rows, upto=1)
    inbox.owe_roll_call(rows, OweRollCall((), NOW))
    keep(rows, (9, "e"), as_of=9)
    inbox.finish_roll_call(rows, FinishRollCall(E, 4, (), (E,), ((E, 9),), 9, E, NOW))
    assert (shown(rows), rows.where.held, rows.where.cursor) == (["e"], frozenset({9}), 4)


def test_numbers_of_a_lost_epoch_are_struck_and_their_alerts_kept_unconfirmed_and_named() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    keep(rows, (3, "b"), upto=3, epoch=8)
    outcome = roll(rows, (E, (2,)), upto=2, ends=((E, 2),))
    assert outcome.lost == ["b"]
    assert rows.written == [Lost(0, ("b",))]
    assert (rows.alerts["b"].number, rows.alerts["b"].unconfirmed) == (None, True)
    assert (rows.where.cursor, rows.where.marks, rows.where.unconfirmed) == (2, ((E, 2),), True)
    assert outcome.position.unconfirmed


def test_numbers_above_the_end_of_an_epoch_that_goes_on_otherwise_are_struck_too() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "b"), upto=3)
    outcome = roll(rows, (E, (2,)), upto=5, ends=((E, 2),), epoch=8)
    assert (outcome.lost, outcome.ended) == (["b"], [])


def test_what_the_hub_had_lost_and_has_again_is_asked_about_and_ends_where_it_is_not_listed() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "b"), upto=3)
    roll(rows, upto=1, asked=(E,), epoch=8)
    assert [(row.number, row.struck, row.unconfirmed) for row in rows.alerts.values()] == [
        (None, 2, True),
        (None, 3, True),
    ]
    outcome = inbox.owe_roll_call(rows, OweRollCall(((E, (2,)),), NOW))
    assert (outcome.lacking, E in outcome.epochs) == (((E, (2,)),), True)
    keep(rows, (2, "a"), wanted=True)
    outcome = inbox.finish_roll_call(rows, FinishRollCall(9, 5, ((E, (2,)),), (E,), ((E, 4),), 5, 9, NOW))
    assert (shown(rows), outcome.ended, outcome.lost) == (["a"], ["b"], [])
    assert [(row.number, row.struck, row.unconfirmed) for row in rows.alerts.values()] == [
        (2, None, False),
        (3, None, False),
    ]
    assert not rows.where.unconfirmed


def test_what_stays_lost_stays_struck() -> None:
    rows = DictRows()
    keep(rows, (3, "b"), upto=3)
    roll(rows, upto=1, asked=(E,), epoch=8)
    roll(rows, upto=5, asked=(E,), ends=((E, 2),), epoch=9)
    assert (rows.alerts["b"].number, rows.alerts["b"].unconfirmed, shown(rows)) == (None, True, ["b"])


def test_what_was_lost_under_a_clock_years_ahead_is_unconfirmed_when_it_is_put_right() -> None:
    rows = DictRows()
    keep(rows, (3, "b"), upto=3, epoch=8)
    outcome = roll(rows, upto=2, now=LATER + 1, asked=(8,))
    assert outcome.lost == []
    assert rows.alerts["b"].is_in_force(NOW)
    assert rows.alerts["b"].unconfirmed


def test_an_unconfirmed_alert_that_is_published_again_is_confirmed() -> None:
    rows = DictRows()
    keep(rows, (3, "b"), upto=3, epoch=8)
    roll(rows, upto=2, asked=(8,))
    keep(rows, (4, "b"), upto=4)
    assert not rows.alerts["b"].unconfirmed
    assert not rows.where.unconfirmed


@pytest.mark.parametrize("how", ["withdrawn", "not listed", "in other languages"])
def test_what_comes_back_is_had_again_and_only_once(how: str) -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    if how == "withdrawn":
        keep(rows, (3, ">a"), upto=3)
    elif how == "not listed":
        roll(rows, upto=3, ends=((E, 3),))
    else:
        inbox.set_languages(rows, SetLanguages(("sw",), LATER + 1))
    outcome = inbox.owe_roll_call(rows, OweRollCall(((E, (2,)),), NOW))
    assert outcome.lacking == ((E, (2,)),)
    keep(rows, (2, "a"), wanted=True)
    assert shown(rows) == ["a"]
    assert inbox.owe_roll_call(rows, OweRollCall(((E, (2,)),), NOW)).lacking == ()


def test_what_had_expired_by_a_clock_that_was_wrong_is_in_force_again_without_being_had_again() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2, now=LATER + 1)
    assert [row.alarm for row in rows.alerts.values()] == [Alarm.NONE]
    outcome = roll(rows, (E, (2,)), upto=2, ends=((E, 2),))
    assert (outcome.changed, shown(rows)) == (["a"], ["a"])
    assert [row.alarm for row in rows.alerts.values()] == [Alarm.DUE]


def test_a_withdrawal_that_overtakes_the_rest_of_a_roll_call_is_not_undone_by_it() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    inbox.owe_roll_call(rows, OweRollCall(((E, (2,)),), NOW))
    keep(rows, (9, ">a"), as_of=9)
    inbox.finish_roll_call(rows, FinishRollCall(E, 5, ((E, (2,)),), (E,), ((E, 9),), 9, E, NOW))
    assert shown(rows) == []


def test_what_could_not_be_shown_when_it_came_raises_its_alarm_when_it_comes_back() -> None:
    rows = DictRows()
    keep(rows, (9, ">a"), as_of=9)
    keep(rows, (2, "a"), upto=2, as_of=8)
    assert [row.alarm for row in rows.alerts.values()] == [Alarm.NONE]
    keep(rows, (2, "a"), wanted=True)
    assert [row.alarm for row in rows.alerts.values()] == [Alarm.DUE]


def test_other_texts_raise_no_alarm_again() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    rows.alerts["a"].alarm = Alarm.RAISED
    assert keep(rows, (2, "a"), wanted=True).changed == ["a"]
    assert rows.alerts["a"].alarm is Alarm.RAISED


# -- languages --------------------------------------------------------------------------------------------------------


def test_other_languages_want_what_is_in_force_again_until_it_is_here() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), (3, "b"), (4, ">b"), upto=4)
    outcome = inbox.set_languages(rows, SetLanguages(("sw",), NOW))
    assert outcome.lacking == ((E, (2,)),)
    assert (rows.where.languages, rows.where.languages_due) == (("sw",), True)
    assert inbox.set_languages(rows, SetLanguages(None, NOW)).lacking == ((E, (2,)),)
    keep(rows, (2, "a"), wanted=True)
    assert inbox.set_languages(rows, SetLanguages(None, NOW)).lacking == ()
    assert rows.where.languages_due
    inbox.languages_done(rows, LanguagesDone())
    assert inbox.set_languages(rows, SetLanguages(None, NOW)).lacking == ()
    assert inbox.set_languages(rows, SetLanguages(("sw",), NOW)).lacking == ()


def test_languages_judged_by_a_later_time_make_a_roll_call_due_when_the_clock_is_put_right() -> None:
    rows = DictRows()
    keep(rows, (2, "a"), upto=2)
    assert inbox.set_languages(rows, SetLanguages(("sw",), LATER + 1)).lacking == ()
    assert rows.where.heard == LATER + 1


# -- where it stands --------------------------------------------------------------------------------------------------


def test_the_last_cursors_of_epochs_are_kept_within_bounds() -> None:
    rows = DictRows()
    for epoch in range(1, limits.MARKS_MAX + 3):
        keep(rows, upto=epoch, epoch=epoch)
    assert len(rows.where.marks) == limits.MARKS_MAX
    assert rows.where.marks[-1] == (limits.MARKS_MAX + 2, limits.MARKS_MAX + 2)
    assert rows.where.earlier() == (limits.MARKS_MAX + 1, limits.MARKS_MAX + 1)
    assert Standing().earlier() == (0, 0)


def test_while_a_roll_call_is_owed_nothing_is_said_to_be_held() -> None:
    standing = Standing(E, 4, 9, frozenset({8, 6}))
    assert standing.position().held == (6, 8)
    assert replace(standing, owes=True).position().held == ()


def test_a_row_is_in_force_unless_something_ended_it() -> None:
    row = Row("a", E, 2, Purpose.ALERT, Urgency.ORDINARY, LATER, b"")
    assert row.is_in_force(LATER - 1)
    assert not row.is_in_force(LATER)
    for change in ({"listed": False}, {"withdrawn": True}, {"purpose": Purpose.CANCEL}):
        assert not replace(row, **change).is_in_force(NOW)
    assert replace(row, purpose=Purpose.NOTICE).is_in_force(NOW)
