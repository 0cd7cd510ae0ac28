"""Frames with items in their lean form: a handful of bytes of head, and one block of zstd with the texts of all items.

    message    encoding byte, check (2), number mod 256 | head of the frame, [references], head of each item, body

The encoding byte has the highest bit set; the others are flags and how the body travels. A *live* frame,
`Data(n-1, n, [item], as_of n)` in the newest epoch, has no head but the number's last byte: its reader knows which one
is due, and, the time being the hub's on both ends, needs no more than three bytes of when it was sent.

The check is over the frame that must come out, so whatever went wrong on the way (damage, another text under a number that
is referred to, another dictionary) is seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.blocks import BlockReader, BlockWriter, Kind
from alerts.wire.dictionary import Dictionary
from alerts.wire.frames import Ahead, Data, Item, from_array, to_array
from alerts.wire.lean import END, Lean, body_of, fill, shape_of, take_apart, triple_of
from alerts.wire.packing import pack
from alerts.wire.varints import Bytes, pack_int, pack_time, pack_uint

LEAN = 0x80
_LIVE = 0x40
_REFERS = 0x20
_UNUSED = 0x1C
_KIND = 0x03
_KINDS = frozenset(Kind)
_END = END.encode()

CHECK_BYTES = 2

NUMBER_MODULUS = 1 << 8

SENT_BYTES = 3
SENT_MODULUS = 1 << 8 * SENT_BYTES
"""Half a year: further from now than half of that a live alert is not sent as such."""

TIMES_MAX = 1024

_INLINE, _WHOLE, _PREVIOUS, _TABLE = 0, 1, 2, 3
"""How a skeleton is given: in the body; not at all, the item stands in the body; as the one before; a number in the table."""

_SENDER_IN_BODY, _SENDER_PREVIOUS, _SENDER_TABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Earlier:
    """An alert that a reader has: its item, as it is kept."""

    epoch: int
    number: int
    item: bytes


Lookup = Callable[[int], Earlier | None]
"""The alert under this number, if it is here."""

Entry = TypeVar("Entry", bytes, str)


# -- writing ----------------------------------------------------------------------------------------------------------


def write_lean(
    frame: Data | Ahead,
    dictionary: Dictionary,
    blocks: BlockWriter,
    *,
    newest: int,
    now: int,
    earlier: Sequence[Earlier] = (),
) -> bytes | None:
    """A frame as a lean message; None: it has no lean form.

    `newest` is the epoch that `Welcome` said, `now` the hub's time in seconds. What is `earlier` the reader must have; the
    one that is likest comes first.
    """
    known = _Known(dictionary, earlier)
    if len(known.prefix) > limits.PREFIX_BYTES_MAX:
        return None
    taken = [_Taken(number, item, known.take_apart(item)) for number, item in frame.items]
    is_live = _is_live(frame, newest) and _is_near(taken[0].lean, now)
    if is_live:
        known.near = now
    elif isinstance(frame, Data):  # like next to like: its numbers tell the order, which that of `Ahead` does not
        taken.sort(key=_Taken.likeness)
    flags = LEAN | (_LIVE if is_live else 0) | (_REFERS if earlier else 0)
    numbers = [one.number for one in taken]
    head = bytes((numbers[0] & 0xFF,)) if is_live else _frame_head(frame, numbers, newest)
    if earlier:
        head += pack_uint(len(earlier)) + b"".join(pack_int(_anchor(frame) - one.number) for one in earlier)
    parts = [known.write(one) for one in taken]
    body = b"".join(body for _, body in parts).removesuffix(_END)
    if len(body) > limits.BODY_BYTES_MAX:
        return None
    block = blocks.write(body, known.prefix)
    if block is None:
        return None
    kind, payload = block
    return b"".join((bytes((flags | kind,)), _check(frame, dictionary), head, *(head for head, _ in parts), payload))


def _is_live(frame: Data | Ahead, newest: int) -> bool:
    if not isinstance(frame, Data) or len(frame.items) != 1:
        return False
    number = frame.items[0][0]
    return frame == Data(newest, number - 1, number, frame.items, number)


@dataclass(frozen=True, slots=True)
class _Taken:
    """An item to write. `lean` None: it travels whole."""

    number: int
    item: bytes
    lean: Lean | None

    def likeness(self) -> tuple[str, bytes]:
        """Alerts of one sender and kind stand together."""
        return ("", b"") if self.lean is None else (self.lean.sender, self.lean.skeleton)


def _is_near(lean: Lean | None, now: int) -> bool:
    return lean is None or nearest(lean.sent % SENT_MODULUS, SENT_MODULUS, now) == lean.sent


def _anchor(frame: Data | Ahead) -> int:
    """What references count back from."""
    return frame.after + 1 if isinstance(frame, Data) else frame.as_of


def _frame_head(frame: Data | Ahead, numbers: Sequence[int], newest: int) -> bytes:
    """Every position of the frame but its items, and their numbers as they come, each from the one before."""
    parts = [pack_uint(frame.KIND), _epoch_out(frame.epoch, newest), pack_uint(len(frame.items))]
    if isinstance(frame, Data):
        as_of = None if frame.as_of is None else frame.as_of - frame.upto
        parts += [pack_uint(frame.after), pack_uint(frame.upto - frame.after), _or_nil(as_of, pack_int)]
        before = frame.after
    else:
        parts += [pack_uint(frame.as_of), _or_nil(frame.answered, pack_uint)]
        before = frame.as_of
    parts.append(_or_nil(frame.as_of_epoch, lambda epoch: _epoch_out(epoch, newest)))
    for number in numbers:
        parts.append(pack_int(number - before))
        before = number
    return b"".join(parts)


def _or_nil(value: int | None, pack: Callable[[int], bytes]) -> bytes:
    return pack_uint(0) if value is None else pack_uint(1) + pack(value)


def _epoch_out(epoch: int, newest: int) -> bytes:
    return pack_uint(0 if epoch == newest else epoch)


class _Known:
    """What both ends know before an item: the dictionary, the alerts referred to, and the item before (at first, the first
    alert referred to)."""

    def __init__(self, dictionary: Dictionary, earlier: Sequence[Earlier]) -> None:
        self.dictionary = dictionary
        taken = [take_apart(one.item) for one in earlier]
        # Short distances cost least, so the likest stands nearest to the new text.
        self.prefix = b"".join(body_of(one.texts) for one in reversed(taken) if one)
        self._first = earlier[0] if earlier else None
        self._named: str | None = None
        self.before = taken[0] if taken else None
        self.near: int | None = None
        """Set where times of sending are given as their last bytes: the time that they lie near to."""

    def _triple(self) -> str | None:
        if self._named is None and self._first is not None:
            self._named = triple_of(self._first.item, self._first.epoch, self._first.number)
        return self._named

    def _write_sent(self, sent: int) -> bytes:
        if self.near is not None:
            return (sent % SENT_MODULUS).to_bytes(SENT_BYTES, "big")
        return pack_time(sent - (self.before.sent if self.before else self.dictionary.made))

    def _sent(self, given: int) -> int:
        if self.near is not None:
            return nearest(given, SENT_MODULUS, self.near)
        return given + (self.before.sent if self.before else self.dictionary.made)

    def _read_sent(self, source: Bytes) -> int:
        return source.time() if self.near is None else int.from_bytes(source.take(SENT_BYTES), "big")

    def take_apart(self, item: bytes) -> Lean | None:
        """The item, lean; None: it would not come back byte by byte."""
        lean = take_apart(item, self._triple())
        return lean if lean is not None and fill(lean, self._triple) == item else None

    def write(self, one: _Taken) -> tuple[bytes, bytes]:
        """The head and the body of an item."""
        lean = one.lean
        if lean is None:
            return pack_uint(_WHOLE) + pack_uint(len(one.item)), one.item
        skeleton, inline = self._skeleton(lean)
        sender, named = self._sender(lean)
        sent = self._write_sent(lean.sent)
        times = (pack_time(time, self.dictionary.time_at(time)) for time in lean.times)
        self.before = lean
        return b"".join((skeleton, sender, sent, *times)), inline + named + body_of(lean.texts)

    def _skeleton(self, lean: Lean) -> tuple[bytes, bytes]:
        if self.before and lean.skeleton == self.before.skeleton:
            return pack_uint(_PREVIOUS), b""
        at = self.dictionary.skeleton_at(lean.skeleton)
        if at is not None:
            return pack_uint(_TABLE + at), b""
        return b"".join(map(pack_uint, (_INLINE, len(lean.skeleton), len(lean.times)))), lean.skeleton

    def _sender(self, lean: Lean) -> tuple[bytes, bytes]:
        if self.before and lean.sender == self.before.sender:
            return pack_uint(_SENDER_PREVIOUS), b""
        at = self.dictionary.sender_at(lean.sender)
        return (
            (pack_uint(_SENDER_IN_BODY), body_of([lean.sender])) if at is None else (pack_uint(_SENDER_TABLE + at), b"")
        )

    def read_heads(self, source: Bytes, count: int) -> list[_ItemHead]:
        """The heads of so many items."""
        heads: list[_ItemHead] = []
        times = len(self.before.times) if self.before else None
        for _ in range(count):
            head = _ItemHead(source.uint())
            heads.append(head)
            if head.skeleton in (_INLINE, _WHOLE):
                head.size = _count(source, limits.BODY_BYTES_MAX)
            if head.skeleton == _WHOLE:
                continue
            if head.skeleton == _INLINE:
                times = _count(source, TIMES_MAX)
            elif head.skeleton >= _TABLE:
                times = shape_of(self._at(self.dictionary.skeletons, head.skeleton - _TABLE, "skeletons")).times
            elif times is None:
                raise RemoteProtocolError("a first item whose skeleton is that of the one before")
            head.sender = source.uint()
            head.sent = self._read_sent(source)
            head.times = tuple(source.time(self.dictionary.times) for _ in range(times))
        return heads

    def read(self, head: _ItemHead, text: _Body) -> bytes:
        """The item of a head, its texts from the body."""
        if head.skeleton == _WHOLE:
            return text.take(head.size)
        if head.skeleton == _INLINE:
            skeleton = text.take(head.size)
        elif head.skeleton == _PREVIOUS:
            skeleton = self._previous().skeleton
        else:
            skeleton = self._at(self.dictionary.skeletons, head.skeleton - _TABLE, "skeletons")
        shape = shape_of(skeleton)
        if shape.times != len(head.times):
            raise RemoteProtocolError(f"a skeleton of {shape.times} times, for which {len(head.times)} are given")
        if head.sender == _SENDER_IN_BODY:
            sender = text.text()
        elif head.sender == _SENDER_PREVIOUS:
            sender = self._previous().sender
        else:
            sender = self._at(self.dictionary.senders, head.sender - _SENDER_TABLE, "senders")
        texts = tuple(text.text() for _ in range(shape.texts))
        lean = Lean(skeleton, sender, self._sent(head.sent), head.times, texts)
        self.before = lean
        return fill(lean, self._triple)

    def _previous(self) -> Lean:
        if self.before is None:
            raise RemoteProtocolError("a first item that has something of the one before")
        return self.before

    @staticmethod
    def _at(table: tuple[Entry, ...], position: int, called: str) -> Entry:
        if position >= len(table):
            raise RemoteProtocolError(f"number {position} of {len(table)} {called}")
        return table[position]


@dataclass(slots=True)
class _ItemHead:
    """What stands of an item before the body. `size` is that of what stands inline."""

    skeleton: int
    size: int = 0
    sender: int = 0
    sent: int = 0
    times: tuple[int, ...] = ()


class _Body(Bytes):
    """The texts of a frame's items, one behind the other."""

    def text(self) -> str:
        """The next text, up to its end."""
        end = self.data.find(_END, self.at)
        if end < 0:
            end = len(self.data)
            if self.at > end:
                raise RemoteProtocolError("a body with fewer texts than the skeletons ask for")
        raw, self.at = self.data[self.at : end], end + 1
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise RemoteProtocolError(f"a text that is not UTF-8: {error}") from None

    def check_end(self) -> None:
        """Nothing is left; the end of the last text is not written."""
        if self.at < len(self.data):
            raise RemoteProtocolError(f"a body with {len(self.data) - self.at} bytes too many")


