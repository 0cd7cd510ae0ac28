"""Lean messages of a hub, with one dictionary: made once for each variant, and with references where the reader has what
is referred to."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from alerts.limits import REFERENCES_MAX
from alerts.session.log import Entry, Form, Log
from alerts.session.sender import live_frame
from alerts.session.session import Agreed
from alerts.wire.blocks import LEVEL_BEST, BlockWriter
from alerts.wire.dictionary import Dictionary, short_name
from alerts.wire.frames import Ahead, Data
from alerts.wire.lean_frames import Earlier, write_lean
from alerts.wire.references import REMEMBERED_MAX, Likeness
from server.push.variants import LiveMessage, Variants

CACHE_BYTES = 32 * 1024 * 1024

REFERENCES = 2
"""Earlier alerts that a message refers to: a third gained less than its number cost."""

LOOKED_AT_ITEMS = 8
"""Of a frame's items so many are looked at for what to refer to; it is made on the event loop."""

LEVEL_LARGE = 13
LARGE_BYTES = 32 * 1024
"""Above this a level that is five times as fast, and no search for what to refer to: what is so large does not wait for
milliseconds' worth of bytes."""

Languages = tuple[str, ...]
Has = Callable[[Entry], bool]


class LeanEncoders:
    """The dictionaries that this hub sends with, the best first. `log` gives the hub's log, which is another object after a step
    of its clock."""

    def __init__(self, dictionaries: Iterable[Dictionary], variants: Variants, log: Callable[[], Log]) -> None:
        self._variants = variants
        self._log = log
        self._encoders = [LeanVariants(dictionary, variants, log) for dictionary in dictionaries]

    def use(self, dictionaries: Iterable[Dictionary]) -> None:
        """These from the next connections on, the best first. Takes a while for new ones: call it off the event loop."""
        known = {encoder.dictionary.address: encoder for encoder in self._encoders}
        self._encoders = [
            known.get(dictionary.address) or LeanVariants(dictionary, self._variants, self._log)
            for dictionary in dictionaries
        ]

    def agree(self, named: Sequence[int]) -> Agreed | None:
        """The best of the dictionaries that a device named."""
        for encoder in self._encoders:
            name = short_name(encoder.dictionary.address)
            if name in named:
                return Agreed(named.index(name), encoder)
        return None


@dataclass(frozen=True, slots=True)
class _Live:
    """A new entry's message, and the smaller one for readers that have what it refers to."""

    message: LiveMessage | None
    referring: LiveMessage | None
    to: tuple[Entry, ...]


