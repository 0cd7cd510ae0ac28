"""An item without what both ends know: a skeleton (usually a number in a table), a sender (likewise), times, and its texts.

The skeleton is the item's own array with holes where texts and times stood; what stays in it is what CAP enumerates, the
language, and which elements are there at all. Alerts of a programme share a few dozen skeletons, so a table of them makes
all of that one byte. Nothing is lost: `fill` gives exactly the item's bytes, or `take_apart` says None and the item travels
whole.

    item       [3, [nil, "moh@x", 1772343000, 180, 0, 0, 0, [["fr", [6], "Choléra", 0, 1, 0, "14 cas à Goma"]]], 86400, 1]
    skeleton   [3, [nil, SENDER, SENT, 180, 0, 0, 0, [["fr", [6], TEXT, 0, 1, 0, TEXT]]], TIME, 1]
    the rest   "moh@x"; 1772343000; 86400; "Choléra", "14 cas à Goma"

A hole is bytes in the skeleton, where an item of this kind has none: one byte that says what belongs there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Any

from msgpack import UnpackException, unpackb

from alerts.cap.times import CapTime
from alerts.errors import RemoteProtocolError
from alerts.wire.items import FULL, FULL_OF_HUB, hub_identifier
from alerts.wire.packing import pack, unpack

END = "\x1f"
"""Stands behind every text of a body; CAP's texts, being XML's, cannot contain it."""

PART = "\x1e"
"""Between the elements of a list that travels as one text."""

AREA_PART = "\x1d"
"""Between the parts of an area that travels in one text."""

AREA_END = "\x1c"
"""Between areas that travel as one text."""


class Hole(IntEnum):
    """What belongs into a hole of a skeleton."""

    TEXT = 0
    SENDER = 1
    SENT = 2
    TIME = 3
    """Seconds after `sent`."""
    SAME_TIME = 4
    """The first `TIME` once more."""
    LIST = 5
    """An array of text, as one text with `PART` between its elements."""
    AREAS = 6
    """The areas of an info, as one text."""
    REFERENCE = 7
    """`references` that name the first alert of those that the frame refers to."""


@dataclass(frozen=True, slots=True)
class Lean:
    """An item taken apart. `texts` are in the order of their holes; `times` without those that are the same."""

    skeleton: bytes
    sender: str
    sent: int
    times: tuple[int, ...]
    texts: tuple[str, ...]


_TEXTS_OF_ALERT = frozenset({0, 8, 10, 11, 12, 13, 14})
_TEXTS_OF_INFO = frozenset({2, 6, 7, 8, 14, 15, 18, 19})
_LISTS_OF_INFO = frozenset({16, 17})
_TIMES_OF_INFO = frozenset({10, 11, 12})
_REFERENCES = 8
_CODES = 9
_AREAS = 9
_TEXT_PARTS_OF_AREA = {0, 4, 5}
_AREA_PARTS_MAX = 6


def hole(kind: Hole) -> bytes:
    """How a hole stands in a skeleton."""
    return bytes((kind,))


# -- taking apart -----------------------------------------------------------------------------------------------------


def take_apart(item: bytes, triple: str | None = None) -> Lean | None:
    """The item, lean; None: it has no lean form. What one writes must be compared with what `fill` makes of it: an item in
    another msgpack than ours (integers in a longer form, say) comes back with the same meaning, not with the same bytes.

    `triple` is how CAP's `references` would name the first alert that the frame refers to. The item is one of our own store.
    """
    try:
        whole = unpackb(item)
        if not isinstance(whole, list) or len(whole) < 4 or whole[0] not in (FULL, FULL_OF_HUB):
            return None
        return _Taking(triple).item(whole, unpackb(whole[1]))
    except (UnpackException, TypeError, ValueError, IndexError):
        return None


@dataclass
class _Taking:
    """Walks over an item in its order and fills the lists of what was taken out."""

    triple: str | None
    times: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def item(self, whole: list[Any], record: list[Any]) -> Lean:
        sender, sent = record[1], record[2]
        if type(sender) is not str or type(sent) is not int:
            raise TypeError("no sender, or not sent")
        self._check(sender)
        taken = [None if value is None else self._of_alert(at, value) for at, value in enumerate(record)]
        skeleton = [whole[0], taken, self._time(whole[2]), *whole[3:]]
        return Lean(pack(skeleton), sender, sent, tuple(self.times), tuple(self.texts))

    def _of_alert(self, position: int, value: Any) -> Any:
        match position:
            case 1:
                return hole(Hole.SENDER)
            case 2:
                return hole(Hole.SENT)
            case 7 if isinstance(value, list):
                return [
                    [None if value is None else self._of_info(at, value) for at, value in enumerate(info)]
                    for info in value
                ]
            case 8 if value == self.triple:
                return hole(Hole.REFERENCE)
            case 9 if isinstance(value, list):
                return self._list(value)
        return self._text(value) if position in _TEXTS_OF_ALERT and isinstance(value, str) else self._stays(value)

    def _of_info(self, position: int, value: Any) -> Any:
        kind = type(value)
        if kind is str and position in _TEXTS_OF_INFO:
            return self._text(value)
        if kind is int:
            return self._time(value) if position in _TIMES_OF_INFO else value
        if kind is list and position in _LISTS_OF_INFO:
            return self._list(value)
        return self._areas(value) if kind is list and position == _AREAS else self._stays(value)

    def _stays(self, value: Any) -> Any:
        if isinstance(value, bytes):
            raise TypeError("bytes stand for holes")
        if isinstance(value, list):
            return [self._stays(element) for element in value]
        return value

    def _time(self, value: Any) -> bytes:
        if type(value) is not int:
            raise TypeError("a time that is none")
        if self.times and value == self.times[0]:
            return hole(Hole.SAME_TIME)
        self.times.append(value)
        return hole(Hole.TIME)

    def _text(self, value: str, kind: Hole = Hole.TEXT) -> bytes:
        self._check(value)
        self.texts.append(value)
        return hole(kind)

    @staticmethod
    def _check(value: str) -> None:
        if END in value:
            raise ValueError("a text with the character that ends texts")

    def _list(self, values: list[Any]) -> bytes:
        return self._text(PART.join(values), Hole.LIST)

    def _areas(self, areas: list[Any]) -> bytes:
        return self._text(AREA_END.join(AREA_PART.join(_area_parts(area)) for area in areas), Hole.AREAS)


def _area_parts(area: list[Any]) -> list[str]:
    """An area's elements as text: what is absent is empty, which a text that is there never is."""
    return ["" if part is None else part if isinstance(part, str) else PART.join(part) for part in area]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a skeleton asks for: its holes in their order, each with the positions that lead to it, and counts of them."""

    holes: tuple[tuple[tuple[int, ...], int], ...]
    times: int
    texts: int


_ARE_TEXTS = (Hole.TEXT, Hole.LIST, Hole.AREAS)


@lru_cache(maxsize=256)
def shape_of(skeleton: bytes) -> Shape:
    """What a skeleton asks for. Raises RemoteProtocolError: it is none."""
    parsed = unpack(skeleton)
    if not isinstance(parsed, list) or len(parsed) < 3 or not isinstance(parsed[1], list):
        raise RemoteProtocolError("a skeleton that is no item")
    holes = tuple(_holes(parsed, ()))
    kinds = [kind for _, kind in holes]
    return Shape(holes, kinds.count(Hole.TIME), sum(map(kinds.count, _ARE_TEXTS)))


def _holes(element: Any, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
    if isinstance(element, list):
        for at, inner in enumerate(element):
            yield from _holes(inner, (*path, at))
    elif isinstance(element, bytes):
        if len(element) != 1 or element[0] not in set(Hole):
            raise RemoteProtocolError(f"a skeleton with a hole of an unknown kind: {element[:8].hex()}")
        yield path, element[0]


# -- putting together -------------------------------------------------------------------------------------------------


def fill(lean: Lean, triple: Callable[[], str | None] = lambda: None) -> bytes:
    """The item's bytes. `triple` says how `references` name the first alert that the frame refers to.

    Raises RemoteProtocolError: the skeleton is none, or asks for more or less than there is.
    """
    shape = shape_of(lean.skeleton)
    if (shape.times, shape.texts) != (len(lean.times), len(lean.texts)):
        raise RemoteProtocolError(
            f"a skeleton for {shape.times} times and {shape.texts} texts, with {len(lean.times)} and {len(lean.texts)}"
        )
    item = unpackb(lean.skeleton)
    texts, times = iter(lean.texts), iter(lean.times)
    for path, kind in shape.holes:
        inside = item
        for at in path[:-1]:
            inside = inside[at]
        if kind in _ARE_TEXTS:
            inside[path[-1]] = _FROM_TEXT[kind](next(texts))
        elif kind == Hole.TIME:
            inside[path[-1]] = next(times)
        elif kind == Hole.SENDER:
            inside[path[-1]] = lean.sender
        elif kind == Hole.SENT:
            inside[path[-1]] = lean.sent
        else:
            inside[path[-1]] = _again(kind, lean, triple)
    item[1] = pack(item[1])
    return pack(item)


def _again(kind: int, lean: Lean, triple: Callable[[], str | None]) -> Any:
    """What is known from elsewhere: the first time, or how `references` name an alert."""
    if kind == Hole.SAME_TIME and lean.times:
        return lean.times[0]
    named = triple() if kind == Hole.REFERENCE else None
    if named is None:
        raise RemoteProtocolError(f"a skeleton with a hole for {Hole(kind).name}, for which there is nothing")
    return named


def _area_of(parts: list[str]) -> list[Any]:
    if len(parts) > _AREA_PARTS_MAX:
        raise RemoteProtocolError(f"an area of {len(parts)} parts; there are at most {_AREA_PARTS_MAX}")
    return [
        (part if index in _TEXT_PARTS_OF_AREA else part.split(PART)) if part else None
        for index, part in enumerate(parts)
    ]


_FROM_TEXT: dict[int, Callable[[str], Any]] = {
    Hole.TEXT: str,
    Hole.LIST: lambda text: text.split(PART),
    Hole.AREAS: lambda text: [_area_of(parts.split(AREA_PART)) for parts in text.split(AREA_END)],
}


# -- what a later item may use of an earlier one ------------------------------------------------------------------------


def texts_of(item: bytes) -> bytes:
    """The texts of an earlier alert as they stood in a body: what a reference to it puts before the new texts."""
    lean = take_apart(item)
    return b"" if lean is None else body_of(lean.texts)


def body_of(texts: Sequence[str]) -> bytes:
    """Texts as they stand in a body."""
    return "".join(text + END for text in texts).encode()


def triple_of(item: bytes, epoch: int, number: int) -> str | None:
    """How CAP's `references` name the alert of an item: sender,identifier,sent (CAP 1.2 §3.2.1)."""
    try:
        whole = unpackb(item)
        record = unpackb(whole[1])
        identifier = record[0] if whole[0] == FULL else hub_identifier(epoch, number)
        return f"{record[1]},{identifier},{CapTime(record[2], record[3])}"
    except (UnpackException, TypeError, ValueError, IndexError):
        return None
