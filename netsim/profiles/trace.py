"""A recorded link: how rate, loss and delay went over time, replayed step by step and begun anew at its end."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field


class Step(NamedTuple):
    """What holds from `time_s` until the next step. A rate of 0: nothing passes.

    None: as the profile's `Way` says; what a file gives for one step it gives for all.
    """

    time_s: float
    rate_bit_s: int | None = None
    loss: float | None = None
    delay_ms: float | None = None


class Track(BaseModel):
    """One direction. The first step begins at 0; after `lasts_s` seconds it begins anew."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    file: str
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    lasts_s: Annotated[float, Field(gt=0)]

    @cached_property
    def _times(self) -> list[float]:
        return [step.time_s for step in self.steps]

    def at(self, now_s: float) -> Step:
        """The step that holds this many seconds (0 or more) after the start."""
        return self.steps[bisect_right(self._times, now_s % self.lasts_s) - 1]

    def next_change_s(self, now_s: float) -> float:
        """When the next step begins, in seconds after the start; always later than `now_s`."""
        begun_s = now_s // self.lasts_s * self.lasts_s
        later = bisect_right(self._times, now_s - begun_s)
        found_s = begun_s + (self._times[later] if later < len(self._times) else self.lasts_s)
        return found_s if found_s > now_s else found_s + self.lasts_s


class Trace(BaseModel):
    """Both directions of a recorded link, seen from the field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up: Track
    down: Track
