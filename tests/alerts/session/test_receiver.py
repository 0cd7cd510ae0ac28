"""The reading half: gaps, repetitions, roll-calls, and what is asked for."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from alerts.errors import RemoteProtocolError
from alerts.session.commits import DeviceOutcome, FinishRollCall, KeepItems, LanguagesDone, OweRollCall
from alerts.session.position import Position
from alerts.session.receiver import Receiver
from alerts.session.states import Reading
from alerts.wire.frames import Ahead, Data, Frame, Group, Roll, Rolled, Stored, Want

E, NOW = 7, 1000


def receiver(cursor: int = 4, *, owes: bool = False) -> Receiver:
    return Receiver(Position(E, cursor, cursor, owes=owes))


def listing(half: Receiver, *numbers: int, lacking: Iterable[Group] = (), epochs: tuple[int, ...] = ()) -> list[Frame]:
    """A roll-call's list arrives and is committed."""
    command = half.roll(Roll(E, 9, ((E, numbers),) if numbers else ()), NOW)
    return half.done(command, DeviceOutcome(half.position, lacking=tuple(lacking), epochs=epochs))


def answer(half: Receiver, *numbers: int, of: int | None = None) -> list[Frame]:
    """Items that were wanted arrive and are committed."""
    frame = Ahead(E, tuple((number, b"") for number in numbers), 9, None, len(numbers) if of is None else of)
    return half.done(half.ahead(frame, NOW), DeviceOutcome(half.position))


def test_what_follows_the_cursor_is_kept_and_confirmed_after_its_commit() -> None:
    half = receiver()
    command = half.data(Data(E, 4, 6, ((5, b"a"),), 8), NOW)
    assert command == KeepItems(E, ((5, b"a"),), 6, 8, E, False, NOW)
    assert half.done(command, DeviceOutcome(Position(E, 6, 8))) == [Stored(E, 6, 8)]


def test_as_of_is_the_frame_s_end_where_it_is_not_said() -> None:
    command = receiver().data(Data(E, 4, 6, ()), NOW)
    assert command is not None
    assert (command.as_of, command.as_of_epoch) == (6, E)


def test_a_frame_without_items_is_kept_and_rides_with_the_next_confirmation() -> None:
    half = receiver()
    command = half.data(Data(E, 4, 6, (), 6), NOW)
    assert command is not None
    assert half.done(command, DeviceOutcome(Position(E, 6, 6))) == []


def test_a_repetition_is_left_aside_and_what_overlaps_is_not() -> None:
    half = receiver()
    assert half.data(Data(E, 2, 4, ((3, b""),), 4), NOW) is None
    assert half.data(Data(E, 2, 5, ((3, b""), (5, b"")), 5), NOW) is not None


def test_a_gap_is_told_once() -> None:
    half = receiver()
    gap = Data(E, 5, 6, (), 6)
    assert half.must_resume(gap)
    assert half.data(gap, NOW) is None
    assert not half.must_resume(Data(E, 6, 7, (), 7))
    half.data(Data(E, 4, 5, (), 5), NOW)
    assert half.must_resume(gap)


@pytest.mark.parametrize(
    "frame",
    [
        Data(E, 5, 4, ()),
        Data(E, 4, 6, ((4, b""),)),
        Data(E, 4, 6, ((7, b""),)),
        Data(E, 4, 6, ((6, b""), (5, b""))),
        Data(E, 4, 6, ((5, b""), (5, b""))),
    ],
)
def test_a_frame_that_contradicts_itself_is_refused(frame: Data) -> None:
    with pytest.raises(RemoteProtocolError, match="Data"):
        receiver().data(frame, NOW)


def test_ahead_is_kept_in_every_state() -> None:
    frame = Ahead(E, ((8, b""),), 8)
    for half in (receiver(), receiver(owes=True)):
        assert half.ahead(frame, NOW) == KeepItems(E, ((8, b""),), None, 8, E, False, NOW)


def test_while_a_roll_call_is_owed_data_is_left_aside_and_nothing_is_confirmed() -> None:
    half = receiver(owes=True)
    assert half.state is Reading.OWING
    assert half.data(Data(E, 4, 5, (), 5), NOW) is None
    assert half.data(Data(E, 6, 7, (), 7), NOW) is None
    assert not half.must_resume(Data(E, 6, 7, (), 7))
    command = half.ahead(Ahead(E, ((8, b""),), 8), NOW)
    assert half.done(command, DeviceOutcome(half.position)) == []


def test_a_list_that_lacks_nothing_is_answered_with_the_last_word() -> None:
    assert listing(receiver(), 2, 3, epochs=(E, 5)) == [Want((), 9, True, (E, 5))]


