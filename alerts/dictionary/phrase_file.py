"""The phrases of one language, read from `phrases/<language>.toml` and checked as a whole.

A file has these keys at its top, then `[slots]`, then `[[alerts]]`:

    language      BCP 47, goes into every info                date_form   "{day} {month} {year}", also {month_number}
    months        the twelve names                            time_form   "{hour}:{minute}", also {hour12} and {half}
    weekdays      the seven names, Monday first               decimal, thousands   how a number is divided
                                                              digits      ten characters in place of 0 to 9

`[slots]` names lists of alternatives. A text asks for one as `{place}`; alternatives may ask for others. Within one alert
a slot has one value, `{place.2}` another one, which the slots inside it follow. A slot whose name begins with another's
(`disease_of`, `disease`) and that has as many alternatives goes with it: both take the same place in their lists.

Always there: `{n:LOW-HIGH}` a number, `{percent:LOW-HIGH}`, `{temp:LOW-HIGH}`, `{digits:LOW-HIGH}` so many figures in a row,
`{date}`, `{day}` (two figures), `{month}`, `{year}`, all four also so many days after the alert as `{date:2-14}` or
`{date:-9--2}`, `{time}`, `{weekday}`, `{lot}`, `{phone}`, and of the alert itself `{event}` and `{area}`.
Some slots go beyond the text, where a file has them: `sender`, `sender_name`, `contact`, `web`, `audience`, `note`;
`event_code`, `parameter`, `geocode`, each `name=value|name=value`; and what an alert of another kind says or begins with:
`update_headline`, `update_description`, `cancel_headline`, `cancel_description`, `exercise_headline`, `test_headline`; in these
`{headline}` is the alert's own.

An entry of `[[alerts]]` has `topic`, `register`, `category`, `event`, `severity`, `urgency`, `certainty`, `headline`, `area`; and
where it wants them `response`, `description`, `instruction`, and `audience`, `sender`, `sender_name`, `contact`,
`event_code`, `parameter`, `geocode` in place of the slots. Each is one text or a list of alternatives. Description and
instruction are lists of groups: one alternative of each group is taken, "" says nothing, and one that begins with a line
break begins a line. `upper` makes the whole text upper-case, `wrap` breaks its lines at so many characters, as services
with old printers in mind still do.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from alerts.cap import language as tags
from alerts.cap.terms import Category, Certainty, ResponseType, Severity, Term, Urgency
from alerts.errors import UserError

SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.(\w+))?(?::(-?\d+)-(-?\d+))?\}", re.ASCII)
RANGED = ("n", "percent", "temp", "digits")
DATED = ("date", "day", "month", "year")
PLAIN = ("time", "weekday", "lot", "phone", *DATED)
OF_THE_ALERT = ("event", "area", "headline")
PROBLEMS_MAX = 20
HINT = "alerts/dictionary/phrase_file.py says at its head what a file of phrases contains."
_TEXTS = (
    "event",
    "headline",
    "area",
    "audience",
    "sender",
    "sender_name",
    "contact",
    "event_code",
    "parameter",
    "geocode",
)
_BRACE = re.compile("[{}]")
_FORM = re.compile(r"\{(\w+)\}", re.ASCII)
_T = TypeVar("_T", bound=Term)
Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern of alerts, checked; `where` names it in errors."""

    where: str
    topic: str
    register: str
    category: tuple[Category, ...]
    event: Texts
    severity: tuple[Severity, ...]
    urgency: tuple[Urgency, ...]
    certainty: tuple[Certainty, ...]
    headline: Texts
    area: Texts
    response: tuple[ResponseType, ...] = ()
    description: tuple[Texts, ...] = ()
    instruction: tuple[Texts, ...] = ()
    audience: Texts = ()
    sender: Texts = ()
    sender_name: Texts = ()
    contact: Texts = ()
    event_code: Texts = ()
    parameter: Texts = ()
    geocode: Texts = ()
    upper: bool = False
    wrap: int = 0


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that one file says."""

    language: str
    slots: Mapping[str, Texts]
    months: Texts
    weekdays: Texts
    date_form: str
    time_form: str
    decimal: str
    thousands: str
    digits: str
    entries: tuple[Entry, ...]
    leaders: Mapping[str, str]
    """Of a slot that goes with another one: that one."""


def languages() -> tuple[str, ...]:
    """The languages that have a file, in alphabetical order."""
    names = (file.name for file in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load(language: str) -> Phrases:
    """The phrases of a language that has a file; UserError for one that has none, or whose file is wrong."""
    if language not in languages():
        raise UserError(f"there are no phrases in {language!r}", f"There are {', '.join(languages())}.")
    name = f"{language}.toml"
    try:
        text = (_folder() / name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not text in UTF-8: {error}", HINT) from None
    return parse(text, name)


def parse(text: str, name: str) -> Phrases:
    """Phrases from TOML; UserError names the file, and of all that is wrong the entry, the place in it and the slot."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name} is not TOML: {error}", HINT) from None
    reader = _Reader(name)
    phrases = reader.phrases(found)
    if problems := reader.problems:
        more = [f"and {len(problems) - PROBLEMS_MAX} more"] if len(problems) > PROBLEMS_MAX else []
        raise UserError(f"{name}: " + "; ".join([*problems[:PROBLEMS_MAX], *more]), HINT)
    return phrases


