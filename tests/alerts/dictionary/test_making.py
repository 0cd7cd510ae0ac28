"""What the shipped dictionary is made from: all languages, as a hub would send them."""

from __future__ import annotations

from itertools import islice

from alerts.dictionary import making
from alerts.dictionary.phrase_file import languages
from alerts.wire.items import alert_of


def test_the_samples_are_alerts_in_every_language() -> None:
    alerts = [alert_of(sample.item, 1, number) for number, sample in enumerate(islice(making.samples(), 60), 1)]
    assert {info.language for alert in alerts for info in alert.info} == set(languages())
    assert alerts[4].identifier == "00000001-5"
    assert len(languages()) == 8
