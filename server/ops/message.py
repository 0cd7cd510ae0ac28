"""What a contact is told: a short, plain text that fits an SMS of few segments, with the figures as they are now.

    EXERCISE. Extreme: Boil all water. 12 of 40 devices in KE-047 have not acknowledged, 31 min after it was sent. Not yet:
    Clinic A, Clinic B, +10. Call: Dr Achieng 0700 000000

A step may say it in other words; in them stand, in braces, what PLACES names. What is too long is shortened: first the
names of devices, then the headline; the figures and the first word are never left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.cap.language import best_match
from alerts.cap.model import Alert, Info
from alerts.cap.terms import Status
from server.ops.rules import Act, Figures, Step
from server.ops.sms import sms_length

SEGMENTS_MAX = 3
NAMES_MAX = 3
NAME_CHARS_MAX = 40
HEADLINE_CHARS_MAX = 160
LATE_SECONDS = 120
"""What is later than this against the rule's time says so."""

PLACES: dict[str, str] = {
    "headline": "the alert's headline, or its event, in the contact's language",
    "event": "the event",
    "severity": "the gravest severity",
    "figures": "`12 of 40 devices in KE-047 have not acknowledged`",
    "age": "how long ago the alert was published",
    "names": "the first devices that have not acted",
    "call": "what the alert says under contact, or who sent it",
    "late": "how late the message is against its rule, or nothing",
}
"""What a step's own text can name in braces."""


@dataclass(frozen=True, slots=True)
class AlertWords:
    """What a message says of an alert, in one language."""

    status: Status
    severity: str
    headline: str
    event: str
    call: str


def words_of(alert: Alert, language: str) -> AlertWords:
    """An alert's words in the language that a contact reads, or the alert's first."""
    found = best_match([language] if language else [], [info.language for info in alert.info])
    info: Info | None = alert.info[found[0]] if found else None
    headline = (info.headline or info.event) if info else (alert.note or "an alert")
    call = (info.contact or info.sender_name or alert.sender) if info else alert.sender
    return AlertWords(
        alert.status, str(alert.severity), _line(headline), _line(info.event if info else ""), _line(call)
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def title_of(words: AlertWords) -> str:
    """The title, for services that have one, like the subject of a mail."""
    title = f"Tocsin: {words.severity}: {shortened(words.headline, 80)}"
    return title if words.status is Status.ACTUAL else f"{words.status.upper()}. {title}"


def check_text(text: str) -> str | None:
    """What is wrong with a step's own text, or None."""
    for found in re.finditer(r"\{([^{}]*)\}|[{}]", text):
        if found[1] is None:
            return "a brace stands alone; {…} names one of " + ", ".join(PLACES)
        if found[1] not in PLACES:
            return f"there is no {{{found[1][:40]}}}; there are " + ", ".join(PLACES)
    return None


def tell(words: AlertWords, step: Step, figures: Figures, *, age_s: int, late_s: int) -> str:
    """The text that goes out."""
    room = [(NAMES_MAX, HEADLINE_CHARS_MAX)]
    room += [(names, HEADLINE_CHARS_MAX) for names in range(NAMES_MAX - 1, -1, -1)]
    room += [(0, chars) for chars in (120, 80, 50)]
    text = ""
    for names, chars in room:
        text = _tell(words, step, figures, age_s=age_s, late_s=late_s, names=names, chars=chars)
        if sms_length(text).segments <= SEGMENTS_MAX:
            return text
    return text


def _tell(words: AlertWords, step: Step, figures: Figures, *, age_s: int, late_s: int, names: int, chars: int) -> str:
    places = {
        "headline": shortened(words.headline, chars),
        "event": shortened(words.event, chars),
        "severity": words.severity,
        "figures": figures_text(figures, step.unless.act if step.unless else Act.ACKNOWLEDGED),
        "age": span_text(age_s),
        "names": names_text(figures, names),
        "call": shortened(words.call, NAME_CHARS_MAX * 2),
        "late": f"({span_text(late_s)} late)" if late_s > LATE_SECONDS else "",
    }
    text = filled(step.text, places) if step.text else _usual(places)
    return text if words.status is Status.ACTUAL else f"{words.status.upper()}. {text}"


def _usual(places: Mapping[str, str]) -> str:
    late = f" {places['late']}" if places["late"] else ""
    names = f" Not yet: {places['names']}." if places["names"] else ""
    call = f" Call: {places['call']}" if places["call"] else ""
    return (
        f"{places['severity']}: {places['headline'].rstrip('.')}. {places['figures']}, {places['age']} after it was "
        f"sent{late}.{names}{call}"
    )


def filled(text: str, places: Mapping[str, str]) -> str:
    """A step's own text with its places filled in."""
    return _line(re.sub(r"\{(\w+)\}", lambda found: places.get(found[1], found[0]), text))


def figures_text(figures: Figures, act: Act) -> str:
    """`12 of 40 devices in KE-047 have not acknowledged`; of delivered: `have not got it`."""
    where = f" in {joined(figures.areas)}" if figures.areas else ""
    if not figures.addressed:
        return f"No device{where} is addressed"
    missing = {
        Act.DELIVERED: "have not got it",
        Act.SEEN: "have not seen it",
        Act.ACKNOWLEDGED: "have not acknowledged",
        Act.ANSWERED: "have not answered",
    }[act]
    if figures.addressed == 1:
        missing = missing.replace("have", "has", 1)
    return f"{figures.lacking} of {figures.addressed} device{'s' if figures.addressed > 1 else ''}{where} {missing}"


def joined(words: Sequence[str], most: int = 3, of: int = 0) -> str:
    """A list in words, the first of many (of so many, where not all are listed)."""
    more = max(of, len(words)) - len(words[:most])
    return ", ".join(words[:most]) + (f", +{more}" if more else "")


def names_text(figures: Figures, most: int) -> str:
    """The first of the devices that have not acted, and how many more."""
    return joined([shortened(name, NAME_CHARS_MAX) for name in figures.names], most, figures.lacking) if most else ""


def shortened(text: str, chars: int) -> str:
    """A text that is too long, cut at a word. Three dots, because a single character for them is not in GSM 7-bit."""
    if len(text) <= chars:
        return text
    cut = text[: chars - 3]
    space = cut.rfind(" ")
    return (cut[:space] if space > chars // 2 else cut).rstrip(" ,.;:") + "..."


def span_text(seconds: int) -> str:
    """A span of time as people say it: `31 min`, `2 h 5 min`, `3 d 4 h`."""
    minutes = max(0, seconds) // 60
    if minutes < 1:
        return "less than 1 min"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


def tell_silence(kind: str, name: str, words: str, step: Step, *, age_s: int, late_s: int) -> str:
    """What is told of a silence."""
    late = f"({span_text(late_s)} late)" if late_s > LATE_SECONDS else ""
    places = dict.fromkeys(PLACES, "") | {
        "headline": f"{kind} {name} is silent",
        "event": "silence",
        "figures": words,
        "age": span_text(age_s),
        "late": late,
    }
    if step.text:
        return filled(step.text, places)
    return _line(f"Silence: {kind} {name}. {words}. Noticed {span_text(age_s)} ago {late}").rstrip() + "."
