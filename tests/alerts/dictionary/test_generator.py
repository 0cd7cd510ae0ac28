"""The alerts that the dictionary is trained on: the same ones for a seed, complete, and each its own."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import datetime
from itertools import islice, pairwise

import pytest

from alerts.cap import rules
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType, Status
from alerts.dictionary.generator import alerts_from, generate, generate_all
from alerts.dictionary.phrase_file import OF_THE_ALERT, all_texts, languages, load, parse
from alerts.dictionary.slots import Country, Slots
from alerts.errors import UserError

SEED = 20260301
SHARED_MAX = 0.05
"""The share of alerts that may have one sentence in common, its figures, places and dates included."""
TOLD_ONCE_MIN = 0.5
"""The least share of all sentences that only one alert says."""


def _texts(alert: Alert) -> tuple[str, ...]:
    info = alert.info[0]
    return tuple(text for text in (info.headline, info.description, info.instruction) if text)


def _sentences(alert: Alert) -> list[str]:
    return [part.strip() for text in _texts(alert) for part in re.split(r"[.!?।።؟]\s|\n", text) if len(part) > 20]


def test_the_same_seed_gives_the_same_alerts_and_another_one_others() -> None:
    first, again, other = (list(generate("en", 60, seed)) for seed in (SEED, SEED, SEED + 1))
    assert first == again
    assert first != other


def test_python_keeps_what_a_seed_means() -> None:
    """Only `random()` is used, so that a newer Python trains the same dictionary."""
    phrases = parse(_SMALL, "xx.toml")
    assert [_texts(alert) for alert in islice(alerts_from(phrases, 7), 3)] == _SMALL_SAYS


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    assert list(generate("en", 30, SEED)) == list(generate("en", 50, SEED))[:30]


def test_every_language_that_has_phrases_takes_its_turn() -> None:
    alerts = list(generate_all(60, SEED))
    assert len(alerts) == 60
    assert {alert.info[0].language for alert in alerts} == {load(language).language for language in languages()}


@pytest.mark.parametrize("language", languages())
def test_alerts_are_complete_and_leave_no_slot_unfilled(language: str) -> None:
    for alert in generate(language, 400, SEED):
        written = str(alert.to_json())
        for info in alert.info:
            strings = [
                *_texts(alert),
                info.event,
                *(area.area_desc for area in info.area),
                info.contact or "",
                info.web or "",
            ]
            assert not any(sign in text for text in strings for sign in "{}"), written
        assert _texts(alert), written
        assert not list(rules.faults(alert)), written
        assert all(info.expires is None or info.expires.seconds > alert.sent.seconds for info in alert.info), written


@pytest.mark.parametrize("language", languages())
def test_every_alternative_of_every_entry_can_be_rendered(language: str) -> None:
    """One slot misspelt in a rare sentence would otherwise show in one run of a thousand."""
    phrases = load(language)
    for where, text in all_texts(phrases):
        slots = Slots(phrases, random.Random(where), datetime(2026, 3, 1), Country("ZZ", "000", 0))
        for name in OF_THE_ALERT:
            slots.of_the_alert(name, name)
        for mark in ("", "2"):
            assert not set(slots.fill(text, mark)) & set("{}"), where


@pytest.mark.parametrize("language", languages())
def test_no_two_of_a_thousand_say_the_same_and_few_share_a_sentence(language: str) -> None:
    """Else the dictionary learns a handful of sentences, and nothing of what comes between them."""
    alerts = list(generate(language, 1000, SEED))
    assert len({_texts(alert) for alert in alerts}) == len(alerts)
    told = Counter(sentence for alert in alerts for sentence in {*_sentences(alert)})
    sentence, times = told.most_common(1)[0]
    assert times <= SHARED_MAX * len(alerts), sentence
    assert sum(times == 1 for times in told.values()) >= TOLD_ONCE_MIN * len(told)


def test_times_run_on_and_no_identifier_comes_twice() -> None:
    alerts = list(generate("en", 500, SEED))
    assert all(earlier.sent.seconds <= later.sent.seconds for earlier, later in pairwise(alerts))
    assert len({alert.key for alert in alerts}) == len(alerts)


def test_updates_and_cancels_name_an_earlier_alert_that_nothing_else_replaced() -> None:
    alerts = list(generate("en", 800, SEED))
    at = {alert.key: place for place, alert in enumerate(alerts)}
    replaced: set[str] = set()
    for place, alert in enumerate(alerts):
        assert bool(alert.reference_keys) == (alert.msg_type is not MsgType.ALERT)
        for key in alert.reference_keys:
            assert at[key] < place
            assert key not in replaced
            assert alerts[at[key]].msg_type is not MsgType.CANCEL
            replaced.add(key)
    kinds = [alert.msg_type for alert in alerts]
    assert kinds.count(MsgType.UPDATE) > 40
    assert kinds.count(MsgType.CANCEL) > 20
    assert 5 < sum(alert.status is not Status.ACTUAL for alert in alerts) < 80


def test_what_an_update_counts_has_not_shrunk() -> None:
    phrases = parse(_SMALL.replace('["{n:1-9} dead", "nobody hurt"]', '"{n:1-100000} dead"'), "xx.toml")
    alerts = list(islice(alerts_from(phrases, SEED), 300))
    counted = {
        alert.key: int((alert.info[0].headline or "").split()[0])
        for alert in alerts
        if alert.msg_type is not MsgType.CANCEL
    }
    updates = [alert for alert in alerts if alert.msg_type is MsgType.UPDATE]
    assert updates
    for update in updates:
        assert counted[update.key] > counted[update.reference_keys[0]]


def test_phrases_that_suffice_for_few_texts_repeat_them_and_do_not_hang() -> None:
    phrases = parse(_SMALL.replace('["{n:1-9} dead", "nobody hurt"]', '"nobody hurt"'), "xx.toml")
    assert len(list(islice(alerts_from(phrases, SEED), 50))) == 50


def test_a_language_without_phrases_is_named_and_so_are_those_that_have_some() -> None:
    with pytest.raises(UserError, match="no phrases in 'tlh'") as raised:
        generate("tlh", 1, SEED)
    assert "en" in raised.value.hint


_SMALL = """
language = "xx"
months = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
weekdays = ["1", "2", "3", "4", "5", "6", "7"]

[slots]
place = ["North", "South", "East"]

[[alerts]]
topic = "flood"
register = "sms"
category = "Met"
event = "Flood"
severity = "Severe"
urgency = "Immediate"
certainty = "Observed"
area = "{place}"
headline = ["{n:1-9} dead", "nobody hurt"]
description = [["The river rose in {place}.", "From {place}: {percent:1-50} % of {digits:3-3}."], ["Lot {lot}.", ""]]
"""
_SMALL_SAYS = [
    ("Nobody hurt", "From North: 45 % of 974. Lot 215925."),
    ("Nobody hurt", "From East: 43.9 % of 475. Lot AS66243."),
    ("1 dead", "From South: 22 % of 535. Lot 195009."),
]
