"""Losses that come in bursts: the model of Gilbert and Elliott, two states with a loss each.

              1 / good_packets
        +------------------------->+
      GOOD                        BAD        each packet is lost with the loss of the state that it meets;
        +<-------------------------+         then the state may change
              1 / bad_packets

The runs are counted in packets, not in seconds: a link that carries nothing stays in the state that it is in.
"""

from __future__ import annotations

import random
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Run = Annotated[float, Field(ge=1)]


class Bursts(BaseModel):
    """Loss in bursts. Losses are shares of packets, 0 to 1; runs are mean numbers of packets, at least 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    good_loss: Share = 0.0
    bad_loss: Share = 0.0
    good_packets: Run
    bad_packets: Run

    @classmethod
    def even(cls, loss: float) -> Self:
        """Each packet lost with the same chance, whatever became of the one before."""
        return cls(good_loss=loss, bad_loss=loss, good_packets=1.0, bad_packets=1.0)

    @property
    def bad_share(self) -> float:
        """The share of packets that meet the bad state, in the long run."""
        return self.bad_packets / (self.good_packets + self.bad_packets)

    @property
    def mean_loss(self) -> float:
        """The share of packets that are lost, in the long run."""
        return self.good_loss * (1 - self.bad_share) + self.bad_loss * self.bad_share


class Losses:
    """The two states at work on one direction of a link. Same bursts, same chance: the same packets are lost."""

    def __init__(self, bursts: Bursts, chance: random.Random) -> None:
        """It begins in either state, as likely as a packet in the middle of a long run would meet it."""
        self.bursts = bursts
        self._chance = chance
        self.is_bad = chance.random() < bursts.bad_share

    def is_next_lost(self) -> bool:
        """Whether the packet that comes now is lost; call it once for each packet."""
        bursts = self.bursts
        loss, packets = (
            (bursts.bad_loss, bursts.bad_packets) if self.is_bad else (bursts.good_loss, bursts.good_packets)
        )
        is_lost = self._chance.random() < loss
        if self._chance.random() * packets < 1:
            self.is_bad = not self.is_bad
        return is_lost
