"""Webhooks as values."""

from __future__ import annotations

from dataclasses import replace

from server.events import Event, EventKind
from server.webhooks import Webhook

HOOK = Webhook("a", "https://x/", (), "new", None, 0, 0, 0, True, "", 0, None, None, "", None)
EVENT = Event(1, 0, EventKind.ALERT_SEEN)


def test_none_named_wants_all_kinds() -> None:
    assert HOOK.wants(EVENT)
    assert replace(HOOK, kinds=(EventKind.FEED_HELD, EventKind.ALERT_SEEN)).wants(EVENT)
    assert not replace(HOOK, kinds=(EventKind.FEED_HELD,)).wants(EVENT)


def test_the_old_secret_signs_until_its_time_is_up() -> None:
    rotating = replace(HOOK, old_secret="old", old_until=100)
    assert (rotating.keys(99), rotating.keys(100), HOOK.keys(0)) == (("new", "old"), ("new",), ("new",))
