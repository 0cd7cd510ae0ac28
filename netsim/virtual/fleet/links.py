"""The links of a fleet: what profiles say, as columns with one row for each profile, and draws from them for many devices.

An outage that is over before anybody can notice (`ANSWER_SECONDS`: no answer is overdue sooner) is nothing but a delay, and is
drawn where one meets it. Only the longer ones are played, at the rate and of the length that is left of the profile's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts import limits
from netsim.profiles import Bursts, Outage, Profile, Track, Way

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]

SYN_TIMEOUT_S = 1.0
"""The first retransmission of a TCP handshake; each later one waits twice as long (RFC 6298 §2, §5.5)."""
TIMEOUT_MIN_S = 0.2
"""The least that Linux adds to a round trip before it sends again."""
LOSSES_MAX = 8


@dataclass(frozen=True, slots=True)
class _Mean:
    """One direction in the long run: of a trace, its mean."""

    rate_bit_s: float
    delay_s: float
    spread_s: float
    bad_share: float
    good_loss: float
    bad_loss: float


def _mean(way: Way, track: Track | None) -> _Mean:
    loss = way.loss or Bursts.even(0.0)
    rate = float(way.rate_bit_s or math.inf)
    delay_ms, bad_share, good_loss, bad_loss = way.delay_ms, loss.bad_share, loss.good_loss, loss.bad_loss
    if track is not None:
        ends = [step.time_s for step in track.steps[1:]] + [track.lasts_s]
        lasts = [end - step.time_s for end, step in zip(ends, track.steps, strict=True)]
        means = [
            sum(getattr(step, name) * length for step, length in zip(track.steps, lasts, strict=True)) / track.lasts_s
            if all(getattr(step, name) is not None for step in track.steps)
            else None
            for name in ("rate_bit_s", "loss", "delay_ms")
        ]
        rate = max(means[0], 1.0) if means[0] is not None else rate
        if means[1] is not None:
            bad_share, good_loss, bad_loss = 0.0, means[1], means[1]
        delay_ms = means[2] if means[2] is not None else delay_ms
    return _Mean(rate, delay_ms / 1000, way.delay_spread_ms / 1000, bad_share, good_loss, bad_loss)


@dataclass(frozen=True, slots=True)
class _Spells:
    """One kind of outage that can be noticed: how often in a second of an unbroken link, and how long."""

    rate: float
    at_least_s: float
    more_s: float


def _noticed(outage: Outage) -> _Spells | None:
    between_s, least_s = outage.every_s - outage.lasts_s, limits.ANSWER_SECONDS
    if outage.distribution == "fixed":
        return _Spells(1 / between_s, outage.lasts_s, 0.0) if outage.lasts_s > least_s else None
    return _Spells(math.exp(-least_s / outage.lasts_s) / between_s, least_s, outage.lasts_s)


def _short(outages: Sequence[Outage]) -> tuple[float, float]:
    """The share of time in outages that nobody notices, and their mean length in seconds."""
    share, count, least_s = 0.0, 0.0, limits.ANSWER_SECONDS
    for outage in outages:
        if outage.distribution == "fixed":
            short, lasts_s = float(outage.lasts_s <= least_s), outage.lasts_s
        else:
            longer = math.exp(-least_s / outage.lasts_s)
            short = 1 - longer
            lasts_s = (outage.lasts_s * short - least_s * longer) / short
        share += short * lasts_s / outage.every_s
        count += short / outage.every_s
    return share, share / count if count else 0.0


class Links:
    """All profiles of a fleet. Methods take the profile's row for each device, and draw from one chance."""

    def __init__(self, profiles: Sequence[Profile], chance: np.random.Generator) -> None:
        self._chance = chance
        ups = [_mean(profile.up, profile.trace.up if profile.trace else None) for profile in profiles]
        downs = [_mean(profile.down, profile.trace.down if profile.trace else None) for profile in profiles]
        self._up, self._down = _columns(ups), _columns(downs)
        self.round_trip_s: Floats = self._up["delay_s"] + self._down["delay_s"]
        nats = [profile.nat for profile in profiles]
        self.forgets_s: Floats = np.array([nat.idle_s if nat else math.inf for nat in nats])
        """After how much silence a translator on the way forgets a connection."""
        self.is_forgotten_by_reset = np.array([bool(nat and nat.forgets == "reset") for nat in nats])
        spells = [[found for outage in profile.outages if (found := _noticed(outage))] for profile in profiles]
        self._outage_rate = np.array([sum(one.rate for one in kinds) for kinds in spells])
        most = max(1, *map(len, spells))
        padded = [kinds + [_Spells(0.0, 0.0, 0.0)] * (most - len(kinds)) for kinds in spells]
        self._rates = np.array([[one.rate for one in kinds] for kinds in padded]).reshape(len(profiles), most)
        self._at_least = np.array([[one.at_least_s for one in kinds] for kinds in padded]).reshape(len(profiles), most)
        self._more = np.array([[one.more_s for one in kinds] for kinds in padded]).reshape(len(profiles), most)
        short = [_short(profile.outages) for profile in profiles]
        self._short_share, self._short_s = np.array([one[0] for one in short]), np.array([one[1] for one in short])

    # -- outages that are noticed -------------------------------------------------------------------------------------

    def share_out(self) -> Floats:
        """By profile: the share of time in outages that are long enough to be noticed."""
        out = (self._rates * (self._at_least + self._more)).sum(axis=1)
        return np.asarray(out / (1 + out))

    def until_outage(self, row: Integers) -> Floats:
        """Seconds until the next one begins; infinite where none ever does."""
        rate = self._outage_rate[row]
        drawn = self._chance.standard_exponential(len(row))
        return np.asarray(np.divide(drawn, rate, out=np.full(len(row), np.inf), where=rate > 0))

    def outage_lasts(self, row: Integers) -> Floats:
        """How long one lasts that begins now, in seconds."""
        kinds = np.cumsum(self._rates[row], axis=1)
        kind = (self._chance.random(len(row))[:, None] * kinds[:, -1:] > kinds).sum(axis=1)
        more = self._more[row, kind] * self._chance.standard_exponential(len(row))
        return np.asarray(self._at_least[row, kind] + more)

    # -- how long things take -----------------------------------------------------------------------------------------

    def connecting(self, row: Integers, bytes_up: int, bytes_down: int) -> Floats:
        """Seconds from a SYN that is answered to the end of the hub's answer: two round trips, the bytes, and what is lost."""
        trip = self.trips(row)
        return (
            2 * trip
            + self._sending(row, bytes_up, bytes_down)
            + self._lost(row, np.full(len(row), SYN_TIMEOUT_S))
            + self._lost(row, trip + np.maximum(TIMEOUT_MIN_S, trip))
            + self._short_outage(row)
        )

    def delivering(self, row: Integers, bytes_down: int) -> Floats:
        """Seconds from the hub's write to a small message's arrival."""
        down = self._down
        delay = down["delay_s"][row] + down["spread_s"][row] * self._chance.standard_normal(len(row))
        trip = self.round_trip_s[row]
        lost = self._lost(row, trip + np.maximum(TIMEOUT_MIN_S, trip))
        return np.maximum(delay, 0) + self._sending(row, 0, bytes_down) + lost + self._short_outage(row)

    def trips(self, row: Integers) -> Floats:
        """A round trip each, in seconds."""
        spread = np.hypot(self._up["spread_s"], self._down["spread_s"])[row]
        return np.maximum(self.round_trip_s[row] + spread * self._chance.standard_normal(len(row)), 0)

    def sending_down(self, row: Integers, size_bytes: int) -> Floats:
        """Seconds that so many bytes need at the rate towards the device."""
        return self._sending(row, 0, size_bytes)

    def _sending(self, row: Integers, bytes_up: int, bytes_down: int) -> Floats:
        return np.asarray(bytes_up * 8 / self._up["rate_bit_s"][row] + bytes_down * 8 / self._down["rate_bit_s"][row])

    def _lost(self, row: Integers, timeout_s: Floats) -> Floats:
        """What one exchange is delayed by losses: each one doubles the wait for the next try."""
        passes = np.ones(len(row))
        for way in (self._up, self._down):
            is_bad = self._chance.random(len(row)) < way["bad_share"][row]
            passes *= 1 - np.where(is_bad, way["bad_loss"][row], way["good_loss"][row])
        losses = np.zeros(len(row))
        some = np.flatnonzero(passes < 1)
        losses[some] = self._chance.geometric(np.maximum(passes[some], 1e-3)) - 1
        return np.asarray(timeout_s * (2.0 ** np.minimum(losses, LOSSES_MAX) - 1))

    def _short_outage(self, row: Integers) -> Floats:
        met = self._chance.random(len(row)) < self._short_share[row]
        return np.where(met, self._short_s[row] * self._chance.random(len(row)), 0.0)


def _columns(means: Sequence[_Mean]) -> dict[str, Floats]:
    return {name: np.array([getattr(mean, name) for mean in means], dtype=float) for name in _Mean.__slots__}
