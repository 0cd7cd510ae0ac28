"""Which dictionary is worth fetching, and when: the device's own decision, of what the hub offers and of what it knows itself.

A dictionary is worth something over months and never now, so it is fetched only while nothing is to be received, a little at a
time, over a link that is quick enough for that, and if it is earned back in sixty days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from alerts import limits
from alerts.wire.transfer import RANGE_BYTES, cost_of

PAYBACK_DAYS = 60
"""What is earned back later is not fetched: until then the hub may have trained another."""

MONTH_DAYS = 30

SLOW_SECONDS = 4.0
"""A range that takes longer says that the link has no room to spare; on GPRS one takes 3.9 seconds at best."""


class Dictionaries(StrEnum):
    """The setting: what to do with what the hub offers."""

    AUTO = "auto"
    """Fetch what is worth it, over links that are quick enough."""
    ALWAYS = "always"
    """Fetch whatever is offered, however slow it is."""
    NEVER = "never"
    """Fetch nothing. What is there is used."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A dictionary that the hub offers. `base`: the address of the one behind which it is compressed, None: none; the rest as
    in the frame."""

    address: bytes
    transfer: int
    saves: int
    monthly: int
    base: bytes | None


@dataclass(frozen=True, slots=True)
class Part:
    """As much of a transfer as is here, and the tag of the whole that it is a part of; `size` 0: not known yet."""

    address: bytes
    base: bytes | None
    size: int = 0
    etag: str = ""
    data: bytes = field(default=b"", repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether all bytes are here."""
        return 0 < self.size == len(self.data)

    def wanted(self) -> tuple[int, int]:
        """The first and the last byte to ask for next."""
        at = len(self.data)
        end = at + RANGE_BYTES if not self.size else min(self.size, at + RANGE_BYTES)
        return at, end - 1


def is_worth_it(setting: Dictionaries, offered: Offered, there: int, own_monthly: int | None) -> bool:
    """Whether to fetch it. `there`: bytes of it that are here already; `own_monthly`: alerts that this device got in the last
    30 days, None: it is too new to know."""
    if setting is Dictionaries.NEVER or not 0 < offered.transfer <= limits.DICTIONARY_BYTES_MAX:
        return False
    if setting is Dictionaries.ALWAYS:
        return True
    monthly = offered.monthly if own_monthly is None else own_monthly
    return offered.saves * monthly * PAYBACK_DAYS / MONTH_DAYS >= cost_of(max(0, offered.transfer - there))
