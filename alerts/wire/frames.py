"""Every frame of the protocol: its kind, its positions, and how each position is written and checked. One table.

A frame is a positional msgpack array `[kind, …]`. A reader ignores elements behind those that it knows and kinds that it
does not know (`Unknown`); absent trailing elements take their default. A kind or a position is never used again for
something else. The same kinds serve both directions: a session is a sender and a receiver at each end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NoReturn

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import ADDRESS_BYTES

Group = tuple[int, tuple[int, ...]]
"""An epoch and numbers in it, in the order in which they are meant."""

Item = tuple[int, bytes]
"""A number and the item's bytes, which stay undecoded until they have been committed."""


def _refuse(path: str, expected: str, value: object) -> NoReturn:
    raise RemoteProtocolError(f"{path}: expected {expected}, found {type(value).__name__} {str(value)[:40]!r}")


@dataclass(frozen=True, slots=True)
class Field:
    """One position of a frame: from Python to msgpack, and back with a check of everything."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any, str], Any]


def _same(value: Any) -> Any:
    return value


def _uint(maximum: int) -> Callable[[Any, str], int]:
    def check(value: Any, path: str) -> int:
        if type(value) is not int or not 0 <= value <= maximum:
            _refuse(path, f"an integer from 0 to {maximum}", value)
        return value

    return check


def optional(field: Field) -> Field:
    return Field(
        lambda value: None if value is None else field.pack(value),
        lambda value, path: None if value is None else field.unpack(value, path),
    )


def _array(value: Any, path: str, length_max: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        _refuse(path, "an array", value)
    if len(value) > length_max:
        raise RemoteProtocolError(f"{path}: expected at most {length_max} elements, found {len(value)}")
    return value


def many(field: Field, length_max: int) -> Field:
    return Field(
        lambda values: [field.pack(value) for value in values],
        lambda values, path: tuple(
            field.unpack(value, f"{path}[{index}]") for index, value in enumerate(_array(values, path, length_max))
        ),
    )


def pair(first: Field, second: Field) -> Field:
    def check(value: Any, path: str) -> tuple[Any, Any]:
        if len(_array(value, path, 64)) < 2:
            _refuse(path, "a pair", value)
        return first.unpack(value[0], f"{path}[0]"), second.unpack(value[1], f"{path}[1]")

    return Field(lambda pair: [first.pack(pair[0]), second.pack(pair[1])], check)


def _pack_deltas(numbers: Sequence[int]) -> list[int]:
    return [number - before for number, before in zip(numbers, (0, *numbers), strict=False)]


def _unpack_deltas(value: Any, path: str) -> tuple[int, ...]:
    numbers, number = [], 0
    for delta in _array(value, path, limits.ROLL_ENTRIES_MAX):
        if type(delta) is not int:
            _refuse(path, "integers", delta)
        number += delta
        if not 0 <= number <= limits.NUMBER_MAX:
            _refuse(path, f"numbers from 0 to {limits.NUMBER_MAX}", number)
        numbers.append(number)
    return tuple(numbers)


def text(chars_max: int) -> Field:
    def check(value: Any, path: str) -> str:
        if not isinstance(value, str):
            _refuse(path, "text", value)
        if len(value) > chars_max:
            raise RemoteProtocolError(f"{path}: expected at most {chars_max} characters, found {len(value)}")
        return value

    return Field(_same, check)


def _check_bytes(value: Any, path: str) -> bytes:
    if not isinstance(value, bytes):
        _refuse(path, "bytes", value)
    return value


def _check_address(value: Any, path: str) -> bytes:
    address = _check_bytes(value, path)
    if len(address) != ADDRESS_BYTES:
        raise RemoteProtocolError(f"{path}: expected {ADDRESS_BYTES} bytes, found {len(address)}")
    return address


def _check_bool(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        _refuse(path, "true or false", value)
    return value


EPOCH = Field(_same, _uint(limits.EPOCH_MAX))
NUMBER = Field(_same, _uint(limits.NUMBER_MAX))
SMALL = Field(_same, _uint(65_535))
BOOL = Field(_same, _check_bool)
NUMBERS = Field(_pack_deltas, _unpack_deltas)
GROUPS = many(pair(EPOCH, NUMBERS), limits.ROLL_GROUPS_MAX)
ENDS = many(pair(EPOCH, NUMBER), limits.EPOCHS_ASKED_MAX)
EPOCHS = many(EPOCH, limits.EPOCHS_ASKED_MAX)
BYTES = Field(_same, _check_bytes)
ADDRESS = Field(_same, _check_address)
ITEMS = many(pair(NUMBER, BYTES), limits.BATCH_ITEMS_MAX)
LANGUAGES = many(text(35), limits.LANGUAGES_MAX)
WORDS = text(limits.WORDS_CHARS_MAX)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all frames have in common: a kind, and the positions behind it."""

    KIND: ClassVar[int] = -1
    LAYOUT: ClassVar[tuple[Field, ...]] = ()
    REQUIRED: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Ping(Frame):
    """Are you there? Answered by `Pong` with the same token."""

    KIND = 0
    LAYOUT = (SMALL,)
    REQUIRED = 1
    token: int