def test_a_roll_call_asks_in_growing_steps_by_epoch_and_says_which_is_the_last() -> None:
    half = receiver()
    assert listing(half, lacking=((E, (2, 3, 4)), (5, (1,))), epochs=(5,)) == [Want(((E, (2,)),), 9)]
    assert answer(half, 2) == [Want(((E, (3, 4)),), 9)]
    assert answer(half, 3, 4) == [Want(((5, (1,)),), 9, True, (5,))]
    command = half.ahead(Ahead(5, (), 9, E, 1), NOW)
    assert half.done(command, DeviceOutcome(half.position)) == []
    done = half.rolled(Rolled(E, 9, ((5, 3),), 9), NOW)
    assert done == FinishRollCall(E, 9, (), (5,), ((5, 3),), 9, E, NOW)
    assert half.done(done, DeviceOutcome(Position(E, 9, 9))) == [Stored(E, 9, 9)]
    assert half.is_following()


def test_a_short_answer_is_asked_on() -> None:
    half = receiver()
    listing(half, lacking=((E, (2, 3)),))
    assert answer(half, 2) == [Want(((E, (3,)),), 9, True)]
    assert answer(half, of=1) == []
    half = receiver()
    listing(half, lacking=((E, (2, 3, 4)),))
    answer(half, 2)
    assert answer(half, 3) == [Want(((E, (4,)),), 9, True)]


@pytest.mark.parametrize(
    "frame", [Ahead(E, (), 9, None, 0), Ahead(E, (), 9, None, 2), Ahead(E, ((3, b""),), 9, None, 1)]
)
def test_an_answer_to_something_else_is_refused(frame: Ahead) -> None:
    half = receiver()
    listing(half, lacking=((E, (2,)),))
    with pytest.raises(RemoteProtocolError, match="Ahead"):
        half.ahead(frame, NOW)


def test_the_end_of_another_roll_call_is_refused() -> None:
    half = receiver()
    listing(half)
    with pytest.raises(RemoteProtocolError, match="Rolled"):
        half.rolled(Rolled(E, 8, (), 9), NOW)


def test_data_within_a_roll_call_is_refused() -> None:
    half = receiver()
    listing(half)
    with pytest.raises(RemoteProtocolError, match="not expected while finishing"):
        half.data(Data(E, 4, 5, (), 5), NOW)


def test_the_cursor_goes_back_by_a_roll_call_only() -> None:
    half = receiver()
    command = half.data(Data(E, 4, 5, (), 5), NOW)
    assert command is not None
    with pytest.raises(AssertionError, match="roll-call"):
        half.done(command, DeviceOutcome(Position(E, 3, 3)))
    listing(half)
    done = half.rolled(Rolled(E, 9, (), 9), NOW)
    half.done(done, DeviceOutcome(Position(E, 2, 2)))
    assert half.position.cursor == 2


def test_asking_for_a_roll_call_states_the_position_without_what_is_held() -> None:
    half = Receiver(Position(E, 4, 9, (8,)))
    assert half.owing() == Position(E, 4, 9, (), True)
    assert half.state is Reading.OWING


def test_a_roll_call_asked_for_while_the_last_one_is_committed_is_not_confirmed_by_it() -> None:
    half = receiver()
    listing(half)
    done = half.rolled(Rolled(E, 9, (), 9), NOW)
    half.owing()
    assert half.done(done, DeviceOutcome(Position(E, 9, 9))) == []


# -- other languages --------------------------------------------------------------------------------------------------


def test_asked_again_for_everything_and_done() -> None:
    half = receiver()
    assert half.again(((E, (2, 3, 4)),)) == [Want(((E, (2,)),))]
    assert half.is_again_done() is None
    assert answer(half, 2) == [Want(((E, (3, 4)),))]
    assert answer(half, 3, 4) == []
    assert half.is_again_done() == LanguagesDone()
    assert half.is_again_done() is None


def test_nothing_to_have_again_is_done_at_once() -> None:
    half = receiver()
    assert half.again(()) == []
    assert half.is_again_done() == LanguagesDone()


def test_what_is_no_longer_in_force_needs_no_other_text() -> None:
    half = receiver()
    half.again(((E, (2,)),))
    assert answer(half, of=1) == []
    assert half.is_again_done() == LanguagesDone()


def test_while_an_answer_is_due_asking_again_waits_for_it() -> None:
    half = receiver()
    half.again(((E, (2, 3)),))
    assert half.again(((E, (2, 3)),)) == []
    assert not half.must_ask_again()
    assert answer(half, 2) == []
    assert half.is_again_done() is None
    assert half.must_ask_again()
    assert half.again(((E, (2, 3)),)) == [Want(((E, (2,)),))]
    assert not half.must_ask_again()


def test_a_list_interrupts_asking_again_until_the_roll_call_is_complete() -> None:
    half = receiver()
    half.again(((E, (2,)),))
    listing(half)
    assert half.again(((E, (2,)),)) == []
    assert not half.must_ask_again()
    half.done(half.rolled(Rolled(E, 9, (), 9), NOW), DeviceOutcome(Position(E, 9, 9)))
    assert half.must_ask_again()


def test_a_command_that_is_no_roll_call_and_closed() -> None:
    half = receiver()
    assert isinstance(half.roll(Roll(E, 9, ()), NOW), OweRollCall)
    half.close()
    with pytest.raises(RemoteProtocolError, match="closed"):
        half.ahead(Ahead(E, (), 9), NOW)
