"""Files of phrases: what is wrong with one is said with its file, entry, place and slot, all at once."""

from __future__ import annotations

import pytest

from alerts.cap.terms import Category, ResponseType, Severity
from alerts.dictionary.phrase_file import PROBLEMS_MAX, languages, load, parse
from alerts.errors import UserError

TOP = """
language = "fr"
months = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]
weekdays = ["a", "b", "c", "d", "e", "f", "g"]
"""
SLOTS = """
[slots]
place = ["Goma", "Kolda", "Zinder"]
disease = ["choléra", "rougeole"]
disease_of = ["du choléra", "de la rougeole"]
sender_name = ["Santé de {place}"]
"""
ENTRY = """
[[alerts]]
topic = "outbreak"
register = "sms"
category = "Health"
event = ["{disease}"]
severity = ["Severe", "Extreme"]
urgency = ["Immediate"]
certainty = ["Observed"]
response = ["Execute"]
headline = ["{n:3-40} cas {disease_of} à {place}"]
description = [["Un.", ""], ["Deux."]]
area = ["{place}"]
"""


def _problem(text: str) -> str:
    with pytest.raises(UserError) as raised:
        parse(text, "fr.toml")
    return str(raised.value)


def test_a_file_as_it_should_be() -> None:
    phrases = parse(TOP + SLOTS + ENTRY, "fr.toml")
    (entry,) = phrases.entries
    assert phrases.language == "fr"
    assert (entry.category, entry.severity[1], entry.response) == (
        (Category.HEALTH,),
        Severity.EXTREME,
        (ResponseType.EXECUTE,),
    )
    assert entry.description == (("Un.", ""), ("Deux.",))
    assert phrases.leaders == {"disease_of": "disease"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{n:3-40} cas", "{m:3-40} cas", "alerts[0] (outbreak, sms): headline[0]: there is no slot {m}"),
        ("à {place}", "à {plcae}", "headline[0]: there is no slot {plcae}; did you mean {place}?"),
        (
            "Santé de {place}",
            "Santé de {palce}",
            "slots.sender_name[0]: there is no slot {palce}; did you mean {place}?",
        ),
        ("Deux.", "Deux {place.", "description[1][0]: '{' belongs to no slot in 'Deux {place.'"),
        ("{n:3-40}", "{n}", "headline[0]: slot {n}: expected {n:LOW-HIGH}"),
        ("à {place}", "à {place:1-3}", "headline[0]: slot {place}: expected {place}"),
        ("{n:3-40}", "{n:40-3}", "headline[0]: slot {n:40-3}: the first number is the larger one"),
        ('"Goma"', '"Goma {sender_name}"', "slots.place: asks for itself"),
        ("place = [", "date = [", "slots.date: the generator makes {date} itself"),
        ('["Santé de {place}"]', "[]", "slots.sender_name: has no alternatives"),
        ('event = ["{disease}"]', 'event = ["{area}"]', "event: slot {area} is made from it or after it"),
        ('"Severe"', '"severe"', "alerts[0] (outbreak, sms): severity: expected one of Extreme, Minor"),
        ('area = ["{place}"]', "", "alerts[0] (outbreak, sms): area: expected a value, found nothing"),
        ("response", "responses", "alerts[0] (outbreak, sms): there is no key 'responses'; did you mean response?"),
        ('[["Un.", ""], ["Deux."]]', '[["Un.", 1]]', "description[0]: expected a text or a list of texts"),
        ('"a", "b", "c", "d", "e", "f", "g"]', '"a"]', "weekdays: expected 7 names, found 1"),
        ('"fr"', '"français"', "language: expected a BCP 47 tag like sw, found 'français'"),
        ("[slots]", 'date_form = "{tag}"\n[slots]', "date_form: there is no tag"),
        ("[slots]", 'digits = "٠١"\n[slots]', "digits: expected ten characters, found 2"),
        ("[slots]", "[slots", "fr.toml is not TOML"),
        (ENTRY, "", "alerts: expected [[alerts]] tables"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str) -> None:
    text = TOP + SLOTS + ENTRY
    assert old in text
    problem = _problem(text.replace(old, new))
    assert said in problem
    assert problem.startswith("fr.toml")


def test_all_that_is_wrong_is_said_at_once_but_not_without_end() -> None:
    broken = ENTRY.replace("{place}", "{plcae}")
    assert _problem(TOP + SLOTS + broken).count("did you mean {place}?") == 2
    assert _problem(TOP + SLOTS + broken * 50).endswith(f"and {100 - PROBLEMS_MAX} more")


@pytest.mark.parametrize("language", languages())
def test_the_files_that_are_there_can_be_read(language: str) -> None:
    assert load(language).language.split("-")[0] == language


def test_languages_are_the_files_that_are_there() -> None:
    assert "en" in languages()