@dataclass(frozen=True, slots=True)
class Pong(Frame):
    """Here I am."""

    KIND = 1
    LAYOUT = (SMALL,)
    REQUIRED = 1
    token: int


@dataclass(frozen=True, slots=True)
class Welcome(Frame):
    """The hub's first frame, right behind the 101: its time in seconds (UNIX), and the newest epoch of its path.

    `dictionary`: which of those that the device named lean frames are made with on this connection; None: there are none.
    """

    KIND = 2
    LAYOUT = (NUMBER, EPOCH, optional(SMALL))
    REQUIRED = 2
    time: int
    epoch: int
    dictionary: int | None = None


@dataclass(frozen=True, slots=True)
class Data(Frame):
    """All items in (after, upto] that are for the reader, still to be sent, and not already sent ahead to it.

    `epoch` is the epoch of `upto` and of every item. `as_of` is the highest number by which what is sent or spared here was
    judged; its epoch is `as_of_epoch`, or `epoch` where that is absent. On the uplink (`epoch` an outbox epoch) both are
    absent.
    """

    KIND = 3
    LAYOUT = (EPOCH, NUMBER, NUMBER, ITEMS, optional(NUMBER), optional(EPOCH))
    REQUIRED = 4
    epoch: int
    after: int
    upto: int
    items: tuple[Item, ...]
    as_of: int | None = None
    as_of_epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Ahead(Frame):
    """Items out of their order: stored and shown at once, without moving the cursor.

    With `answered` it answers a `Want`: so many of the numbers wanted, in their order, are dealt with by this frame (sent
    here, or no longer to be sent).
    """

    KIND = 4
    LAYOUT = (EPOCH, ITEMS, NUMBER, optional(EPOCH), optional(NUMBER))
    REQUIRED = 3
    epoch: int
    items: tuple[Item, ...]
    as_of: int
    as_of_epoch: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Stored(Frame):
    """What the reader has committed. From a device its position; from the hub the number that it has of an outbox epoch."""

    KIND = 5
    LAYOUT = (EPOCH, NUMBER, optional(NUMBER), NUMBERS, SMALL, NUMBER)
    REQUIRED = 2
    epoch: int
    cursor: int
    as_of: int | None = None
    held: tuple[int, ...] = ()
    flags: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Resume(Frame):
    """Start again from here: the reader found a gap, or owes a roll-call. The positions are those of `Stored`."""

    KIND = 6
    LAYOUT = Stored.LAYOUT
    REQUIRED = 2
    epoch: int
    cursor: int
    as_of: int | None = None
    held: tuple[int, ...] = ()
    flags: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Roll(Frame):
    """The roll-call: everything up to `upto` that is in force for the reader, most urgent first. `epoch` is that of `upto`."""

    KIND = 7
    LAYOUT = (EPOCH, NUMBER, GROUPS)
    REQUIRED = 3
    epoch: int
    upto: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Want(Frame):
    """What the reader lacks of the roll-call up to `roll`, or (`roll` 0) wants again in other languages.

    `last`: nothing more is lacking; `epochs`: those whose ends it asks. A `Want` that names another roll-call than the one
    that is under way crossed it on its way and is ignored.
    """

    KIND = 8
    LAYOUT = (GROUPS, NUMBER, BOOL, EPOCHS)
    REQUIRED = 1
    groups: tuple[Group, ...]
    roll: int = 0
    last: bool = False
    epochs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rolled(Frame):
    """All that was wanted has been sent. `ends` gives the last number of each epoch asked for that is on the path."""

    KIND = 9
    LAYOUT = (EPOCH, NUMBER, ENDS, NUMBER, optional(EPOCH))
    REQUIRED = 4
    epoch: int
    upto: int
    ends: tuple[tuple[int, int], ...]
    as_of: int
    as_of_epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Offer(Frame):
    """The outbox epochs that a device keeps items of, each with its last number: what does the hub have?"""

    KIND = 10
    LAYOUT = (ENDS,)
    REQUIRED = 1
    outboxes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stand(Frame):
    """The answer to `Offer`: the hub's last number of each outbox epoch that was named."""

    KIND = 11
    LAYOUT = (ENDS,)
    REQUIRED = 1
    outboxes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Refused(Frame):
    """The reader cannot use this item: it is kept in quarantine, counts as stored, and this is why."""

    KIND = 12
    LAYOUT = (EPOCH, NUMBER, SMALL, WORDS)
    REQUIRED = 3
    epoch: int
    number: int
    reason: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Languages(Frame):
    """The hub sets the device's languages, best first; the device then wants its items again in them."""

    KIND = 13
    LAYOUT = (LANGUAGES,)
    REQUIRED = 1
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goodbye(Frame):
    """The last frame of a connection: a reason of the table in `alerts.session.goodbye`, and when to come back."""

    KIND = 14
    LAYOUT = (SMALL, optional(NUMBER), WORDS)
    REQUIRED = 1
    reason: int
    retry_after: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Dictionary(Frame):
    """A dictionary that the hub would rather send with, for the device to fetch when that is worth it.

    `transfer`: the bytes of its transfer, behind the dictionary `base` of those that the device named; None: behind none.
    `saves`: bytes that it makes an alert smaller, in the median; `monthly`: alerts that are expected in 30 days.
    """

    KIND = 15
    LAYOUT = (ADDRESS, NUMBER, SMALL, NUMBER, optional(SMALL))
    REQUIRED = 4
    address: bytes
    transfer: int
    saves: int
    monthly: int
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown(Frame):
    """A kind from a later version of the protocol; ignored."""

    kind: int


