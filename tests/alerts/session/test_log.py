"""The log: what entries inherit, what is in force, and in which form it is sent to whom."""

from __future__ import annotations

import pytest

from alerts.session.log import Draft, Form, Log, grouped
from alerts.session.position import Path
from alerts.wire.items import Purpose, Urgency
from tests.alerts.session.logs import ALL, EPOCH, HERE, LATER, NOW, OTHER, READER, THERE, a_log, add, cancel, update


def anything(key: str) -> bool:
    return True


def nothing(key: str) -> bool:
    return False


def test_an_update_reaches_who_could_have_the_old_one_is_as_urgent_and_lives_as_long() -> None:
    log = a_log()
    add(log, "a", audience=HERE, urgency=Urgency.EXTREME, expires=9000)
    entry = update(log, "b", "a", audience=THERE, expires=2000)
    assert entry.reach == (THERE, HERE)
    assert (entry.urgency, entry.expires, entry.lives) == (Urgency.EXTREME, 2000, 9000)


def test_inheritance_goes_down_the_chain() -> None:
    log = a_log()
    add(log, "a", audience=HERE)
    update(log, "b", "a", audience=THERE)
    assert update(log, "c", "b", audience=ALL).replaces == {"a", "b"}
    assert log.find("c").reach == (ALL, THERE, HERE)  # type: ignore[union-attr]


def test_what_only_the_archive_has_is_inherited_from_too_and_the_log_knows_better_what_it_has() -> None:
    log, archive = a_log(), a_log()
    old = add(archive, "a", audience=HERE, expires=9000)
    stale = add(archive, "b", audience=THERE)
    add(log, "b", audience=ALL)
    draft = Draft("c", Purpose.CANCEL, THERE, ("a", "b"), Urgency.ORDINARY, 2000)
    entry = log.inherit(draft, [old, stale])
    assert set(entry.reach) == {THERE, HERE, ALL}
    assert entry.lives == 9000
    assert log.inherit(draft, [add(archive, "unrelated", expires=10**6)]).lives == LATER


@pytest.mark.parametrize("purpose", [Purpose.ALERT, Purpose.NOTICE])
def test_an_alert_and_a_notice_replace_nothing(purpose: Purpose) -> None:
    log = a_log()
    add(log, "a")
    assert add(log, "b", purpose, ALL, "a").replaces == frozenset()
    assert log.in_force(log.at(2), NOW)  # type: ignore[arg-type]


def test_a_reference_to_what_is_unknown_is_kept_and_one_to_itself_is_not() -> None:
    log = a_log()
    assert update(log, "b", "foreign", "b").replaces == {"foreign"}


def test_in_force_is_neither_expired_nor_replaced_nor_a_cancel() -> None:
    log = a_log()
    alert, short = add(log, "a"), add(log, "s", expires=NOW)
    gone = cancel(log, "c", "a")
    assert not log.in_force(alert, NOW)
    assert not log.in_force(short, NOW)
    assert log.in_force(short, NOW - 1)
    assert not log.in_force(gone, NOW)
    assert log.is_current(gone, NOW)
    assert log.replaced_by("a") == gone.number
    assert log.replaced_by("c") is None


def test_numbers_are_gapless_and_in_the_newest_epoch() -> None:
    log = a_log()
    entry = log.inherit(Draft("a", Purpose.ALERT, ALL, (), Urgency.ORDINARY, LATER))
    log.append(entry)
    with pytest.raises(AssertionError, match="gapless"):
        log.append(entry)
    with pytest.raises(AssertionError, match="gapless"):
        log.enrol(9, READER)


