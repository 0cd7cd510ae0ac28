"""The sending half: what one reader is sent, when, and what is believed of it."""

from __future__ import annotations

import pytest

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session.claim import Claim
from alerts.session.log import Log
from alerts.session.position import Position
from alerts.session.sender import Live, Sender, live_frame
from alerts.session.states import Sending
from alerts.wire.frames import Ahead, Data, Frame, Roll, Rolled, Want
from alerts.wire.items import Urgency
from tests.alerts.session.logs import EPOCH, HERE, NOW, OTHER, THERE, WordEncoder, a_log, add, cancel, update

Sent = Frame | Live


def sender(log: Log, position: Position | None = None) -> Sender:
    position = position or Position(EPOCH, 1, 1)
    return Sender(log, "d0", position, ("en",), WordEncoder(), Claim(5), NOW)


def pull(half: Sender, now: int = NOW) -> list[Sent]:
    return list(half.pull(now, 0.0))


def items(frame: Sent) -> list[str]:
    assert isinstance(frame, Data | Ahead)
    return [raw.decode() for _, raw in frame.items]


def confirm(half: Sender, cursor: int, held: tuple[int, ...] = (), as_of: int | None = None) -> None:
    half.stored(Position(EPOCH, cursor, cursor if as_of is None else as_of, held), NOW, 0.5)


@pytest.mark.parametrize(
    ("position", "state"),
    [
        (Position(EPOCH, 1, 1), Sending.FOLLOWING),
        (Position(), Sending.ROLL_DUE),
        (Position(99, 1, 1), Sending.ROLL_DUE),
        (Position(EPOCH, 1, 9), Sending.ROLL_DUE),
        (Position(EPOCH, 1, 1, owes=True), Sending.ROLL_DUE),
        (Position(EPOCH, 1, 1, heard=NOW + 1), Sending.ROLL_DUE),
        (Position(EPOCH, 1, 1, heard=NOW), Sending.FOLLOWING),
    ],
)
def test_what_counts_is_followed_and_the_rest_is_repaired(position: Position, state: Sending) -> None:
    assert sender(a_log(), position).state is state


def test_one_item_first_then_as_many_as_are_confirmed_in_time() -> None:
    log = a_log()
    for number in range(12):
        add(log, f"a{number}")
    half = sender(log)
    first = pull(half)
    assert [items(frame) for frame in first] == [["a0"], ["a1"]]
    assert pull(half) == []
    confirm(half, 3, as_of=13)
    assert [len(items(frame)) for frame in pull(half)] == [4, 4]


def test_what_is_known_live_is_shared_by_all_and_comes_right_behind_an_empty_frame() -> None:
    log = a_log()
    add(log, "x", audience=THERE)
    entry = add(log, "a")
    empty, live = pull(sender(log))
    assert empty == Data(EPOCH, 1, 2, (), 3)
    assert live == Live(entry, ("en",))
    assert live_frame(entry, b"raw") == Data(EPOCH, 2, 3, ((3, b"raw"),), 3)


def test_urgent_first_and_then_the_rest_without_it() -> None:
    log = a_log()
    add(log, "a")
    add(log, "e", urgency=Urgency.EXTREME)
    ahead, data = pull(sender(log))
    assert isinstance(ahead, Ahead)
    assert items(ahead) == ["e"]
    assert (items(data), data.upto) == (["a"], 3)  # type: ignore[union-attr]


def test_a_live_extreme_overtakes_what_is_under_way() -> None:
    log = a_log()
    for number in range(9):
        add(log, f"a{number}")
    half = sender(log)
    assert len(pull(half)) == 2
    add(log, "e", urgency=Urgency.EXTREME)
    (frame,) = pull(half)
    assert isinstance(frame, Ahead)
    assert items(frame) == ["e"]
    assert pull(half) == []


def test_no_more_is_held_above_a_cursor_than_the_list_may_have() -> None:
    log = a_log()
    add(log, "a")
    for number in range(limits.HELD_MAX + 10):
        add(log, f"e{number}", urgency=Urgency.EXTREME)
    half, held = sender(log), set[int]()
    for _ in range(100):
        frames = pull(half)
        held |= {number for frame in frames if isinstance(frame, Ahead) for number, _ in frame.items}
        if any(isinstance(frame, Data) for frame in frames):
            break
        confirm(half, 1, tuple(sorted(held)), log.head)
    assert len(held) == limits.HELD_MAX


def test_a_reader_that_claims_more_than_it_was_sent_breaks_the_protocol() -> None:
    log = a_log()
    add(log, "a")
    for cursor, held in ((9, ()), (1, (2,))):
        half = sender(log)
        with pytest.raises(RemoteProtocolError, match="were sent"):
            confirm(half, cursor, held)


def test_withdrawals_go_to_who_may_have_what_they_withdraw() -> None:
    log = a_log()
    add(log, "old")
    half, newcomer = sender(log, Position(EPOCH, 2, 2)), sender(log)
    cancel(log, "gone", "old")
    assert [items(frame) for frame in pull(half) if not isinstance(frame, Live)] == []
    assert [type(frame) for frame in pull(sender(log, Position(EPOCH, 2, 2)))] == [Live]
    assert pull(newcomer) == []


def test_what_was_held_ahead_is_withdrawn_even_after_the_cursor_has_passed_it() -> None:
    log = a_log()
    add(log, "a")
    add(log, "e", urgency=Urgency.EXTREME)
    half = sender(log, Position(EPOCH, 1, 3, (3,)))
    assert [items(frame) for frame in pull(half)] == [["a"]]
    confirm(half, 3)
    cancel(log, "gone", "e", audience=THERE)
    (frame,) = pull(half)
    assert items(frame) == ["-e"]


