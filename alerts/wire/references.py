"""Which earlier alerts a new one is like: those are worth referring to.

Alike are texts that share strings of eight bytes. Of these every fourth is looked at, chosen by its checksum, so the same
ones in every text.
"""

from __future__ import annotations

import zlib
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator

from alerts.wire.lean import texts_of

GRAM_BYTES = 8
SAMPLED = 4
"""One in so many strings is looked at."""

REMEMBERED_MAX = 2000
"""Alerts; the oldest is forgotten."""

HOLDERS_MAX = 24
"""The newest alerts that a string is looked up in."""

LOOKED_AT_MAX = 12
"""The likest alerts among which to choose."""

SHARED_MIN = 2
"""What shares less is not worth the bytes that name it."""

TEXT_BYTES_MAX = 16 * 1024
"""Of a text no more is looked at, and nothing refers to a longer one: putting it before the new text would take longer than it
saves."""


class Likeness:
    """The alerts of a log in one variant, by number."""

    def __init__(self) -> None:
        self._holders: dict[int, deque[int]] = {}
        self._numbers: dict[int, frozenset[int]] = {}

    def add(self, number: int, item: bytes) -> None:
        """An alert that later ones may be like."""
        if number in self._numbers:
            return
        text = texts_of(item)
        grams = frozenset(_grams(text)) if len(text) <= TEXT_BYTES_MAX else frozenset()
        self._numbers[number] = grams
        for gram in grams:
            self._holders.setdefault(gram, deque(maxlen=HOLDERS_MAX)).append(number)
        if len(self._numbers) > REMEMBERED_MAX:
            self._forget(next(iter(self._numbers)))

    def _forget(self, number: int) -> None:
        for gram in self._numbers.pop(number):
            holders = self._holders[gram]
            if holders[0] == number:
                holders.popleft()
            if not holders:
                del self._holders[gram]

    def likest(self, item: bytes, count: int, *, may: Callable[[int], bool], but: Collection[int] = ()) -> list[int]:
        """The numbers of up to `count` alerts that together share most with the text of an item, the likest first."""
        left = set(_grams(texts_of(item)[:TEXT_BYTES_MAX]))
        shared: Counter[int] = Counter()
        for gram in left:
            for number in self._holders.get(gram, ()):
                shared[number] += 1
        likely = [number for number, _ in shared.most_common(LOOKED_AT_MAX) if number not in but and may(number)]
        chosen: list[int] = []
        while likely and len(chosen) < count:
            worth = {number: len(left & self._numbers[number]) for number in likely}
            best = max(likely, key=lambda number: (worth[number], number))
            if worth[best] < SHARED_MIN:
                break
            chosen.append(best)
            likely.remove(best)
            left -= self._numbers[best]
        return chosen


def _grams(text: bytes) -> Iterator[int]:
    for at in range(len(text) - GRAM_BYTES + 1):
        gram = zlib.crc32(text[at : at + GRAM_BYTES])
        if gram % SAMPLED == 0:
            yield gram
