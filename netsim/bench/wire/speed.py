"""How long a message takes to make and to read, beside what a library of the same kind takes in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from alerts.session.log import Form
from alerts.session.sender import live_frame
from alerts.wire.blocks import BlockReader, BlockWriter
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.lean_frames import Earlier, read_lean, write_lean
from alerts.wire.references import Likeness
from netsim.bench.wire import plain
from netsim.bench.wire.corpus import Measured
from netsim.bench.wire.tocsin import ALL_LANGUAGES
from server.push.lean import REFERENCES
from server.push.variants import Variants

ALERTS_MAX = 300
"""So many alerts are timed, from the end of the corpus, so that all have something before them."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians of one processor's time for one message, the best of a few rounds each."""

    encode_ms: float
    """One variant without references."""
    encode_referring_ms: float
    """Choosing what to refer to, and every trial."""
    decode_us: float
    decode_referring_us: float
    brotli_encode_ms: float
    """The peer: JSON by brotli at its best quality."""
    json_decode_us: float
    """The peer: brotli's expansion, and reading the JSON."""


class _Place:
    """A hub's encoder and a device's decoder, and all alerts as items."""

    def __init__(self, them: Sequence[Measured], dictionary: Dictionary) -> None:
        variants = Variants(Codec())
        self.dictionary = dictionary
        self.writer, self.reader = BlockWriter(dictionary.zstd), BlockReader(dictionary.zstd)
        self.items = {one.entry.number: variants.item(one.entry, Form.FULL, ALL_LANGUAGES) for one in them}
        self.likeness = Likeness()

    def earlier(self, one: Measured, numbers: Sequence[int]) -> list[Earlier]:
        return [Earlier(one.entry.epoch, number, self.items[number]) for number in numbers]

    def write(self, one: Measured, numbers: Sequence[int] = ()) -> bytes | None:
        frame = live_frame(one.entry, self.items[one.entry.number])
        sent, earlier = one.alert.sent.seconds, self.earlier(one, numbers)
        return write_lean(frame, self.dictionary, self.writer, newest=one.entry.epoch, now=sent, earlier=earlier)

    def choose(self, one: Measured) -> list[int]:
        return self.likeness.likest(self.items[one.entry.number], REFERENCES, may=lambda _: True)

    def write_best(self, one: Measured) -> None:
        numbers = self.choose(one)
        for count in range(len(numbers) + 1):
            self.write(one, numbers[:count])

    def read(self, one: Measured, message: bytes) -> None:
        read_lean(
            *(message, self.dictionary, self.reader),
            newest=one.entry.epoch,
            now=one.alert.sent.seconds,
            cursor=one.entry.number - 1,
            lookup=lambda number: self.earlier(one, [number])[0],
        )


def measure_speed(them: Sequence[Measured], dictionary: Dictionary) -> Speed:
    """Time the last alerts of a corpus, in one log and in order."""
    place = _Place(them, dictionary)
    timed = them[-ALERTS_MAX:]
    for one in them[: len(them) - len(timed)]:
        place.likeness.add(one.entry.number, place.items[one.entry.number])
    best, chosen = [], []
    for one in timed:
        chosen.append(place.choose(one))
        best.append(_timed(lambda one=one: place.write_best(one)))  # type: ignore[misc]  # mypy guesses no default
        place.likeness.add(one.entry.number, place.items[one.entry.number])
    whole = [place.write(one) for one in timed]
    referring = [place.write(one, numbers) for one, numbers in zip(timed, chosen, strict=True)]
    texts = [plain.as_json(one.alert) for one in timed]
    small = list(plain.brotli(texts))
    return Speed(
        encode_ms=1e3 * _median(timed, place.write),
        encode_referring_ms=1e3 * median(best),
        decode_us=1e6 * _median(list(zip(timed, whole, strict=True)), lambda pair: _read(place, *pair)),
        decode_referring_us=1e6 * _median(list(zip(timed, referring, strict=True)), lambda pair: _read(place, *pair)),
        brotli_encode_ms=1e3 * _median(texts, lambda text: list(plain.brotli([text]))),
        json_decode_us=1e6 * _median(small, plain.from_brotli),
    )


def _read(place: _Place, one: Measured, message: bytes | None) -> None:
    if message is not None:
        place.read(one, message)


def _median(inputs: Sequence[object], do: Callable[..., object]) -> float:
    return median(_timed(lambda given=given: do(given)) for given in inputs)  # type: ignore[misc]  # mypy guesses no default


def _timed(do: Callable[[], object]) -> float:
    """Seconds of this process, the best of the rounds: the machine does other things too."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        do()
        times.append(time.process_time() - began)
    return min(times)
