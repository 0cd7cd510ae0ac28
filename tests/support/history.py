"""A history in words that no dictionary has seen, of which each alert takes a few: whoever knows them saves much."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from alerts.cap.model import Alert
from tests.support.stores import make_alert

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = tuple(first + second for first in "bklmnrstz" for second in "aeiou")


def sentences(seed: int, count: int) -> list[str]:
    """Stock sentences of made-up words."""
    rng = random.Random(seed)

    def word() -> str:
        return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))

    return [" ".join(word() for _ in range(rng.randint(6, 12))).capitalize() + "." for _ in range(count)]


def history(
    count: int, *, seed: int = 1, days: float = 30, scope: str = "Public", beginning: datetime = BEGINNING
) -> Iterator[Alert]:
    """Alerts over so many days, the newest last; alerts of one seed share their words."""
    stock, rng = sentences(seed, 60), random.Random(seed + count)
    for number in range(count):
        sent = beginning + timedelta(days=days * number / count)
        info = {
            "category": ["Health"],
            "event": "Cholera",
            "urgency": "Immediate",
            "severity": "Moderate",
            "certainty": "Observed",
            "headline": rng.choice(stock),
            "description": " ".join(rng.choices(stock, k=3)) + f" {rng.randint(2, 99)}.",
            "instruction": " ".join(rng.choices(stock, k=2)),
        }
        others = {"restriction": "for nurses"} if scope == "Restricted" else {}
        others |= {"addresses": "someone"} if scope == "Private" else {}
        yield make_alert(
            f"{scope}-{seed}-{number}", sent=sent.isoformat(timespec="seconds"), info=[info], scope=scope, **others
        )
