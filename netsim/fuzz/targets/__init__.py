"""Every target by its name. A target is a module with `SUMMARY`, `seeds()` and `check(data)`.

`check` takes any bytes; it returns, or lets out what must never be let out. `seeds` are good inputs to begin from. Modules
are named, not imported, because the decoders have to be instrumented while they are imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerts.errors import UserError

DECODERS = (
    "frame",
    "lean",
    "dictionary",
    "transfer",
    "hello",
    "item",
    "uplink",
    "cap_xml",
    "cap_feed",
    "signature",
    "alert_json",
    "hub_session",
    "device_session",
    "stomp",
    "stomp_session",
)
"""What network bytes reach."""

CANARY = "canary"
"""The target that must fail: whoever does not notice this notices nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """One decoder under test."""

    name: str
    summary: str
    seeds: Callable[[], Iterable[bytes]]
    check: Callable[[bytes], None]


def load_target(name: str) -> Target:
    """The target of this name; imports what it tests. Raises UserError: there is none."""
    if name not in (*DECODERS, CANARY):
        raise UserError(f"there is no fuzz target {name!r}", f"there are: {', '.join(DECODERS)}, and {CANARY}", 2)
    module = importlib.import_module(f"{__name__}.{name}")
    return Target(name, module.SUMMARY, module.seeds, module.check)
