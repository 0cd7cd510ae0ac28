"""A dictionary of made-up words, for tests that put one in use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alerts.dictionary.shipped import shipped
from alerts.dictionary.training import Sample, train
from alerts.session.log import Form
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer
from server.commands.beside import now, opened
from server.dictionary.history import of_alerts
from server.dictionary.trial import GENERAL_BYTES_MAX
from server.push.variants import Variants
from server.store import dictionaries
from server.store.dictionaries import Measured
from tests.support.history import history


@cache
def own(seed: int = 1, alerts: int = 60) -> Dictionary:
    """Trained on a history of this seed, with some general text before it."""
    variants = Variants(Codec())
    entries = of_alerts(history(alerts, seed=seed)).entries
    samples = [Sample(variants.item(entry, Form.FULL, ("*",))) for entry in entries]
    return train(samples, made=seed, text_bytes_max=64 * 1024, before=shipped().zstd[-GENERAL_BYTES_MAX:])


def put_in_use(data: Path, dictionary: Dictionary, *, saves: int = 100, monthly: int = 1000) -> None:
    """As `tocsin-hub dictionary train` would."""
    transfer = len(pack_transfer(dictionary, shipped()))
    with opened(data) as db:
        dictionaries.keep(db, dictionary, Measured(60, 100 + saves, 100, transfer, monthly), now())
