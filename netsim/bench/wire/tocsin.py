"""Tocsin's messages for alerts that stand in a hub's log, as a hub sends them to devices that are connected.

The only place of this benchmark that knows how Tocsin encodes. A device that has been connected all along has all earlier
alerts, so a message may refer to any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alerts.cap.model import Alert
from alerts.dictionary.shipped import shipped
from alerts.dictionary.training import NotEnoughError, Sample, train
from alerts.session.log import Entry, Form, Log, Purpose
from alerts.session.position import Path, Position
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from netsim.bench.wire.corpus import Measured
from server.push.lean import LeanVariants
from server.push.variants import Variants

ALL_LANGUAGES = ("*",)
"""All that an alert says, as the other encodings carry it."""
HEARD = 1_800_000_000
"""The hub's time that a device states; as long on the wire as any of this century."""
TRAINED_BYTES_MAX = 832 * 1024
GENERAL_BYTES = 128 * 1024
"""Of the shipped dictionary's text, before the history: a trained one need not forget what is known in general."""


def messages(
    entries: Iterable[Entry], dictionary: Dictionary, languages: Sequence[str] = ALL_LANGUAGES
) -> Iterator[bytes]:
    """One message for each entry, in their order, to a device that is connected and reads these languages."""
    entries = list(entries)
    log = Log(Path([(entries[0].epoch if entries else 1, 1)]))
    variants = Variants(Codec())
    lean = LeanVariants(dictionary, variants, lambda: log)
    for entry in entries:
        assert isinstance(entry.payload, Alert), "the entries carry their alerts"
        sent = entry.payload.sent.seconds
        message = lean.live(entry, tuple(languages), _is_had, entry.epoch, sent)
        yield message if message is not None else bytes(variants.live(entry, tuple(languages)))


def _is_had(entry: Entry) -> bool:
    return entry.purpose is not Purpose.CANCEL


def stored(entry: Entry) -> bytes:
    """What a device answers once it has committed the entry."""
    position = Position(entry.epoch, entry.number, entry.number, heard=HEARD)
    return Codec().encode(position.stored())


def train_on(them: Iterable[Measured]) -> Dictionary | None:
    """A dictionary from earlier alerts, in their order; None: they are too few."""
    variants = Variants(Codec())
    samples = [Sample(variants.item(one.entry, Form.FULL, ALL_LANGUAGES), one.group) for one in them]
    made = max((one.alert.sent.seconds for one in them), default=0)
    try:
        return train(samples, made=made, text_bytes_max=TRAINED_BYTES_MAX, before=shipped().zstd[-GENERAL_BYTES:])
    except NotEnoughError:
        return None
