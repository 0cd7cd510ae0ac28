"""Stores of devices, and commands for them, without a hub."""

from __future__ import annotations

import random
from pathlib import Path

from alerts.cap.question import Question
from alerts.session.commits import KeepItems
from alerts.wire.items import Urgency, pack_full
from client.clocks import Clocks
from client.store import Identity, Store
from tests.support.clocks import TestClock
from tests.support.small_hub import DEVICE, NOW, TOKEN, make_alert

EPOCH = 77
HUB = "http://127.0.0.1:1"


def open_store(folder: Path, *, seed: int = 1, clocks: Clocks | None = None) -> Store:
    """A store, joined if it is new."""
    store = Store(folder, clocks or TestClock().clocks(), random.Random(seed))
    if store.identity() is None:
        store.join(Identity(DEVICE, TOKEN, HUB, "Clinic"), ("en",))
    return store


def item(
    identifier: str,
    severity: str = "Moderate",
    *,
    life_s: int = 3600,
    replaces: tuple[str, ...] = (),
    question: Question | None = None,
) -> bytes:
    """The item of an alert that expires `life_s` after NOW."""
    urgency = {"Extreme": Urgency.EXTREME, "Severe": Urgency.SEVERE}.get(severity, Urgency.ORDINARY)
    return pack_full(
        make_alert(identifier, severity=severity, question=question),
        expires=NOW + life_s,
        urgency=urgency,
        replaces=frozenset(f"hub.example,{name}" for name in replaces),
        languages=("en",),
        hub_made=False,
    )


def keep(after: int, *items: bytes, epoch: int = EPOCH, now: int = NOW) -> KeepItems:
    """The command that a data frame with these items, from `after` on, becomes."""
    numbered = tuple(enumerate(items, after + 1))
    return KeepItems(epoch, numbered, after + len(items), after + len(items), epoch, False, now)
