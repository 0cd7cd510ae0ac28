"""The slots of an alert: one value each, another under a mark, and figures in the language's own form."""

from __future__ import annotations

import random
import re
from datetime import datetime
from itertools import product

import pytest

from alerts.dictionary.phrase_file import Phrases, parse
from alerts.dictionary.slots import Country, Slots

AT = datetime(2026, 3, 1, 8, 30)
TEXT = """
language = "xx"
months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
weekdays = ["mo", "tu", "we", "th", "fr", "sa", "su"]
date_form = "{day}/{month}/{year}"
time_form = "{hour12}h{minute} {half}"
decimal = ","
thousands = "."

[slots]
place = ["North", "South", "East", "West"]
place_in = ["in the north", "in the south", "in the east", "in the west"]
office = ["office {place}"]

[[alerts]]
topic = "flood"
register = "sms"
category = "Met"
event = "Flood"
severity = "Severe"
urgency = "Immediate"
certainty = "Observed"
area = "{place}"
headline = "Flood"
"""
WAYS = ("north", "south", "east", "west")


def _slots(seed: int = 1, phrases: Phrases | None = None) -> Slots:
    return Slots(phrases or parse(TEXT, "xx.toml"), random.Random(seed), AT, Country("KE", "254", 180))


@pytest.mark.parametrize("seed", range(8))
def test_a_slot_keeps_its_value_and_a_mark_makes_another(seed: int) -> None:
    slots = _slots(seed)
    first, again, other = slots.fill("{place} {place} {place.2}").split()
    assert first == again != other
    assert slots.fill("{place}") == first


@pytest.mark.parametrize("seed", range(8))
def test_a_mark_reaches_into_the_slots_within(seed: int) -> None:
    slots = _slots(seed)
    place, other = slots.fill("{place} {place.2}").split()
    assert slots.fill("at {office} and {office.2}") == f"at office {place} and office {other}"


def test_a_mark_within_a_marked_slot_is_another_one() -> None:
    slots = _slots(phrases=parse(TEXT.replace('"office {place}"', '"{place} and {place.2}"'), "xx.toml"))
    first, second, second_again, third = slots.fill("{office} and {office.2}").split(" and ")
    assert second == second_again
    assert len({first, second, third}) == 3


@pytest.mark.parametrize("seed", range(8))
def test_an_inflected_slot_goes_with_its_own(seed: int) -> None:
    slots = _slots(seed)
    assert slots.fill("it is {place_in}") == f"it is in the {slots.fill('{place}').lower()}"


def test_a_text_that_begins_with_a_slot_begins_with_a_capital() -> None:
    assert _slots().fill("{office}").startswith("Office ")
    assert _slots().fill("{office}", capital=False).startswith("office ")
    assert " office " in _slots().fill("the {office}")


@pytest.mark.parametrize("seed", range(30))
def test_numbers_lie_within_their_bounds(seed: int) -> None:
    number, temperature, figures = _slots(seed).fill("{n:3-5} {temp:-9--2} {digits:4-6}").split()
    assert 3 <= int(number) <= 5
    assert -10 < float(temperature.replace(",", ".")) <= -2
    assert re.fullmatch(r"[0-9]{4,6}", figures)


def test_figures_stand_in_the_form_of_the_language() -> None:
    assert _slots().fill("{n:12345-12345}") == "12.345"
    phrases = parse(TEXT.replace("[slots]", 'digits = "٠١٢٣٤٥٦٧٨٩"\n[slots]'), "xx.toml")
    assert _slots(phrases=phrases).fill("{n:204-204}") == "٢٠٤"
    assert not re.search("[0-9]", _slots(phrases=phrases).fill("{date} {time} {phone} {percent:10-90}"))


def test_a_date_can_be_bound_to_the_day_of_the_alert() -> None:
    assert {_slots(seed).fill("{date:1-2} {month:40-50}") for seed in range(40)} == {"2/mar/2026 apr", "3/mar/2026 apr"}


def test_dates_and_times_have_the_form_of_the_file() -> None:
    days = {_slots(seed).fill("{date}") for seed in range(60)}
    assert days <= {"1/mar/2026", *(f"{day}/feb/2026" for day in range(22, 29))}
    times = {f"{hour}h{minute:02} {half}" for hour, minute, half in product(range(1, 13), range(60), ("AM", "PM"))}
    assert {_slots(seed).fill("{time}") for seed in range(60)} <= times


@pytest.mark.parametrize("seed", range(20))
def test_later_what_was_counted_has_grown_and_the_rest_stays(seed: int) -> None:
    slots = _slots(seed)
    before = slots.fill("at {place} {n:1-1000} {lot} {date} {phone}").split(" ", 3)
    after = slots.later(AT).fill("at {place} {n:1-1000} {lot} {date} {phone}").split(" ", 3)
    assert int(after[2].replace(".", "")) >= int(before[2].replace(".", ""))
    assert (after[1], after[3]) == (before[1], before[3])


def test_chance_is_drawn_from_nothing_but_random() -> None:
    class Only(random.Random):
        def getrandbits(self, k: int, /) -> int:
            raise AssertionError("this may change from one Python to the next")

    slots = Slots(parse(TEXT, "xx.toml"), Only(1), AT, Country("KE", "254", 180))
    assert slots.fill(
        "at {place} {n:1-9} {percent:1-9} {lot} {date.2} {time} {weekday} {phone} {digits:9-9} {month} {year}"
    )
