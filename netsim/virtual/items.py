"""Items in a form that costs next to nothing, so that thousands of runs fit into a minute.

F|key|purpose|urgency|expires|languages|key,key       an alert in full, and what it replaces
W|key,key                                             a bare withdrawal
X…                                                    nobody can decode this
D…                                                    whoever decodes this dies of it
"""

from __future__ import annotations

from alerts.errors import RemoteProtocolError
from alerts.session.log import Entry, Form
from alerts.session.sender import live_frame
from alerts.wire.codec import Codec
from alerts.wire.items import Arrival, Purpose, Urgency

UNUSABLE = "unusable"
DEADLY = "deadly"


class ProcessDiedError(Exception):
    """The process that decoded this is gone, with all that it had not committed."""


class VirtualEncoder:
    """The hub's encoder. Items are made once and kept for the length of a run."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._items: dict[tuple[int, int, Form, tuple[str, ...]], bytes] = {}
        self._live: dict[tuple[int, int, tuple[str, ...]], bytes] = {}

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        """The item's bytes in the languages of the reader."""
        variant = (entry.epoch, entry.number, form, languages)
        if variant not in self._items:
            self._items[variant] = _pack(entry, form, languages)
        return self._items[variant]

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        """The finished message of `live_frame`."""
        variant = (entry.epoch, entry.number, languages)
        if variant not in self._live:
            self._live[variant] = self._codec.encode(live_frame(entry, self.item(entry, Form.FULL, languages)))
        return self._live[variant]


def _pack(entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
    replaced = ",".join(sorted(entry.replaces))
    if form is Form.WITHDRAWAL:
        return f"W|{replaced}".encode()
    if entry.payload == UNUSABLE:
        return f"X|{entry.key}".encode()
    if entry.payload == DEADLY:
        return f"D|{entry.key}".encode()
    values = (entry.key, entry.purpose.value, entry.urgency.value, entry.expires, "+".join(languages), replaced)
    return ("F|" + "|".join(map(str, values))).encode()


def decode(raw: bytes, epoch: int, number: int) -> Arrival:
    """The decoder of the inbox rules.

    Raises RemoteProtocolError: an item that cannot be used. ProcessDiedError: decoding it killed the process.
    """
    form, *parts = raw.decode().split("|")
    if form == "D":
        raise ProcessDiedError(f"#{number} of {epoch:08x}")
    if form == "X":
        raise RemoteProtocolError(f"item #{number}: a field that this version does not know")
    replaced = frozenset(parts[-1].split(",")) if parts[-1] else frozenset[str]()
    if form == "W":
        return Arrival(None, replaced)
    return Arrival(parts[0], replaced, Purpose(int(parts[1])), Urgency(int(parts[2])), int(parts[3]))


def languages_of(raw: bytes) -> str:
    """The languages in which an item was made."""
    parts = raw.decode().split("|")
    return parts[5] if parts[0] == "F" else ""