def test_who_holds_something_unconfirmed_is_told_every_withdrawal() -> None:
    log = a_log()
    add(log, "a")
    cancel(log, "gone", "a")
    assert pull(sender(log)) == []
    assert [type(frame) for frame in pull(sender(log, Position(EPOCH, 1, 1, unconfirmed=True)))] == [Data, Live]


def test_a_roll_call_lists_answers_and_is_completed() -> None:
    log = a_log()
    add(log, "a")
    add(log, "b", urgency=Urgency.SEVERE)
    half = sender(log, Position())
    assert pull(half) == [Roll(EPOCH, 3, ((EPOCH, (3, 2)),))]
    assert list(half.wanted(Want(((EPOCH, (3,)),), 3), NOW)) == [Ahead(EPOCH, ((3, b"b"),), 3, None, 1)]
    ahead, done = half.wanted(Want(((EPOCH, (2,)),), 3, True, (EPOCH, 99)), NOW)
    assert ahead == Ahead(EPOCH, ((2, b"a"),), 3, None, 1)
    assert done == Rolled(EPOCH, 3, ((EPOCH, 3),), 3)
    confirm(half, 3)
    assert [number for number in range(2, 5) if half.claim.has(number, 5000, NOW)] == [2, 3]


def test_nothing_is_surely_there_under_its_number_until_the_end_of_a_roll_call_is_confirmed() -> None:
    log = a_log()
    entry = add(log, "a")
    half = sender(log, Position())
    said = [half.surely_has(entry, NOW)]
    pull(half)
    list(half.wanted(Want(((EPOCH, (2,)),), 2, True), NOW))
    said.append(half.surely_has(entry, NOW))
    confirm(half, 2)
    said.append(half.surely_has(entry, NOW))
    assert said == [False, False, True]


def test_what_is_held_at_the_handshake_may_be_a_bare_withdrawal_so_it_is_not_surely_there() -> None:
    log = a_log()
    held, given = add(log, "a"), add(log, "b")
    half = sender(log, Position(EPOCH, 1, 3, (held.number,)))
    assert not half.surely_has(held, NOW) and not half.surely_has(given, NOW)
    pull(half)
    assert not half.surely_has(held, NOW) and half.surely_has(given, NOW)


def test_a_want_of_another_roll_call_is_ignored() -> None:
    half = sender(a_log(), Position())
    pull(half)
    assert list(half.wanted(Want((), 9, True), NOW)) == []
    assert list(half.wanted(Want((), 0, True), NOW)) == []


def test_a_want_for_what_is_over_meanwhile_is_answered_with_nothing_and_is_not_claimed() -> None:
    log = a_log()
    add(log, "a", expires=NOW + 5)
    half = sender(log, Position())
    pull(half)
    ahead, _ = half.wanted(Want(((EPOCH, (2,)),), 2, True), NOW + 5)
    assert ahead == Ahead(EPOCH, (), 2, None, 1)
    confirm(half, 2)
    assert not half.claim.has(2, NOW + 5, NOW + 5)


def test_no_data_passes_a_roll_call_but_an_extreme_alert_does() -> None:
    log = a_log()
    half = sender(log, Position())
    pull(half)
    add(log, "a")
    add(log, "e", urgency=Urgency.EXTREME)
    (frame,) = pull(half)
    assert isinstance(frame, Ahead)
    assert items(frame) == ["e"]


def test_a_change_of_audience_is_passed_by_a_roll_call_only() -> None:
    log = a_log()
    add(log, "there", audience=THERE)
    add(log, "here", audience=HERE)
    half = sender(log)
    pull(half)
    log.enrol(4, OTHER)
    assert pull(half) == [Roll(EPOCH, 4, ((EPOCH, (2,)),))]
    assert pull(sender(log, Position(EPOCH, 3, 3)))[0] == Roll(EPOCH, 4, ((EPOCH, (2,)),))
    assert sender(log, Position(EPOCH, 4, 4)).state is Sending.FOLLOWING


def test_a_reader_that_asks_is_resumed_or_rolled_and_one_that_crossed_a_list_is_answered_by_it() -> None:
    log = a_log()
    add(log, "a")
    half = sender(log)
    pull(half)
    half.restart(Position(EPOCH, 1, 1), NOW, 0)
    assert [type(frame) for frame in pull(half)] == [Live]
    half.restart(Position(EPOCH, 1, 1, owes=True), NOW, 0)
    assert [type(frame) for frame in pull(half)] == [Roll]
    half.restart(Position(EPOCH, 1, 1, owes=True), NOW, 0)
    assert pull(half) == []


def test_answers_carry_as_of_of_the_newest_entry() -> None:
    log = a_log()
    add(log, "a")
    log.path.begin(8, 3)
    add(log, "b")
    half = sender(log)
    frame = pull(half)[0]
    assert isinstance(frame, Data)
    assert (frame.epoch, frame.as_of, frame.as_of_epoch) == (EPOCH, 3, 8)


def test_who_was_spared_something_is_not_said_to_have_it() -> None:
    log = a_log()
    add(log, "old")
    update(log, "new", "old")
    half = sender(log)
    pull(half)
    confirm(half, 3)
    assert [number for number in (2, 3) if half.claim.has(number, 5000, NOW)] == [3]


def test_nothing_after_the_end() -> None:
    half = sender(a_log())
    half.close()
    assert pull(half) == []
    with pytest.raises(RemoteProtocolError, match="not expected while closed"):
        confirm(half, 1)
