"""A recorded link: how rate, loss and delay went over time, replayed step by step and begun anew at its end."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

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

    def mean(self, column: Literal["rate_bit_s", "loss", "delay_ms"]) -> float | None:
        """The mean over time of what the steps say, None with nothing said. Loss and delay: while anything passes."""
        ends = [*self._times[1:], self.lasts_s]
        spans = [
            (value, end_s - step.time_s)
            for step, end_s in zip(self.steps, ends, strict=True)
            if (value := getattr(step, column)) is not None and (column == "rate_bit_s" or step.rate_bit_s != 0)
        ]
        lasts_s = sum(span_s for _, span_s in spans)
        return sum(value * span_s for value, span_s in spans) / lasts_s if spans else None

    @property
    def out_share(self) -> float:
        """The share of time in which nothing passes."""
        ends = [*self._times[1:], self.lasts_s]
        gaps = (end_s - step.time_s for step, end_s in zip(self.steps, ends, strict=True) if step.rate_bit_s == 0)
        return sum(gaps) / self.lasts_s

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
