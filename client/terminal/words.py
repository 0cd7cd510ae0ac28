"""States, times and alerts as words for people. What came from outside cannot steer the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alerts.cap.model import Alert, Info
from alerts.cap.question import AnswerKind, AnswerValue, Question
from alerts.cap.references import references_in
from alerts.wire.items import Urgency
from alerts.wire.uplink import ReceiptState
from client.hub_time import HubTime
from client.store import EntryState, InboxEntry

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""C0 and C1 but tab and line feed, and what reverses the direction of text."""

_BLANKS = re.compile(r"\s+")

STYLES: dict[Urgency, str] = {
    Urgency.EXTREME: "bold white on red",
    Urgency.SEVERE: "bold red",
    Urgency.ORDINARY: "bold",
}


def clean(text: str) -> str:
    """Text from outside, without what would steer a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Text from outside as one line."""
    return _BLANKS.sub(" ", clean(text)).strip()


def title(alert: Alert) -> str:
    """An alert in one line: its headline, or the event; of what has neither, what it is about."""
    info = first_info(alert)
    if info:
        return one_line(info.headline or info.event)
    about = ", ".join(reference.identifier for reference in references_in(alert.references))
    return one_line(alert.note or (f"{alert.msg_type} of {about}" if about else alert.identifier))


def first_info(alert: Alert) -> Info | None:
    """The infos of an item are those in the language asked for; the first one stands for all."""
    return alert.info[0] if alert.info else None


def severity(entry: InboxEntry) -> str:
    """CAP's severity, with what makes it less than real, so loud that nobody takes an exercise for the real thing."""
    status = entry.alert.status.value
    return (
        entry.alert.severity.value if status == "Actual" else f"*** {status.upper()} *** {entry.alert.severity.value}"
    )


def areas(alert: Alert) -> str:
    """Where it is about."""
    found = dict.fromkeys(one_line(area.area_desc) for info in alert.info[:1] for area in info.area)
    return ", ".join(found)


def duration(seconds: int) -> str:
    """A time span in its largest unit."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"


def age(entry: InboxEntry, now: int) -> str:
    """How long ago it was sent, by the hub's clock."""
    sent = entry.alert.sent.seconds
    if abs(now - sent) < 60:
        return "just now"
    return f"{duration(now - sent)} ago" if now >= sent else f"in {duration(sent - now)}"


def state(entry: InboxEntry, now: int) -> str:
    """Whether it is in force, and for how long."""
    if entry.state is EntryState.IN_FORCE:
        words = f"in force, {duration(entry.expires - now)} left"
    elif entry.state is EntryState.EXPIRED:
        words = f"expired {duration(now - entry.expires)} ago"
    else:
        words = entry.state.value
    return f"{words}, unconfirmed: the hub no longer has it" if entry.is_unconfirmed else words


def receipt(entry: InboxEntry) -> str:
    """What the person did, and whether the hub knows; and whether somebody waits for an answer."""
    if entry.answer is not None:
        return answer(entry)
    waits = "to answer" if entry.is_unanswered else ""
    if entry.receipt is None:
        return waits
    done = "acknowledged" if entry.receipt is ReceiptState.ACKNOWLEDGED else "seen"
    known = done if entry.is_receipt_stored else f"{done} (queued)"
    return f"{known}, {waits}" if waits else known


def answer(entry: InboxEntry) -> str:
    """What the person answered, and whether the hub knows."""
    given = entry.answer
    if given is None:
        return ""
    said = f"answered {value(entry.question, given.value)}"
    if given.refusal:
        return f"{said} (the hub cannot use it: {one_line(given.refusal)})"
    return said if given.is_stored else f"{said} (queued)"


def value(question: Question | None, given: AnswerValue) -> str:
    """An answer as a person would say it."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, str):
        return f'"{one_line(given)}"'
    if question and question.choices and isinstance(given, int):
        is_known = 0 <= given < len(question.choices)
        return one_line(question.choices[given]) if is_known else f"choice {given + 1}"
    return f"{given} {one_line(question.unit)}" if question and question.unit else str(given)


def asked(question: Question) -> str:
    """A question in one line, with what can be answered."""
    bounds = ((question.minimum, "from"), (question.maximum, "to"))
    said = " ".join(f"{word} {bound}" for bound, word in bounds if bound is not None)
    choices = ", ".join(f"{at} {one_line(choice)}" for at, choice in enumerate(question.choices, 1))
    wanted = {
        AnswerKind.YES_NO: "yes or no",
        AnswerKind.ONE_OF: choices,
        AnswerKind.NUMBER: " ".join(word for word in (one_line(question.unit or "a number"), said) if word),
        AnswerKind.TEXT: "in words",
    }
    return f"{one_line(question.text)} ({wanted[question.kind]})"


def time_note(time: HubTime) -> str:
    """What to know about the times shown; "" where there is nothing to know."""
    if time.is_exact:
        return ""
    if not time.now:
        return "This device has not been connected yet, so the hub's time is not known."
    return "This device was restarted since it was last connected: ages are at least these, and some alerts may have expired."


def dictionary(facts: Mapping[str, Any]) -> str:
    """A dictionary of this device, and what there is of it."""
    size = f"{facts['bytes'] / 1024:.0f} KB"
    states = {
        "shipped": f"came with the program, {size}",
        "whole": f"from the hub, {size}",
        "part": f"being fetched: {facts.get('there', 0) / 1024:.0f} of {size}",
        "wrong": "what the hub sent under this address was no dictionary; not used",
    }
    return f"{facts['address']}  {states[facts['state']]}"
