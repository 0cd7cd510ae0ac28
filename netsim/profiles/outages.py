"""When nothing passes: the outages of one link, drawn in advance from chance, the same for both directions."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(gt=0)]


class Outage(BaseModel):
    """One kind of outage: every `every_s` (mean, from beginning to beginning) it lasts `lasts_s` (mean)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    every_s: Seconds
    lasts_s: Seconds
    distribution: Literal["exponential", "fixed"] = "exponential"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.lasts_s >= self.every_s:
            raise ValueError(f"expected lasts_s below every_s, found {self.lasts_s:g} and {self.every_s:g}")
        return self

    @property
    def share(self) -> float:
        """The share of time for which it is out."""
        return self.lasts_s / self.every_s

    def spells(self, chance: random.Random) -> Iterator[tuple[float, float]]:
        """Without end: (begins, ends) in seconds after the start, in order, none overlapping; the start is never out.

        "fixed" has a first beginning at any moment of the first period, so that not all links fail at once.
        """
        if self.distribution == "fixed":
            first_s = chance.uniform(0, self.every_s - self.lasts_s)
            at = 0
            while True:
                begins_s = first_s + at * self.every_s
                yield begins_s, begins_s + self.lasts_s
                at += 1
        ends_s = 0.0
        while True:
            begins_s = ends_s + chance.expovariate(1 / (self.every_s - self.lasts_s))
            ends_s = begins_s + chance.expovariate(1 / self.lasts_s)
            yield begins_s, ends_s


def draw_outages(outages: Sequence[Outage], chance: random.Random) -> Iterator[tuple[float, float]]:
    """All kinds together, without end (none with no outages): (begins, ends) in seconds, in order, touching ones joined."""
    if not outages:
        return
    kinds = [outage.spells(random.Random(chance.getrandbits(64))) for outage in outages]
    spells = heapq.merge(*kinds)
    begins_s, ends_s = next(spells)
    for next_begins_s, next_ends_s in spells:
        if next_begins_s <= ends_s:
            ends_s = max(ends_s, next_ends_s)
        else:
            yield begins_s, ends_s
            begins_s, ends_s = next_begins_s, next_ends_s
