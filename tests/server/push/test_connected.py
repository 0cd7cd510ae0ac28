"""The newest connection of an opening wins; clones may be there beside each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.push.connected import CONNECTIONS_A_DEVICE_MAX, Connected


@dataclass(eq=False)
class Line:
    """A connection that remembers whether it was told to go."""

    device: str
    opening: int
    asked: int = 0
    gone: list[str] = field(default_factory=list)

    def replaced(self) -> None:
        self.gone.append("replaced")


def test_the_newest_connection_of_an_opening_replaces_the_older() -> None:
    connected = Connected[Line]()
    older, newer = Line("d1", 7), Line("d1", 7)
    connected.add(older)
    connected.add(newer)
    assert older.gone == ["replaced"] and not newer.gone
    assert connected.of("d1") == [newer] and connected.count == 1


def test_one_that_was_asked_for_before_and_took_longer_replaces_nothing() -> None:
    connected = Connected[Line]()
    slow, quick = Line("d1", 7, 0), Line("d1", 7, 1)
    connected.add(quick)
    connected.add(slow)
    assert slow.gone == ["replaced"] and not quick.gone
    assert connected.of("d1") == [quick] and connected.count == 1
    connected.remove(slow)
    assert connected.count == 1


def test_two_openings_of_a_device_stay_and_the_row_follows_the_newest() -> None:
    connected = Connected[Line]()
    first, clone = Line("d1", 7), Line("d1", 8)
    connected.add(first)
    connected.add(clone)
    assert not first.gone and connected.count == 2
    assert connected.is_newest(clone) and not connected.is_newest(first)


def test_one_connection_too_many_pushes_out_the_oldest() -> None:
    connected = Connected[Line]()
    lines = [Line("d1", opening) for opening in range(CONNECTIONS_A_DEVICE_MAX + 1)]
    for line in lines:
        connected.add(line)
    assert lines[0].gone == ["replaced"] and not any(line.gone for line in lines[1:])
    assert connected.count == CONNECTIONS_A_DEVICE_MAX


def test_the_end_of_a_replaced_connection_changes_nothing() -> None:
    connected = Connected[Line]()
    older, newer = Line("d1", 7), Line("d1", 7)
    connected.add(older)
    connected.add(newer)
    connected.remove(older)
    assert list(connected) == [newer] and connected.count == 1
    connected.remove(newer)
    assert list(connected) == [] and connected.count == 0 and not connected.is_newest(newer)
