"""The values of the slots of one alert, the same wherever a text asks for them.

Chance comes in as a `random.Random`, of which only `random()` is used: that is what Python promises to keep.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from alerts.dictionary.phrase_file import DATED, OF_THE_ALERT, RANGED, SLOT, Phrases

_T = TypeVar("_T")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MEASURES = ("n", "percent", "temp")
_OPENINGS = ("update_", "cancel_")  # slots that each update and cancel asks for anew
_Key = tuple[str, str, str]  # name, mark, bounds as written


@dataclass(frozen=True, slots=True)
class Country:
    """Where an alert comes from, for what follows from that."""

    code: str
    dialling: str
    offset_minutes: int


def choice(rng: random.Random, values: Sequence[_T]) -> _T:
    """One of the values."""
    return values[int(rng.random() * len(values))]


def between(rng: random.Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


class Slots:
    """What the slots of one alert are filled with. A value is drawn when it is first asked for, and kept."""

    def __init__(self, phrases: Phrases, rng: random.Random, at: datetime, country: Country) -> None:
        """`at` is when the alert is sent, in its own place's time."""
        self._phrases = phrases
        self._rng = rng
        self._at = at
        self._country = country
        self._places: dict[tuple[str, str], int] = {}  # slot and mark -> place in its list
        self._made: dict[_Key, str] = {}
        self._drawn: dict[_Key, int] = {}

    def later(self, at: datetime) -> Slots:
        """The slots of an update at that time: the same, but what was counted or measured has grown or changed."""
        new = Slots(self._phrases, self._rng, at, self._country)
        new._places = {key: place for key, place in self._places.items() if not key[0].startswith(_OPENINGS)}
        new._made = {key: text for key, text in self._made.items() if key[0] not in _MEASURES}
        new._drawn = dict(self._drawn)
        return new

    def of_the_alert(self, name: str, text: str) -> None:
        """Make what the alert says of itself a slot."""
        assert name in OF_THE_ALERT, f"{name} is no slot of the alert itself"
        self._made[name, "", ""] = text

    def fill(self, text: str, mark: str = "", *, capital: bool = True) -> str:
        """The text with every slot filled; slots take this mark, before their own if they have one.

        A text that begins with a slot begins with a capital letter, unless it is no sentence.
        """
        filled = self._filled(text, mark)
        return filled[:1].upper() + filled[1:] if capital and text.startswith("{") else filled

    def _filled(self, text: str, mark: str) -> str:
        return SLOT.sub(lambda found: self._value(found[1], _joined(mark, found[2]), found[3], found[4]), text)

    def _value(self, name: str, mark: str, low: str | None, high: str | None) -> str:
        if name in self._phrases.slots:
            return self._filled(self._phrases.slots[name][self._place(name, mark)], mark)
        if name in OF_THE_ALERT:
            return self._made[name, "", ""]
        key = name, mark, f"{low}-{high}"
        if key not in self._made:
            bounds = (int(low), int(high)) if low and high else None
            made = self._plain(name, mark, bounds) if bounds is None or name in DATED else self._ranged(key, *bounds)
            self._made[key] = made
        return self._made[key]

    def _place(self, name: str, mark: str) -> int:
        name = self._phrases.leaders.get(name, name)
        if (name, mark) not in self._places:
            taken = {place for (other, _), place in self._places.items() if other == name}
            free = [place for place in range(len(self._phrases.slots[name])) if place not in taken]
            self._places[name, mark] = choice(self._rng, free or range(len(self._phrases.slots[name])))
        return self._places[name, mark]

    # -- what is made, not chosen -------------------------------------------------------------------------------------
    def _ranged(self, key: _Key, low: int, high: int) -> str:
        name = key[0]
        assert name in RANGED, f"{name} takes no bounds"
        if name == "digits":
            return self._figures("".join(str(between(self._rng, 0, 9)) for _ in range(between(self._rng, low, high))))
        before = self._drawn.get(key)
        # What is counted grows from one report to the next, as far as its bounds let it.
        least = low if before is None or name != "n" else min(before + 1, high)
        number = between(self._rng, least, high)
        if name == "n":
            number = self._rounded(number, least)
            self._drawn[key] = number
            return self._number(number)
        if number < high and self._rng.random() < 0.35:
            return self._number(number, between(self._rng, 1, 9))
        return self._number(number)

    def _rounded(self, number: int, least: int) -> int:
        """Large figures are often told in round ones."""
        step = 10 ** (len(str(number)) - 2)
        return (
            number // step * step if number >= 1000 and number - step >= least and self._rng.random() < 0.4 else number
        )

    def _number(self, whole: int, tenths: int = 0) -> str:
        text = str(abs(whole))
        if len(text) > 3 and self._phrases.thousands:
            text = f"{abs(whole):,}".replace(",", self._phrases.thousands)
        text = f"{'-' if whole < 0 else ''}{text}{f'{self._phrases.decimal}{tenths}' if tenths else ''}"
        return self._figures(text)

    def _figures(self, text: str) -> str:
        digits = self._phrases.digits
        return text if digits == "0123456789" else text.translate({ord("0") + at: digits[at] for at in range(10)})

    def _plain(self, name: str, mark: str, days: tuple[int, int] | None) -> str:
        rng = self._rng
        if name == "weekday":
            return choice(rng, self._phrases.weekdays)
        if name == "time":
            return self._time(between(rng, 0, 23), choice(rng, (0, 0, 0, 15, 30, 30, 45, between(rng, 1, 59))))
        if name == "lot":
            return self._lot()
        if name == "phone":
            return self._figures(self._phone())
        # Where nothing is asked for: without a mark lately, with one around the day on which the alert is sent.
        day = self._at + timedelta(days=between(rng, *(days or ((-12, 20) if mark else (-7, 0)))))
        if name == "month":
            return self._phrases.months[day.month - 1]
        if name == "day":
            return self._figures(f"{day.day:02}")
        if name == "year":
            return self._figures(str(day.year))
        assert name == "date", f"nobody makes {name}"
        return self._date(day)

    def _date(self, day: datetime) -> str:
        parts = {"day": str(day.day), "month_number": f"{day.month:02}", "year": str(day.year)}
        figures = {name: self._figures(text) for name, text in parts.items()}
        return _formed(self._phrases.date_form, figures | {"month": self._phrases.months[day.month - 1]})

    def _time(self, hour: int, minute: int) -> str:
        parts = {"hour": f"{hour:02}", "minute": f"{minute:02}", "hour12": str((hour - 1) % 12 + 1)}
        figures = {name: self._figures(text) for name, text in parts.items()}
        return _formed(self._phrases.time_form, figures | {"half": "AM" if hour < 12 else "PM"})

    def _lot(self) -> str:
        rng = self._rng
        shape = choice(
            rng, ("AA00000A", "AA00000", "A0000", "000000", "AAA000", "00A000", "A00-000", "AA0000A", "0000000")
        )
        return "".join(
            choice(rng, _LETTERS) if sign == "A" else str(between(rng, 0, 9)) if sign == "0" else sign for sign in shape
        )

    def _phone(self) -> str:
        rng = self._rng
        first, second, third = (between(rng, 100, 999) for _ in range(3))
        dialling = self._country.dialling
        forms = (
            f"+{dialling} {choice(rng, (7, 6, 9, 3, 2))}{first % 100:02} {second} {third}",
            f"+{dialling} {first} {second} {third}",
            f"0{first} {second} {third}",
            f"0800 {first} {second}",
            str(choice(rng, (115, 116, 117, 119, 911, 1192, 1510, 2020, 4040, 8335))),
        )
        return choice(rng, forms)


def _joined(outer: str, own: str | None) -> str:
    return f"{outer}.{own}" if outer and own else own or outer


def _formed(form: str, parts: dict[str, str]) -> str:
    for name, text in parts.items():
        form = form.replace(f"{{{name}}}", text)
    return form
