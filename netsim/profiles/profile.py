"""What a link is like: rates, delays, losses, queues, outages, the NAT on the way; each figure with its source.

A profile is a TOML file. `load_profile` reads one that comes with the package by its name, or any by its path.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from netsim.profiles.bursts import Bursts, Share
from netsim.profiles.outages import Outage, Seconds
from netsim.profiles.trace import Trace

PACKET_BYTES_MAX = 1500
"""The largest IP packet, in bytes: a queue that cannot take one passes nothing."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; TOML's 1e6 is one too, although it is a float."""

_TRACED = {"rate_bit_s": ("rate_bit_s",), "loss": ("loss",), "delay_ms": ("delay_ms", "delay_spread_ms")}
"""Column of a trace → the keys of a direction that it takes the place of."""
_CONFIG = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Way(BaseModel):
    """One direction of a link. Delays are of one way; a missing rate is one without a limit."""

    model_config = _CONFIG

    rate_bit_s: Annotated[Whole, Field(gt=0)] | None = None
    """Bits in a second, of whole IP packets."""
    delay_ms: Annotated[float, Field(ge=0)] = 0.0
    """Milliseconds that each packet is under way, beside the time in the queue and that of its own bits."""
    delay_spread_ms: Annotated[float, Field(ge=0)] = 0.0
    """Standard deviation of the delay; packets keep their order, but for `reorder`."""
    loss: Bursts | None = None
    queue_bytes: Annotated[Whole, Field(ge=PACKET_BYTES_MAX)] | None = None
    """What waits for the rate at most; a packet that finds no room is dropped."""
    reorder: Share = 0.0
    """The share of packets that are held back until later ones have overtaken them."""
    duplicate: Share = 0.0
    """The share of packets that arrive twice."""
    corrupt: Share = 0.0
    """The share of packets of which a bit arrives wrong."""


class Nat(BaseModel):
    """A translator, firewall or gateway on the way that forgets a connection which is silent for `idle_s` seconds."""

    model_config = _CONFIG

    idle_s: Seconds
    forgets: Literal["drop", "reset"]
    """What meets a packet of a forgotten connection: silence, or a TCP reset."""


class Source(BaseModel):
    """Where a figure comes from: a publication (`title`, `where`), what was made of it (`note`), or the note alone."""

    model_config = _CONFIG

    title: str = ""
    where: str = ""
    """Authors or organisation, year, section or table."""
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.title) != bool(self.where):
            raise ValueError("expected title and where together, found one of them")
        if not (self.title or self.note):
            raise ValueError("expected a title and where it is from, or a note, found neither")
        return self


class Profile(BaseModel):
    """A link as it is seen from the field: `up` leads towards the hub. An outage stops both directions."""

    model_config = _CONFIG

    name: str
    title: Annotated[str, Field(min_length=1)]
    about: str = ""
    up: Way = Way()
    down: Way = Way()
    outages: Annotated[tuple[Outage, ...], Field(strict=False)] = ()
    nat: Nat | None = None
    trace: Trace | None = None
    """Takes the place of what it has of rate, loss and delay (with its spread) in `up` and `down`."""
    sources: dict[str, Source] = {}
    """By the path of a figure (`down.rate_bit_s`) or of all below it (`down.loss`, `outages.0`)."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for direction in ("up", "down"):
            self._check_direction(direction)
        known = {prefix for path in self.figures() for prefix in _prefixes(path)}
        for path in self.sources:
            if path not in known:
                raise ValueError(f"a source names the figure {path!r}, which the profile does not have")
        return self

    def _check_direction(self, direction: str) -> None:
        way: Way = getattr(self, direction)
        steps = getattr(self.trace, direction).steps if self.trace else ()
        traced = {name for name in _TRACED if any(getattr(step, name) is not None for step in steps)}
        for name in sorted(traced):
            for key in _TRACED[name]:
                if getattr(way, key) != Way.model_fields[key].default:
                    raise ValueError(f"the trace says {name}, so leave out {direction}.{key}")
        if way.queue_bytes is not None and way.rate_bit_s is None and "rate_bit_s" not in traced:
            raise ValueError(f"{direction}.queue_bytes means nothing without {direction}.rate_bit_s")

    @property
    def round_trip_ms(self) -> float:
        """The round trip time of a packet that meets an empty queue, in milliseconds, without the time of its bits."""
        return self.up.delay_ms + self.down.delay_ms

    def figures(self) -> dict[str, Any]:
        """Path → value of everything that the file states, and that needs a source; a trace counts as one figure."""
        stated = self.model_dump(exclude_unset=True, exclude_none=True, include={"up", "down", "outages", "nat"})
        return dict(_leaves(stated)) | ({"trace": self.trace.down.file} if self.trace else {})

    def source_of(self, path: str) -> Source | None:
        """The source of a figure: its own, or that of the nearest path above it; None where the file names none."""
        return next((self.sources[prefix] for prefix in _prefixes(path) if prefix in self.sources), None)


def _leaves(stated: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(stated, dict | list | tuple):
        for name, value in stated.items() if isinstance(stated, dict) else enumerate(stated):
            yield from _leaves(value, f"{above}.{name}" if above else str(name))
    else:
        yield above, stated


def _prefixes(path: str) -> Iterator[str]:
    steps = path.split(".")
    for length in range(len(steps), 0, -1):
        yield ".".join(steps[:length])