KINDS: dict[int, type[Frame]] = {
    frame.KIND: frame
    for frame in (
        Ping,
        Pong,
        Welcome,
        Data,
        Ahead,
        Stored,
        Resume,
        Roll,
        Want,
        Rolled,
        Offer,
        Stand,
        Refused,
        Languages,
        Goodbye,
        Dictionary,
    )
}
_NAMES = {frame: tuple(field.name for field in fields(frame)) for frame in KINDS.values()}
_DEFAULTS = {frame: tuple(field.default for field in fields(frame)) for frame in KINDS.values()}


def to_array(frame: Frame) -> list[Any]:
    """A frame as the array that msgpack writes; trailing elements that have their default are left away."""
    names, defaults = _NAMES[type(frame)], _DEFAULTS[type(frame)]
    values = [getattr(frame, name) for name in names]
    while len(values) > frame.REQUIRED and values[-1] == defaults[len(values) - 1]:
        values.pop()
    return [frame.KIND, *(field.pack(value) for field, value in zip(frame.LAYOUT, values, strict=False))]


def from_array(array: Any) -> Frame:
    """The frame in an array that came from the network.

    Raises RemoteProtocolError: names the kind and the position of what was wrong.
    """
    kind = _uint(limits.EPOCH_MAX)(_array(array, "frame", 1000)[0] if array else None, "kind")
    frame = KINDS.get(kind)
    if frame is None:
        return Unknown(kind)
    if len(array) - 1 < frame.REQUIRED:
        raise RemoteProtocolError(f"{frame.__name__}: expected {frame.REQUIRED} elements, found {len(array) - 1}")
    names = _NAMES[frame]
    values = {
        name: field.unpack(value, f"{frame.__name__}.{name}")
        for name, field, value in zip(names, frame.LAYOUT, array[1:], strict=False)
    }
    return frame(**values)
