"""A log for tests: entries by a few words each. All alerts live until `LATER` unless told otherwise."""

from __future__ import annotations

from alerts.audience import Audience, Reader
from alerts.session.log import Draft, Entry, Form, Log
from alerts.session.position import Path
from alerts.wire.items import Purpose, Urgency

EPOCH = 7
NOW = 1000
LATER = 5000
HERE = Audience(areas=("KE-1",))
THERE = Audience(areas=("KE-2",))
ALL = Audience(everyone=True)
READER = Reader("d0", ("KE-1",))
OTHER = Reader("d0", ("KE-2",))


def a_log(reader: Reader = READER) -> Log:
    """A log whose first entry enrols `reader`."""
    log = Log(Path([(EPOCH, 1)]))
    log.enrol(1, reader)
    return log


def add(
    log: Log,
    key: str,
    purpose: Purpose = Purpose.ALERT,
    audience: Audience = ALL,
    *references: str,
    urgency: Urgency = Urgency.ORDINARY,
    expires: int = LATER,
) -> Entry:
    """Append an alert."""
    entry = log.inherit(Draft(key, purpose, audience, references, urgency, expires))
    log.append(entry)
    return entry


def update(log: Log, key: str, *references: str, audience: Audience = ALL, expires: int = LATER) -> Entry:
    """Append an update."""
    return add(log, key, Purpose.UPDATE, audience, *references, expires=expires)


def cancel(log: Log, key: str, *references: str, audience: Audience = ALL, expires: int = LATER) -> Entry:
    """Append a cancel."""
    return add(log, key, Purpose.CANCEL, audience, *references, expires=expires)


class WordEncoder:
    """Items as words: the key, or what is withdrawn."""

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        """An item."""
        return (entry.key if form is Form.FULL else "-" + ",".join(sorted(entry.replaces))).encode()

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        """Stands for the finished message."""
        return b"live " + entry.key.encode()
