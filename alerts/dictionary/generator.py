"""Realistic alerts from the phrases of a language, the same ones for the same seed on every machine.

They are what the dictionary that ships with Tocsin is trained on: texts that the project's authors wrote, filled with
places, products and figures. No two alerts of a run say the same, as far as a language's phrases suffice for that.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import TypeVar

from alerts.cap.model import Alert, Area, EventCode, Geocode, Info, NamedValue, Parameter
from alerts.cap.terms import MsgType, ResponseType, Scope, Status, Urgency
from alerts.cap.times import CapTime
from alerts.dictionary.phrase_file import Entry, Phrases, Texts, languages, load
from alerts.dictionary.slots import Country, Slots, between, choice

SHARES = {"en": 4}
"""How many alerts of a language `generate_all` takes in a turn; one of any other. Much of what the field sends is English."""

TRIES_MAX = 40
"""Draws for a text that nobody has said yet; after these the phrases do not give more, and one is said again."""

_N = TypeVar("_N", bound=NamedValue)
_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
_REMEMBERED_MAX = 12
_FOR_PEOPLE = ("audience", "sender_name", "contact", "note")
_COUNTRIES = {
    "am": (("ET", "251", 180),),
    "ar": (
        ("SD", "249", 120),
        ("YE", "967", 180),
        ("SY", "963", 180),
        ("IQ", "964", 180),
        ("EG", "20", 120),
        ("LY", "218", 120),
    ),
    "en": (
        *(
            ("KE", "254", 180),
            ("UG", "256", 180),
            ("NG", "234", 60),
            ("ZM", "260", 120),
            ("MW", "265", 120),
            ("SS", "211", 120),
        ),
        *(
            ("IN", "91", 330),
            ("PK", "92", 300),
            ("BD", "880", 360),
            ("US", "1", -300),
            ("US", "1", -420),
            ("GB", "44", 0),
        ),
    ),
    "es": (
        ("PE", "51", -300),
        ("CO", "57", -300),
        ("GT", "502", -360),
        ("BO", "591", -240),
        ("VE", "58", -240),
        ("MX", "52", -360),
    ),
    "fr": (
        ("SN", "221", 0),
        ("ML", "223", 0),
        ("NE", "227", 60),
        ("CD", "243", 60),
        ("TD", "235", 60),
        ("HT", "509", -300),
    ),
    "hi": (("IN", "91", 330),),
    "pt": (
        ("MZ", "258", 120),
        ("AO", "244", 60),
        ("GW", "245", 0),
        ("BR", "55", -180),
        ("CV", "238", -60),
        ("ST", "239", 0),
    ),
    "sw": (("TZ", "255", 180), ("KE", "254", 180), ("CD", "243", 120)),
}
_NOWHERE = (("ZZ", "000", 0),)
_SENDERS = (
    "moh@health.example",
    "alerts@health.example",
    "ops@relief.example",
    "epidemiology@district-7.health.example",
    "logistics@stores.example",
    "duty.officer@eoc.example",
    "surveillance@nphi.example",
    "warnings@met.example",
    "pharmacovigilance@medicines.example",
    "coldchain@epi.example",
)
_SITES = ("https://health.example/a/{digits:3-6}", "https://alerts.health.example/{year}/{digits:4-4}")
_HOURS = {  # an alert of the topic holds for so long
    "weather": (1, 36),
    "mass-casualty": (3, 24),
    "heat": (12, 96),
    "flood": (12, 120),
    "unsafe-water": (24, 240),
    "cold-chain": (12, 120),
    "outbreak": (72, 720),
    "recall": (168, 2160),
    "stock-out": (72, 504),
}
_HOURS_ELSE = (24, 336)


def generate(language: str, count: int, seed: int) -> Iterator[Alert]:
    """`count` alerts in a language; UserError if it has no phrases, or its file is wrong."""
    return islice(alerts_from(load(language), seed), count)


def generate_all(count: int, seed: int) -> Iterator[Alert]:
    """`count` alerts in all languages that have phrases, taking turns; more in those that `SHARES` names."""
    streams = {language: alerts_from(load(language), seed) for language in languages()}
    turn = [language for language in streams for _ in range(SHARES.get(language, 1))]
    return (next(streams[language]) for language in islice(cycle(turn), count))


def alerts_from(phrases: Phrases, seed: int) -> Iterator[Alert]:
    """Alerts from these phrases without end, in the order of their times."""
    author = _Author(phrases, random.Random(f"{phrases.language} {seed}"))  # noqa: S311
    while True:
        yield author.next()


@dataclass(frozen=True, slots=True)
class _Picks:
    """Which alternatives an alert takes: of the headline, of each group of the description, of each of the instruction."""

    headline: str
    description: Texts
    instruction: Texts


@dataclass(frozen=True, slots=True)
class _Issued:
    """An alert that may be updated or cancelled, and what it was made from."""

    alert: Alert
    entry: Entry
    country: Country
    slots: Slots
    picks: _Picks

    @property
    def info(self) -> Info:
        return self.alert.info[0]

    @property
    def reference(self) -> str:
        return f"{self.alert.sender},{self.alert.identifier},{self.alert.sent}"


class _Author:
    """Writes alert after alert in one language."""

    def __init__(self, phrases: Phrases, rng: random.Random) -> None:
        self._phrases = phrases
        self._rng = rng
        self._seconds = int(_EPOCH.timestamp()) + between(rng, 0, 300) * 86_400
        self._number = between(rng, 100, 9000)
        self._said: set[Texts] = set()
        self._issued: list[_Issued] = []

    def next(self) -> Alert:
        self._seconds += between(self._rng, 120, 14_400)
        self._number += 1
        for _ in range(TRIES_MAX):
            issued = self._any()
            said = _said(issued.alert)
            if said not in self._said:
                break
        self._said.add(said)
        self._remember(issued)
        return issued.alert

    def _any(self) -> _Issued:
        chance = self._rng.random()
        earlier = [one for one in self._issued if one.alert.expires_at(86_400) > self._seconds]
        if earlier and chance < 0.06:
            return self._cancel(choice(self._rng, earlier))
        if earlier and chance < 0.2:
            return self._update(choice(self._rng, earlier))
        return self._new()

    def _remember(self, issued: _Issued) -> None:
        named = {reference.identifier for reference in issued.alert.reference_list}
        self._issued = [one for one in self._issued if one.alert.identifier not in named]
        if issued.alert.msg_type is not MsgType.CANCEL:
            self._issued = [*self._issued, issued][-_REMEMBERED_MAX:]

    # -- the three kinds ----------------------------------------------------------------------------------------------
    def _new(self) -> _Issued:
        rng = self._rng
        entry = choice(rng, self._phrases.entries)
        country = Country(*choice(rng, _COUNTRIES.get(self._phrases.language.split("-")[0], _NOWHERE)))
        slots = Slots(self._phrases, rng, self._local(country), country)
        slots.of_the_alert("event", slots.fill(choice(rng, entry.event)))
        areas = self._areas(entry, slots)
        slots.of_the_alert("area", areas[0].area_desc)
        chance = rng.random()
        status = Status.EXERCISE if chance < 0.03 else Status.TEST if chance < 0.045 else Status.ACTUAL
        info = Info(
            language=self._phrases.language,
            category=(choice(rng, entry.category),),
            event=slots.fill("{event}"),
            response_type=self._responses(entry),
            urgency=choice(rng, entry.urgency),
            severity=choice(rng, entry.severity),
            certainty=choice(rng, entry.certainty),
            audience=self._now_and_then(0.2, slots, entry.audience, "audience"),
            event_code=self._named(EventCode, 0.3, slots, entry.event_code, "event_code"),
            sender_name=self._now_and_then(0.8, slots, entry.sender_name, "sender_name"),
            web=self._now_and_then(0.2, slots, (), "web", _SITES),
            contact=self._now_and_then(0.25, slots, entry.contact, "contact", ("{phone}",)),
            parameter=self._named(Parameter, 0.15, slots, entry.parameter, "parameter"),
            area=areas,
        )
        alert = Alert(
            identifier=self._identifier(),
            sender=self._now_and_then(1, slots, entry.sender, "sender", _SENDERS) or _SENDERS[0],
            sent=self._sent(country),
            status=status,
            msg_type=MsgType.ALERT,
            scope=Scope.PUBLIC,
            note=None if status is Status.ACTUAL else self._now_and_then(0.7, slots, (), "note"),
            info=(info,),
        )
        return self._finished(_Issued(alert, entry, country, slots, self._picks(entry)))

    def _update(self, before: _Issued) -> _Issued:
        """The same event later: what was counted has grown, some sentences are others."""
        picks = self._picks(before.entry, before.picks)
        slots = before.slots.later(self._local(before.country))
        around = opening = ""
        if before.entry.register != "sms":  # too short to speak of itself
            around = self._of_slot("update_headline") if self._rng.random() < 0.5 else ""
            opening = self._of_slot("update_description")
        return self._following(before, MsgType.UPDATE, slots, picks, around, opening)

    def _cancel(self, before: _Issued) -> _Issued:
        """The end of an event, or its retraction: short."""
        slots = before.slots.later(self._local(before.country))
        picks = _Picks(before.picks.headline, (), ())
        around, says = self._of_slot("cancel_headline"), self._of_slot("cancel_description")
        issued = self._following(before, MsgType.CANCEL, slots, picks, around, says)
        response = (ResponseType.ALL_CLEAR,) if self._rng.random() < 0.6 else ()
        info = issued.info.model_copy(update={"response_type": response, "urgency": Urgency.PAST})
        return replace(issued, alert=issued.alert.model_copy(update={"info": (info,)}))

    def _following(
        self, before: _Issued, kind: MsgType, slots: Slots, picks: _Picks, around: str, opening: str
    ) -> _Issued:
        changed = {
            "identifier": self._identifier(),
            "sent": self._sent(before.country),
            "msg_type": kind,
            "references": before.reference,
        }
        alert = before.alert.model_copy(update=changed)
        return self._finished(replace(before, alert=alert, slots=slots, picks=picks), around, opening)

    # -- the text -----------------------------------------------------------------------------------------------------
    def _picks(self, entry: Entry, before: _Picks | None = None) -> _Picks:
        if before is None:
            return _Picks(
                choice(self._rng, entry.headline or ("",)),
                tuple(choice(self._rng, group) for group in entry.description),
                tuple(choice(self._rng, group) for group in entry.instruction),
            )
        new = self._picks(entry)
        kept = [
            tuple(old if self._rng.random() < 0.6 else other for old, other in zip(olds, news, strict=True))
            for olds, news in ((before.description, new.description), (before.instruction, new.instruction))
        ]
        return _Picks(new.headline, *kept)

    def _finished(self, made: _Issued, around: str = "", opening: str = "") -> _Issued:
        """With its text, and the time at which it ceases to hold.

        `around` is a form for its headline, `opening` what its description begins with.
        """
        slots, entry, info = made.slots, made.entry, made.info
        slots.of_the_alert("headline", slots.fill(made.picks.headline))
        around = around or {
            Status.EXERCISE: self._of_slot("exercise_headline"),
            Status.TEST: self._of_slot("test_headline"),
        }.get(made.alert.status, "")
        texts = {
            "headline": slots.fill(around or "{headline}"),
            "description": _joined(slots.fill(text) for text in (opening, *made.picks.description)),
            "instruction": _joined(slots.fill(text) for text in made.picks.instruction),
        }
        set_out = {name: _set_out(entry, name, text) or None for name, text in texts.items()}
        times = self._times(entry, made.country, made.alert.msg_type)
        # From fields, not by a copy: whatever an author wrote is checked here.
        info = Info(**dict(info) | set_out | times)
        return replace(made, alert=Alert(**dict(made.alert) | {"info": (info,)}))

    def _of_slot(self, name: str) -> str:
        return f"{{{name}}}" if name in self._phrases.slots else ""

    def _now_and_then(self, share: float, slots: Slots, own: Texts, name: str, otherwise: Texts = ()) -> str | None:
        texts = own or self._phrases.slots.get(name, otherwise)
        if not texts or self._rng.random() >= share:
            return None
        text = f"{{{name}}}" if texts is self._phrases.slots.get(name) else choice(self._rng, texts)
        return slots.fill(text, capital=name in _FOR_PEOPLE)

    # -- the rest -----------------------------------------------------------------------------------------------------
    def _areas(self, entry: Entry, slots: Slots) -> tuple[Area, ...]:
        form = choice(self._rng, entry.area)
        names = [slots.fill(form)]
        for mark in ("2", "3"):
            # A warning of a weather service is for the area of one office.
            if (
                entry.topic != "weather"
                and self._rng.random() < 0.12
                and (other := slots.fill(form, mark)) not in names
            ):
                names.append(other)
        return tuple(
            Area(area_desc=name, geocode=self._named(Geocode, 0.35, slots, entry.geocode, "geocode")) for name in names
        )

    def _named(self, kind: type[_N], share: float, slots: Slots, own: Texts, name: str) -> tuple[_N, ...]:
        text = self._now_and_then(share, slots, own, name)
        pairs = (part.partition("=") for part in (text or "").split("|"))
        return tuple(kind(value_name=value_name, value=value) for value_name, found, value in pairs if found)

    def _responses(self, entry: Entry) -> tuple[ResponseType, ...]:
        first = tuple(entry.response and [choice(self._rng, entry.response)])
        if first and self._rng.random() < 0.2:
            return tuple(dict.fromkeys((*first, choice(self._rng, entry.response))))
        return first

    def _identifier(self) -> str:
        rng = self._rng
        chance = rng.random()
        figures = "".join(f"{between(rng, 0, 15):x}" for _ in range(32))
        if chance < 0.5:
            return figures
        if chance < 0.75:
            return "-".join((figures[:8], figures[8:12], figures[12:16], figures[16:20], figures[20:]))
        year = datetime.fromtimestamp(self._seconds, UTC).year
        return f"{choice(rng, ('ALERT', 'HA', 'MOH', 'EOC', 'A'))}-{year}-{self._number:05}"

    def _local(self, country: Country) -> datetime:
        return datetime.fromtimestamp(self._seconds, UTC) + timedelta(minutes=country.offset_minutes)

    def _sent(self, country: Country) -> CapTime:
        seconds = self._seconds if self._rng.random() < 0.4 else self._seconds // 60 * 60
        return CapTime(seconds, country.offset_minutes or None)

    def _times(self, entry: Entry, country: Country, kind: MsgType) -> dict[str, CapTime]:
        rng = self._rng
        least, most = _HOURS.get(entry.topic, _HOURS_ELSE)
        ends = self._seconds + between(rng, least, most) * 3600
        whole = 86_400 if ends - self._seconds > 7 * 86_400 else 3600 if rng.random() < 0.7 else 900
        offset = country.offset_minutes
        times = {}
        if rng.random() < 0.92:
            times["expires"] = CapTime((ends + offset * 60) // whole * whole - offset * 60 + whole, offset or None)
        if kind is MsgType.ALERT and entry.topic in ("weather", "heat", "flood") and rng.random() < 0.4:
            onset = (self._seconds // 900 + between(rng, 1, 4 * least)) * 900
            times[choice(rng, ("onset", "onset", "effective"))] = CapTime(onset, offset or None)
        return times


def _said(alert: Alert) -> Texts:
    info = alert.info[0]
    return tuple(text or "" for text in (info.headline, info.description, info.instruction))


def _joined(sentences: Iterator[str]) -> str:
    text = ""
    for sentence in sentences:
        text += sentence if not text or sentence.startswith("\n") or not sentence else f" {sentence}"
    return text.strip()


def _set_out(entry: Entry, name: str, text: str) -> str:
    if entry.upper:
        text = text.upper()
    if entry.wrap and name != "headline":
        lines: Sequence[str] = text.split("\n")
        text = "\n".join(
            textwrap.fill(line, entry.wrap, break_long_words=False, break_on_hyphens=False) for line in lines
        )
    return text
