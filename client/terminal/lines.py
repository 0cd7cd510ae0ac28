"""Events and alerts as JSON, one object a line, for machines. `docs/field-client.md` lists the events."""

from __future__ import annotations

import json
import re
from typing import Any, TextIO

from alerts.cap.question import Question
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    ItemQuarantined,
    ReceiptsStored,
)
from client.store import InboxEntry


class JsonLines:
    """Writes each event as a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: Event, now: int) -> None:
        """Write one event; `now` is not needed, the times in the lines are absolute."""
        del now
        self._out.write(event_line(event))
        self._out.flush()


def event_line(event: Event) -> str:
    """An event as a line of JSON: its name under "event", and what it carries."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(event).__name__).lower()
    return json.dumps({"event": name, **_carried(event)}, ensure_ascii=False) + "\n"


def _carried(event: Event) -> dict[str, Any]:
    match event:
        case (
            AlertArrived(entry)
            | AlertUpdated(entry)
            | AlertWithdrawn(entry)
            | AlertUnconfirmed(entry)
            | AnswerStored(entry)
        ):
            return {"alert": entry_object(entry)}
        case AlarmDue(entries):
            return {"worst": event.worst.name.lower(), "alerts": [entry_object(entry) for entry in entries]}
        case ReceiptsStored(waiting):
            return {"waiting": waiting}
        case ItemQuarantined(epoch, number, reason):
            return {"epoch": epoch, "number": number, "reason": reason}
        case ConnectionChanged(state, trouble, words, retry_s):
            found = {"trouble": trouble.value if trouble else None, "words": words or None, "retry_s": retry_s}
            return {"state": state.value, **{name: value for name, value in found.items() if value is not None}}
        case EventsMissed(count):
            return {"count": count}
        case CaughtUp():
            return {}


def entry_line(entry: InboxEntry, *, with_alert: bool = False) -> str:
    """An alert of the inbox as a line of JSON; `with_alert` adds the whole CAP alert."""
    found = entry_object(entry)
    if with_alert:
        found["cap"] = entry.alert.to_json()
    return json.dumps(found, ensure_ascii=False) + "\n"


def entry_object(entry: InboxEntry) -> dict[str, Any]:
    """An alert of the inbox for machines; times are seconds since 1970 by the hub's clock."""
    alert = entry.alert
    return {
        "key": entry.key,
        "epoch": entry.epoch,
        "number": entry.number,
        "state": entry.state.value,
        "in_force": entry.is_in_force,
        "unconfirmed": entry.is_unconfirmed,
        "severity": alert.severity.value,
        "status": alert.status.value,
        "msg_type": alert.msg_type.value,
        "headline": next((info.headline or info.event for info in alert.info), None),
        "sent": alert.sent.seconds,
        "expires": entry.expires,
        "stored_at": entry.stored_at,
        "receipt": entry.receipt.name.lower() if entry.receipt else None,
        "receipt_stored": entry.is_receipt_stored,
        "question": _question(entry.question) if entry.question else None,
        "answer": entry.answer.value if entry.answer else None,
        "answer_stored": entry.answer is not None and entry.answer.is_stored,
        "answer_refused": (entry.answer.refusal or None) if entry.answer else None,
    }


def _question(question: Question) -> dict[str, Any]:
    """What an alert asks, in the first language that is here; what is absent is left out."""
    found = {
        "text": question.text,
        "answer": question.kind.value,
        "choices": list(question.choices) or None,
        "unit": question.unit,
        "min": question.minimum,
        "max": question.maximum,
    }
    return {name: value for name, value in found.items() if value is not None}