def _check(frame: Data | Ahead, dictionary: Dictionary) -> bytes:
    """The last bytes of the CRC-32 of the dictionary's address and the frame in msgpack."""
    crc = zlib.crc32(pack(to_array(frame)), zlib.crc32(dictionary.address))
    return crc.to_bytes(4, "big")[-CHECK_BYTES:]


# -- reading ----------------------------------------------------------------------------------------------------------


def read_lean(
    message: bytes,
    dictionary: Dictionary,
    blocks: BlockReader,
    *,
    newest: int,
    now: int,
    cursor: int,
    lookup: Lookup,
) -> Data | Ahead:
    """The frame in a lean message.

    `newest` is the epoch that `Welcome` said, `now` the hub's time in seconds, `cursor` the reader's.

    Raises RemoteProtocolError: the message is damaged, refers to an alert that is not here, or is no frame.
    """
    flags = _flags(message)
    source = Bytes(message, 1)
    check = source.take(CHECK_BYTES)
    if flags & _LIVE:
        number = nearest(source.take(1)[0], NUMBER_MODULUS, cursor + 1)
        frame: Data | Ahead = Data(newest, number - 1, number, ((number, b""),), number)
    else:
        frame = _read_frame_head(source, newest)
    distances = [source.sint() for _ in range(_count(source, limits.REFERENCES_MAX))] if flags & _REFERS else []
    known = _Known(dictionary, [_found(_anchor(frame) - distance, lookup) for distance in distances])
    known.near = now if flags & _LIVE else None
    if len(known.prefix) > limits.PREFIX_BYTES_MAX:
        raise RemoteProtocolError(
            f"references to {len(known.prefix)} bytes of text; at most {limits.PREFIX_BYTES_MAX} are allowed"
        )
    heads = known.read_heads(source, len(frame.items))
    text = _Body(blocks.read(Kind(flags & _KIND), source.rest(), known.prefix))
    raw = [known.read(head, text) for head in heads]
    text.check_end()
    items = [(number, item) for (number, _), item in zip(frame.items, raw, strict=True)]
    frame = _with_items(frame, tuple(sorted(items) if isinstance(frame, Data) else items))
    if _check(frame, dictionary) != check:
        raise RemoteProtocolError("a message that is damaged, or was made with other alerts than those that are here")
    return frame


