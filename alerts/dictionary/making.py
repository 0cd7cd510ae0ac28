"""Makes the dictionary that ships: thousands of alerts from our phrases, in all languages, to train on."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.cap.model import Alert
from alerts.dictionary.generator import generate_all
from alerts.dictionary.training import Sample, train
from alerts.wire.dictionary import Dictionary
from alerts.wire.items import URGENCIES, Urgency, hub_identifier, pack_full

ALERTS = 6000
SEED = 1
MADE = 1_767_225_600
"""1 January 2026: times of sending are counted from here."""

TEXT_BYTES_MAX = 384 * 1024
"""Room for most words of the phrases: with a third less two in five of the French ones were missing."""

REPEATS_BYTES = 20
"""The phrases are many and each is filled often, so short repeats are left out too, for others to have room."""

_EPOCH = 1
_LIFE_S = 86_400


def make() -> Dictionary:
    """The dictionary; the same bytes wherever zstd is of the same version."""
    return train(samples(), made=MADE, text_bytes_max=TEXT_BYTES_MAX, repeats=REPEATS_BYTES)


def samples() -> Iterator[Sample]:
    """The alerts as items."""
    for number, alert in enumerate(generate_all(ALERTS, SEED), 1):
        yield Sample(item_of(alert, _EPOCH, number))


def item_of(alert: Alert, epoch: int, number: int) -> bytes:
    """An alert as a hub would send it that gave it its identifier."""
    named = alert.model_copy(update={"identifier": hub_identifier(epoch, number)})
    return pack_full(
        named,
        expires=alert.expires_at(_LIFE_S),
        urgency=URGENCIES.get(alert.severity, Urgency.ORDINARY),
        replaces=frozenset(),
        languages=("*",),
        hub_made=True,
    )