class LeanVariants:
    """The lean encoder of all sessions that agreed on one dictionary. Any thread may use it."""

    def __init__(self, dictionary: Dictionary, variants: Variants, log: Callable[[], Log]) -> None:
        self.dictionary = dictionary
        self._variants = variants
        self._log = log
        self._lock = threading.Lock()
        # Digesting a dictionary takes a tenth of a second: not when the first device waits for its first alert.
        self._writers = {LEVEL_BEST: BlockWriter(dictionary.zstd, LEVEL_BEST)}
        self._likeness: dict[Languages, Likeness] = {}
        self._is_warm: set[Languages] = set()
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._live: LRUCache[object, _Live] = LRUCache(CACHE_BYTES, getsizeof=_size)
        self._frames: LRUCache[object, bytes] = LRUCache(CACHE_BYTES, getsizeof=len)

    def live(self, entry: Entry, languages: Languages, has: Has, newest: int, now: int) -> bytes | None:
        """The finished message of a new entry."""
        with self._lock:
            key = (entry.epoch, entry.number, languages, newest)
            live = self._live.get(key)
            if live is None:
                live = self._live[key] = self._make_live(entry, languages, newest, now)
        return live.referring if live.referring and all(map(has, live.to)) else live.message

    def is_warm(self, languages: Languages) -> bool:
        """Whether `warm` has been called for these, or need not be."""
        return languages in self._is_warm

    def warm(self, languages: Languages) -> None:
        """Look through the alerts that there are, for frames to refer to them. Takes a millisecond for each: another thread's
        affair. Until it is done nothing is referred to but by new alerts."""
        with self._lock:
            if languages in self._is_warm:
                return
            self._is_warm.add(languages)
            entries = self._all_so_far()
        likeness = self._looked_through(entries, languages)
        with self._lock:
            self._keep(likeness, entries, languages)

    def prepare(self, entry: Entry, languages: Languages, newest: int, now: int) -> None:
        """Make the message of a new entry before anybody asks for it, on another thread than the loop."""
        self.live(entry, languages, lambda _: False, newest, now)

    def frame(self, frame: Data | Ahead, languages: Languages, has: Has, newest: int, now: int) -> bytes | None:
        """The message of a frame; those that stand where others stood get the same one."""
        with self._lock:
            earlier = self._earlier(self._likest(frame, languages, has), languages)
            key = (frame, newest, tuple(one.number for one in earlier))
            message = self._frames.get(key)
            if message is None:
                size = sum(len(item) for _, item in frame.items)
                message = _written(frame, self.dictionary, self._writer_for(size), newest, now, earlier)
                if len(message) < self._frames.maxsize:
                    self._frames[key] = message
        return message or None

    # -- with the lock held -------------------------------------------------------------------------------------------

    def _writer_for(self, size: int) -> BlockWriter:
        level = LEVEL_BEST if size <= LARGE_BYTES else LEVEL_LARGE
        if level not in self._writers:
            self._writers[level] = BlockWriter(self.dictionary.zstd, level)
        return self._writers[level]

    def _make_live(self, entry: Entry, languages: Languages, newest: int, now: int) -> _Live:
        raw = self._variants.item(entry, Form.FULL, languages)
        frame = live_frame(entry, raw)
        likeness = self._up_to(entry, languages)
        if len(raw) > LARGE_BYTES:
            return _Live(_finished(self._write(frame, newest, now, ())), None, ())
        likest = likeness.likest(raw, REFERENCES, may=self._is_known, but=(entry.number,))
        replaced = [number for number, other in self._entries.items() if other.key in entry.replaces]
        plain = best = self._write(frame, newest, now, ())
        chosen: tuple[Entry, ...] = ()
        for trial in _trials(likest, replaced[-1:]):
            to = tuple(self._entries[number] for number in trial)
            message = self._write(frame, newest, now, self._earlier(to, languages))
            if message is not None and (best is None or len(message) < len(best)):
                best, chosen = message, to
        return _Live(_finished(plain), _finished(best) if chosen else None, chosen)

    def _write(self, frame: Data, newest: int, now: int, earlier: Sequence[Earlier]) -> bytes | None:
        writer = self._writer_for(len(frame.items[0][1]))
        return write_lean(frame, self.dictionary, writer, newest=newest, now=now, earlier=earlier)

    def _is_known(self, number: int) -> bool:
        return number in self._entries

    def _up_to(self, entry: Entry, languages: Languages) -> Likeness:
        """What there is to be like: this entry and those before it, also when their life is over, for devices keep them."""
        if languages not in self._likeness:
            entries = self._all_so_far()
            self._is_warm.add(languages)
            self._keep(self._looked_through(entries, languages), entries, languages)
        likeness = self._likeness[languages]
        self._remember(entry)
        likeness.add(entry.number, self._variants.item(entry, Form.FULL, languages))
        return likeness

    def _all_so_far(self) -> tuple[Entry, ...]:
        return (*self._entries.values(), *self._log())

    def _looked_through(self, entries: Iterable[Entry], languages: Languages) -> Likeness:
        """Needs no lock."""
        likeness = Likeness()
        for entry in entries:
            likeness.add(entry.number, self._variants.item(entry, Form.FULL, languages))
        return likeness

    def _keep(self, likeness: Likeness, entries: Iterable[Entry], languages: Languages) -> None:
        for entry in entries:
            self._remember(entry)
        self._likeness.setdefault(languages, likeness)

    def _remember(self, entry: Entry) -> None:
        self._entries.setdefault(entry.number, entry)
        if len(self._entries) > REMEMBERED_MAX:
            self._entries.popitem(last=False)

    def _likest(self, frame: Data | Ahead, languages: Languages, has: Has) -> tuple[Entry, ...]:
        numbers = {number for number, _ in frame.items}
        likeness = self._likeness.get(languages)
        if likeness is None:
            return ()
        liked: Counter[int] = Counter()
        for _, item in frame.items[:LOOKED_AT_ITEMS]:
            liked.update(
                likeness.likest(
                    item, 1, may=lambda other: self._is_known(other) and has(self._entries[other]), but=numbers
                )
            )
        return tuple(self._entries[number] for number, _ in liked.most_common(REFERENCES_MAX))

    def _earlier(self, entries: Iterable[Entry], languages: Languages) -> list[Earlier]:
        return [
            Earlier(entry.epoch, entry.number, self._variants.item(entry, Form.FULL, languages)) for entry in entries
        ]


def _written(
    frame: Data | Ahead, dictionary: Dictionary, writer: BlockWriter, newest: int, now: int, earlier: Sequence[Earlier]
) -> bytes:
    """The message, without references if it cannot be written behind them; empty: it has no lean form."""
    message = write_lean(frame, dictionary, writer, newest=newest, now=now, earlier=earlier)
    if message is None and earlier:
        message = write_lean(frame, dictionary, writer, newest=newest, now=now)
    return message or b""


def _trials(likest: Sequence[int], replaced: Sequence[int]) -> list[tuple[int, ...]]:
    """What to refer to, in the ways worth trying; what the alert replaces comes first, for CAP's `references` name it."""
    first = [*replaced, *(number for number in likest if number not in replaced)]
    return [tuple(first[:count]) for count in range(1, len(first) + 1)]


def _finished(message: bytes | None) -> LiveMessage | None:
    return None if message is None else LiveMessage.of(message)


def _size(live: _Live) -> int:
    return sum(len(message) for message in (live.message, live.referring) if message is not None) + 200