def _flags(message: bytes) -> int:
    flags = message[0]
    if flags & _UNUSED or flags & _KIND not in _KINDS:
        raise RemoteProtocolError(f"a message of encoding {flags}, which was not agreed on")
    return flags


def numbers_in(message: bytes, cursor: int) -> list[int]:
    """The numbers of the alerts in a lean message, for who only counts what passes; `cursor` as of the reader.

    Raises RemoteProtocolError: it is none.
    """
    flags, source = _flags(message), Bytes(message, 1 + CHECK_BYTES)
    if flags & _LIVE:
        return [nearest(source.take(1)[0], NUMBER_MODULUS, cursor + 1)]
    return [number for number, _ in _read_frame_head(source, 1).items]


def _with_items(frame: Data | Ahead, items: tuple[Item, ...]) -> Data | Ahead:
    """The frame with its items (`dataclasses.replace` takes as long as all of the decompressing)."""
    if isinstance(frame, Data):
        return Data(frame.epoch, frame.after, frame.upto, items, frame.as_of, frame.as_of_epoch)
    return Ahead(frame.epoch, items, frame.as_of, frame.as_of_epoch, frame.answered)


def _read_frame_head(source: Bytes, newest: int) -> Data | Ahead:
    """The frame with its numbers; its items are still empty."""
    kind = source.uint()
    epoch = _epoch_in(source, newest)
    count = _count(source, limits.BATCH_ITEMS_MAX)
    if kind == Data.KIND:
        after = before = source.uint()
        upto = after + source.uint()
        as_of = upto + source.sint() if source.flag() else None
    elif kind == Ahead.KIND:
        as_of = before = source.uint()
        answered = source.uint() if source.flag() else None
    else:
        raise RemoteProtocolError(f"a lean message of kind {kind}, which has no items")
    as_of_epoch = _epoch_in(source, newest) if source.flag() else None
    numbers = []
    for _ in range(count):
        before += source.sint()
        numbers.append(before)
    items = [[number, b""] for number in numbers]
    if kind == Data.KIND:
        return _checked([kind, epoch, after, upto, items, as_of, as_of_epoch])
    return _checked([kind, epoch, items, as_of, as_of_epoch, answered])


def _checked(array: list[Any]) -> Data | Ahead:
    frame = from_array(array)
    assert isinstance(frame, Data | Ahead), "these are the two kinds that are given"
    return frame


def _epoch_in(source: Bytes, newest: int) -> int:
    epoch = source.uint()
    return newest if epoch == 0 else epoch


def _count(source: Bytes, most: int) -> int:
    count = source.uint()
    if count > most:
        raise RemoteProtocolError(f"{count} are stated before byte {source.at}; at most {most} are allowed")
    return count


def nearest(low: int, modulus: int, due: int) -> int:
    """The number that is `low` by this modulus and lies nearest to the one that is due."""
    number = due - (due - low) % modulus
    number += modulus if due - number > modulus // 2 else 0
    return number if number >= 0 else number + modulus


def _found(number: int, lookup: Lookup) -> Earlier:
    one = lookup(number)
    if one is None:
        raise RemoteProtocolError(f"a message that refers to alert {number}, which is not here")
    return one