def test_the_dead_are_forgotten_and_the_living_stay_in_order() -> None:
    log = a_log()
    for key, expires in (("a", 1500), ("b", 9000), ("c", 1500), ("d", 9000)):
        add(log, key, expires=expires)
    log.forget_dead(NOW)
    assert [entry.key for entry in log] == ["a", "b", "c", "d"]
    log.forget_dead(1500)
    assert [entry.key for entry in log.after(0)] == ["b", "d"]
    assert [entry.key for entry in log.after(3)] == ["d"]
    assert log.at(2) is None
    assert log.find("a") is None
    assert log.is_newest(log.at(5))  # type: ignore[arg-type]
    assert log.head == 5


def test_an_update_keeps_the_old_one_replaced_for_as_long_as_that_would_have_lived() -> None:
    log = a_log()
    add(log, "a", expires=9000)
    update(log, "b", "a", expires=1500)
    log.forget_dead(2000)
    assert not log.in_force(log.find("a"), 2000)  # type: ignore[arg-type]


def test_a_position_counts_by_the_epoch_of_its_as_of() -> None:
    log = Log(Path([(5, 1), (6, 4)]), head=6)
    assert log.counts(5, 3)
    assert not log.counts(5, 4)
    assert log.counts(6, 6)
    assert not log.counts(6, 7)
    assert not log.counts(0, 0)
    assert log.as_of() == (6, 6)


def test_forms_of_what_is_in_force() -> None:
    log = a_log()
    alert = add(log, "a", audience=HERE)
    assert log.form_for(alert, READER, NOW, nothing) is Form.FULL
    assert log.form_for(alert, OTHER, NOW, anything) is None


def test_who_is_only_in_the_inherited_part_gets_the_bare_withdrawal() -> None:
    log = a_log()
    add(log, "a", audience=HERE)
    entry = update(log, "b", "a", audience=THERE)
    assert log.form_for(entry, READER, NOW, anything) is Form.WITHDRAWAL
    assert log.form_for(entry, OTHER, NOW, anything) is Form.FULL


def test_who_comes_after_its_expiry_gets_the_bare_withdrawal_while_what_it_replaced_would_live() -> None:
    log = a_log()
    add(log, "a", expires=9000)
    entry = update(log, "b", "a", expires=2000)
    assert log.form_for(entry, READER, 3000, anything) is Form.WITHDRAWAL
    assert log.form_for(entry, READER, 9000, anything) is None


def test_a_cancel_is_sent_in_full_to_its_own_audience_and_nobody_is_told_of_what_he_never_had() -> None:
    log = a_log()
    add(log, "a")
    entry = cancel(log, "b", "a", audience=HERE)
    assert log.form_for(entry, READER, NOW, anything) is Form.FULL
    assert log.form_for(entry, OTHER, NOW, anything) is Form.WITHDRAWAL
    assert log.form_for(entry, READER, NOW, nothing) is None


def test_a_replaced_update_still_withdraws() -> None:
    log = a_log()
    add(log, "a")
    middle = update(log, "b", "a")
    update(log, "c", "b")
    assert log.form_for(middle, READER, NOW, anything) is Form.WITHDRAWAL


def test_a_roll_call_lists_what_is_in_force_the_most_urgent_first() -> None:
    log = a_log()
    add(log, "a", audience=HERE)
    add(log, "b", audience=THERE)
    add(log, "c", urgency=Urgency.SEVERE)
    add(log, "d", urgency=Urgency.EXTREME)
    add(log, "e", urgency=Urgency.EXTREME, expires=NOW)
    assert [entry.key for entry in log.roll(READER, NOW)] == ["d", "c", "a"]


def test_numbers_are_grouped_by_epoch_in_their_order() -> None:
    log = Log(Path([(5, 1)]))
    entries = [add(log, "a"), add(log, "b")]
    log.path.begin(6, 3)
    entries.append(add(log, "c"))
    assert grouped([entries[2], entries[0], entries[1]]) == ((6, (3,)), (5, (1, 2)))
    assert grouped([entries[0], entries[2], entries[1]]) == ((5, (1,)), (6, (3,)), (5, (2,)))
    assert EPOCH not in {entry.epoch for entry in entries}