def _folder() -> Traversable:
    return files("alerts.dictionary") / "phrases"


class _Reader:
    """Reads one file and notes what is wrong with it, to say all of it at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []

    def phrases(self, found: dict[str, Any]) -> Phrases:
        self._known("", found, [*[field.name for field in fields(Phrases)][:-2], "alerts"])
        slots = self._slots(found.get("slots", {}))
        entries = found.get("alerts", [])
        if not (isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries)):
            self.problems.append("alerts: expected [[alerts]] tables")
            entries = []
        phrases = Phrases(
            language=self._language(found.get("language")),
            slots=slots,
            months=self._names(found, "months", 12),
            weekdays=self._names(found, "weekdays", 7),
            date_form=self._form(found, "date_form", "{day} {month} {year}", ("day", "month", "month_number", "year")),
            time_form=self._form(found, "time_form", "{hour}:{minute}", ("hour", "minute", "hour12", "half")),
            decimal=self._text(found, "decimal", "."),
            thousands=self._text(found, "thousands", ""),
            digits=self._text(found, "digits", "0123456789"),
            entries=tuple(self._entry(at, entry) for at, entry in enumerate(entries)),
            leaders=_leaders(slots),
        )
        if len(phrases.digits) != 10:
            self.problems.append(f"digits: expected ten characters, found {len(phrases.digits)}")
        self._check_slots(phrases)
        return phrases

    # -- what stands at the top of a file -----------------------------------------------------------------------------
    def _language(self, found: object) -> str:
        if isinstance(found, str) and tags.is_well_formed(found):
            return found
        self.problems.append(f"language: expected a BCP 47 tag like sw, found {found!r}")
        return "und"

    def _names(self, found: dict[str, Any], key: str, count: int) -> Texts:
        names = self._texts(key, found.get(key, []))
        if len(names) != count:
            self.problems.append(f"{key}: expected {count} names, found {len(names)}")
        return names

    def _text(self, found: dict[str, Any], key: str, default: str) -> str:
        text = found.get(key, default)
        if not isinstance(text, str):
            self.problems.append(f"{key}: expected text, found {text!r}")
            return default
        return text

    def _form(self, found: dict[str, Any], key: str, default: str, parts: Sequence[str]) -> str:
        form = self._text(found, key, default)
        if unknown := set(_FORM.findall(form)) - set(parts):
            self.problems.append(f"{key}: there is no {_listed(unknown)}; there are {_listed(parts)}")
            return default
        return form

    def _slots(self, found: object) -> dict[str, Texts]:
        if not isinstance(found, dict):
            self.problems.append("slots: expected a table")
            return {}
        taken = set(found) & {*RANGED, *PLAIN, "headline"}
        self.problems += [f"slots.{name}: the generator makes {{{name}}} itself" for name in sorted(taken)]
        return {name: self._texts(f"slots.{name}", found[name]) for name in found if name not in taken}

    # -- an entry -----------------------------------------------------------------------------------------------------
    def _entry(self, at: int, found: dict[str, Any]) -> Entry:
        where = f"alerts[{at}] ({found.get('topic', 'no topic')}, {found.get('register', 'no register')})"
        names = [field.name for field in fields(Entry)][1:]
        self._known(f"{where}: ", found, names)
        for name in names[: names.index("response")]:
            if name not in found:
                self.problems.append(f"{where}: {name}: expected a value, found nothing")
        entry = Entry(
            where=where,
            topic=str(found.get("topic")),
            register=str(found.get("register")),
            category=self._terms(where, found, "category", Category),
            severity=self._terms(where, found, "severity", Severity),
            urgency=self._terms(where, found, "urgency", Urgency),
            certainty=self._terms(where, found, "certainty", Certainty),
            response=self._terms(where, found, "response", ResponseType),
            description=self._groups(f"{where}: description", found.get("description", [])),
            instruction=self._groups(f"{where}: instruction", found.get("instruction", [])),
            upper=found.get("upper") is True,
            wrap=found["wrap"] if isinstance(found.get("wrap"), int) else 0,
            **{name: self._texts(f"{where}: {name}", found.get(name, [])) for name in _TEXTS},
        )
        if not any(entry.headline) and not entry.description:
            self.problems.append(f"{where}: has neither headline nor description")
        return entry

    def _terms(self, where: str, found: dict[str, Any], key: str, kind: type[_T]) -> tuple[_T, ...]:
        words = self._texts(f"{where}: {key}", found.get(key, []))
        for word in words:
            if word not in {str(term) for term in kind}:
                self.problems.append(f"{where}: {key}: expected one of {_listed(kind)}, found {word!r}")
        return tuple(term for word in words for term in kind if term == word)

    def _groups(self, where: str, found: object) -> tuple[Texts, ...]:
        groups = [found] if isinstance(found, str) else found
        if not isinstance(groups, list):
            self.problems.append(f"{where}: expected a list of groups of sentences, found {found!r:.60}")
            return ()
        return tuple(self._texts(f"{where}[{at}]", group) for at, group in enumerate(groups))

    def _texts(self, where: str, found: object) -> Texts:
        texts = [found] if isinstance(found, str) else found
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            self.problems.append(f"{where}: expected a text or a list of texts, found {found!r:.60}")
            return ()
        return tuple(texts)

    def _known(self, where: str, found: Mapping[str, Any], names: Sequence[str]) -> None:
        for name in found:
            if name not in names:
                self.problems.append(f"{where}there is no key {name!r}{_meant(name, names)}")

    # -- slots in texts -----------------------------------------------------------------------------------------------
    def _check_slots(self, phrases: Phrases) -> None:
        known = {*phrases.slots, *RANGED, *PLAIN, *OF_THE_ALERT}
        braced = [f"{{{name}}}" for name in sorted(known)]
        for where, text in all_texts(phrases):
            if brace := _BRACE.search(SLOT.sub("", text)):
                self.problems.append(f"{where}: {brace[0]!r} belongs to no slot in {text!r:.80}")
            for name, _, low, high in SLOT.findall(text):
                if name not in known:
                    self.problems.append(f"{where}: there is no slot {{{name}}}{_meant(f'{{{name}}}', braced)}")
                elif (name in RANGED) != bool(low) and name not in DATED:
                    form = f"{{{name}:LOW-HIGH}}" if name in RANGED else f"{{{name}}}"
                    self.problems.append(f"{where}: slot {{{name}}}: expected {form} in {text!r:.80}")
                elif low and int(low) > int(high):
                    self.problems.append(f"{where}: slot {{{name}:{low}-{high}}}: the first number is the larger one")
        empty = [f"slots.{name}: has no alternatives" for name, texts in phrases.slots.items() if not texts]
        self.problems += empty
        self._check_circles(phrases)

    def _check_circles(self, phrases: Phrases) -> None:
        asks = {name: _asked(texts) for name, texts in phrases.slots.items()}
        within = {name: _closure(name, asks) for name in asks}
        self.problems += [f"slots.{name}: asks for itself" for name in asks if name in within[name]]
        for entry in phrases.entries:
            for key, texts, made_later in (
                ("event", entry.event, OF_THE_ALERT),
                ("area", entry.area, OF_THE_ALERT[1:]),
                ("headline", entry.headline, OF_THE_ALERT[2:]),
            ):
                reached = {name for slot in _asked(texts) for name in (slot, *within.get(slot, ()))}
                for name in sorted((reached - set(phrases.slots)) & set(made_later)):
                    self.problems.append(f"{entry.where}: {key}: slot {{{name}}} is made from it or after it")


def all_texts(phrases: Phrases) -> Iterator[tuple[str, str]]:
    """Every text in which slots may stand, with its place in the file."""
    for name, texts in phrases.slots.items():
        yield from ((f"slots.{name}[{at}]", text) for at, text in enumerate(texts))
    for entry in phrases.entries:
        for name in _TEXTS:
            yield from ((f"{entry.where}: {name}[{at}]", text) for at, text in enumerate(getattr(entry, name)))
        for name in ("description", "instruction"):
            for group, texts in enumerate(getattr(entry, name)):
                yield from ((f"{entry.where}: {name}[{group}][{at}]", text) for at, text in enumerate(texts))


def _asked(texts: Texts) -> set[str]:
    return {name for text in texts for name, *_ in SLOT.findall(text)}


def _closure(name: str, asks: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        new = asks.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


def _leaders(slots: Mapping[str, Texts]) -> dict[str, str]:
    leaders = {}
    for name, texts in slots.items():
        before = [name[:at] for at in range(len(name)) if name[at] == "_"]
        with_it = [other for other in before if other in slots and len(slots[other]) == len(texts)]
        if with_it:
            leaders[name] = with_it[0]
    return leaders


def _meant(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _listed(names: Any) -> str:
    return ", ".join(sorted(str(name) for name in names))
