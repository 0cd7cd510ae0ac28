"""Dictionaries of several sizes, each tried on alerts that it was not trained on, and the one that is worth most.

the older seven eighths ──▶ a dictionary of each size ──▶ sends the newest eighth, as the hub would: so many bytes an alert
all                     ──▶ the dictionary of the size that came out best
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.cap.language import best_match
from alerts.cap.model import Alert
from alerts.dictionary.shipped import shipped
from alerts.dictionary.training import NotEnoughError, Sample, train
from alerts.session.log import Entry, Form, Log
from alerts.session.position import Path
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer
from server.dictionary import payback
from server.dictionary.history import History
from server.push.lean import LeanVariants
from server.push.variants import Variants
from server.store.dictionaries import Measured

SIZES = tuple(size * 1024 for size in (16, 32, 64, 112, 256, 512, 768))
"""Bytes of text that are tried."""

GENERAL_BYTES_MAX = 128 * 1024
"""Text of the dictionary that ships that goes before a history, where there is room. Its transfer is nearly free."""

ALERTS_MIN = 40
"""Below this there is nothing to measure on."""

HELD_BACK = 8
"""One in so many alerts, the newest, is not trained on but measured with."""

MEASURED_MAX = 80
"""Alerts that are measured, spread over those held back; each takes hundredths of a second for each dictionary."""

CONTEXT_MAX = 500
"""Alerts before them that they may refer to."""

HORIZON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Trial:
    """A dictionary of one size, trained on all, and what one of that size did on the alerts that were held back."""

    text_bytes: int
    dictionary: Dictionary
    measured: Measured
    gain: float
    """Bytes that one device saves in `HORIZON_DAYS`, less the transfer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All sizes that were tried, and how many alerts each device is expected to get in a day."""

    trials: tuple[Trial, ...]
    daily: float
    held_back: int
    text_bytes: int
    """Bytes of text of all alerts, in the languages that devices ask for."""
    beside: int
    """The median bytes of an alert with the dictionary that was named to compare with; else with the one that ships."""

    @property
    def best(self) -> Trial:
        """The one that is worth most."""
        return max(self.trials, key=lambda trial: trial.gain)

    @property
    def is_worth_it(self) -> bool:
        """Whether a device saves more than it pays."""
        return self.best.measured.saves > 0 and self.best.gain > 0


def try_out(
    history: History,
    sizes: Sequence[int],
    *,
    made: int,
    beside: Dictionary | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Train and measure in each of these sizes (bytes of text), and `beside` too. `told` hears how it goes.

    Raises NotEnoughError: there is too little to train on.
    """
    count = len(history.entries)
    if count < ALERTS_MIN:
        raise NotEnoughError(f"{count} alerts to train on; at least {ALERTS_MIN} are needed, and more are better")
    variants = Variants(Codec())
    held = history.entries[-max(1, count // HELD_BACK) :]
    older = history.entries[: count - len(held)]
    measured = held[:: max(1, len(held) // MEASURED_MAX)][:MEASURED_MAX]
    daily = min(history.daily(30), history.daily(90)) * history.share()
    told("the dictionary that ships")
    plain = _bytes_an_alert(shipped(), history, older, measured, variants)
    is_other = beside is not None and beside is not shipped()
    with_it = _bytes_an_alert(beside, history, older, measured, variants) if beside and is_other else plain
    trials: list[Trial] = []
    for size in sizes:
        told(f"{size // 1024} KB of text")
        tried = _trained(history, older, size, made, variants)
        lean = _bytes_an_alert(tried, history, older, measured, variants)
        whole = _trained(history, history.entries, size, made, variants)
        transfer = len(pack_transfer(whole, shipped()))
        saves = statistics.median(before - after for before, after in zip(plain, lean, strict=True))
        figures = Measured(count, _median(plain), _median(plain) - int(saves), transfer, round(daily * 30))
        gain = payback.gain_over(HORIZON_DAYS, transfer, int(saves), daily)
        trials.append(Trial(size, whole, figures, gain))
        if len(whole.zstd) < size:
            break  # it has room left: larger ones would be the same
    text_bytes = sum(len(sample.item) for sample in _samples(history, history.entries, variants))
    return Outcome(tuple(trials), daily, len(measured), text_bytes, _median(with_it))


def _trained(history: History, entries: Sequence[Entry], size: int, made: int, variants: Variants) -> Dictionary:
    general = shipped().zstd[-GENERAL_BYTES_MAX:]
    return train(_samples(history, entries, variants), made=made, text_bytes_max=size, before=general)


def _samples(history: History, entries: Sequence[Entry], variants: Variants) -> list[Sample]:
    """The items that devices are sent of these alerts: one for each variant that their languages ask for."""
    samples = []
    for entry in entries:
        assert isinstance(entry.payload, Alert), "the hub's entries carry their alert"
        languages = entry.payload.languages
        wishes = {tuple(best_match(wish, languages)): wish for wish in history.wishes}
        samples += [Sample(variants.item(entry, Form.FULL, wish)) for wish in wishes.values()]
    return samples


def _bytes_an_alert(
    dictionary: Dictionary,
    history: History,
    older: Sequence[Entry],
    measured: Sequence[Entry],
    variants: Variants,
) -> list[int]:
    """The bytes of each alert, live, to a device that has those before it; in the languages that most ask for."""
    log = Log(Path([(entry.epoch, entry.number) for entry in older[:1]]))
    for entry in older[-CONTEXT_MAX:]:
        log.restore(entry)
    lean, wish, sizes = LeanVariants(dictionary, variants, lambda: log), history.wishes[0], []
    for entry in measured:
        assert isinstance(entry.payload, Alert), "the hub's entries carry their alert"
        message = lean.live(entry, wish, lambda _: True, entry.epoch, entry.payload.sent.seconds)
        sizes.append(len(message or variants.live(entry, wish)))
    return sizes


def _median(sizes: Sequence[int]) -> int:
    return round(statistics.median(sizes))
