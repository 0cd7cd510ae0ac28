"""Alerts as bytes, made once for each variant (the infos that a reader's languages select) and sent to many as they are."""

from __future__ import annotations

import threading

from cachetools import LRUCache

from alerts.cap.language import best_match
from alerts.cap.model import Alert
from alerts.session.log import Entry, Form
from alerts.session.sender import live_frame
from alerts.wire.codec import LEVEL_ONCE, LEVEL_SHARED, Codec
from alerts.wire.items import hub_identifier, pack_full, pack_withdrawal
from server.push.websocket import frame_of

CACHE_BYTES = 64 * 1024 * 1024
"""Variants that are kept; the rest are made again when a reader needs them."""

SHARED_LEVEL_BYTES_MAX = 16 * 1024
"""Above this the best level costs tens of milliseconds of the event loop, and gains little."""


class LiveMessage(bytes):
    """The message of a new entry, with its finished WebSocket frame."""

    websocket_frame: bytes

    @classmethod
    def of(cls, message: bytes) -> LiveMessage:
        """The message, finished."""
        live = cls(message)
        live.websocket_frame = frame_of(message)
        return live


class Variants:
    """The encoder of all sessions of a hub. Messages are made on the event loop only, items on any thread."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._lock = threading.Lock()
        self._items: LRUCache[object, bytes] = LRUCache(CACHE_BYTES // 2, getsizeof=len)
        self._live: LRUCache[object, LiveMessage] = LRUCache(CACHE_BYTES // 2, getsizeof=len)

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        """The item's bytes in the languages of the reader."""
        key = (entry.epoch, entry.number, form, _variant(entry, form, languages))
        with self._lock:
            raw = self._items.get(key)
        if raw is None:
            raw = _made(entry, form, languages)
            with self._lock:
                if len(raw) <= self._items.maxsize:
                    self._items[key] = raw
        return raw

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        """The finished message of a new entry."""
        key = (entry.epoch, entry.number, _variant(entry, Form.FULL, languages))
        message = self._live.get(key)
        if message is None:
            raw = self.item(entry, Form.FULL, languages)
            level = LEVEL_SHARED if len(raw) <= SHARED_LEVEL_BYTES_MAX else LEVEL_ONCE
            message = LiveMessage.of(self._codec.encode(live_frame(entry, raw), level=level))
            if len(message) <= self._live.maxsize:
                self._live[key] = message
        return message


def _alert(entry: Entry) -> Alert:
    assert isinstance(entry.payload, Alert), "the hub's entries carry their alert"
    return entry.payload


def _variant(entry: Entry, form: Form, languages: tuple[str, ...]) -> tuple[int, ...]:
    """What distinguishes variants: the infos selected, not the languages that selected them."""
    return tuple(best_match(languages, _alert(entry).languages)) if form is Form.FULL else ()


def _made(entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
    if form is Form.WITHDRAWAL:
        return pack_withdrawal(entry.replaces)
    alert = _alert(entry)
    return pack_full(
        alert,
        expires=entry.expires,
        urgency=entry.urgency,
        replaces=entry.replaces,
        languages=languages,
        hub_made=alert.identifier == hub_identifier(entry.epoch, entry.number),
    )
