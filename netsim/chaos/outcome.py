"""What came of a campaign: the verdict, how long deliveries took, what the links carried; for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netsim.judge.stores import Pair, Verdict

PERCENTILES = (50, 90, 99)
SHOWN_TWICE = ("doubled", "alarms_twice")
LOST = ("lost", "hidden", "forgotten_by_hub")
FALSE_ACKNOWLEDGEMENTS = ("claimed_without_proof",)


@dataclass(frozen=True)
class Outcome:
    """One campaign. Times in milliseconds, bytes as the links carried them where they meet the hub.

    `wrong` is what the verdict found at the end and, under the same names, at moments in between; `crashed`: processes that ended
    though nobody had ended them.
    """

    profile: str
    via: str
    seed: int
    minutes: float
    devices: int
    verdict: Verdict
    answered: int
    deliveries_ms: Sequence[float]
    faults: Mapping[str, int]
    acts: Mapping[str, int]
    up_bytes: int
    down_bytes: int
    connections: int
    settled_s: float | None
    """How long everything took to settle after the links had healed; None: it had not within the time for that."""
    unreproduced: tuple[str, ...] = ()
    meanwhile: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)
    crashed: tuple[str, ...] = ()

    @property
    def wrong(self) -> dict[str, tuple[Pair, ...]]:
        """Everything that must not be, by the judge's names."""
        names = {**self.verdict.wrong, **self.meanwhile}
        return {
            name: tuple(dict.fromkeys((*self.verdict.wrong.get(name, ()), *self.meanwhile.get(name, ()))))
            for name in names
        }

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, falsely acknowledged, or otherwise wrong; nothing crashed; all settled."""
        return not self.wrong and not self.crashed and self.settled_s is not None

    @property
    def exit_code(self) -> int:
        """0 only if clean."""
        return 0 if self.is_clean else 1

    def count(self, names: Sequence[str]) -> int:
        """How many findings of these names there are."""
        return sum(len(self.wrong.get(name, ())) for name in names)

    def as_json(self) -> dict[str, Any]:
        """For machines; docs/chaos.md says what each means."""
        return {
            "ok": self.is_clean,
            "profile": self.profile,
            "via": self.via,
            "seed": self.seed,
            "minutes": self.minutes,
            "devices": self.devices,
            "published": self.answered,
            "addressed": self.verdict.addressed,
            "delivered": self.verdict.delivered,
            "confirmed": self.verdict.confirmed,
            "excused": len(self.verdict.found.get("excused", ())),
            "lost": self.count(LOST),
            "shown_twice": self.count(SHOWN_TWICE),
            "false_acknowledgements": self.count(FALSE_ACKNOWLEDGEMENTS),
            "lost_by_restore": self.verdict.lost_by_restore,
            "acknowledged": self.verdict.acknowledged_at_hub,
            "wrong": {name: [list(pair) for pair in pairs] for name, pairs in self.wrong.items()},
            "crashed": list(self.crashed),
            "settled_s": self.settled_s if self.settled_s is None else round(self.settled_s, 1),
            "delivery_ms": percentiles(self.deliveries_ms),
            "faults": dict(self.faults),
            "acts": dict(self.acts),
            "up_bytes": self.up_bytes,
            "down_bytes": self.down_bytes,
            "connections": self.connections,
            "unreproduced": list(self.unreproduced),
        }


def percentiles(values: Sequence[float]) -> dict[str, int | None]:
    """The median and the others of `PERCENTILES` ("p50": …), by the nearest rank; None where there is nothing."""
    ordered = sorted(values)
    return {f"p{share}": _nearest(ordered, share) for share in PERCENTILES}


def _nearest(ordered: Sequence[float], share: int) -> int | None:
    if not ordered:
        return None
    return round(ordered[max(0, -(-share * len(ordered) // 100) - 1)])
