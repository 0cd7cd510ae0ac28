"""A failing schedule made short: operations are left out for as long as the same promise stays broken."""

from __future__ import annotations

from netsim.virtual.campaign import run_schedule
from netsim.virtual.schedule import Operation


def shrink(seed: int, schedule: list[Operation]) -> list[Operation]:
    """The shortest schedule that was found to break the same invariant as `schedule`, which must break one."""
    kind = _kind(seed, schedule)
    assert kind, "only what fails can be made shorter"
    size = max(1, len(schedule) // 2)
    while True:
        index, has_shrunk = 0, False
        while index < len(schedule):
            shorter = schedule[:index] + schedule[index + size :]
            if _kind(seed, shorter) == kind:
                schedule, has_shrunk = shorter, True
            else:
                index += size
        if size == 1 and not has_shrunk:
            return schedule
        size = max(1, size // 2)


def _kind(seed: int, schedule: list[Operation]) -> str:
    """Which promise, and the first words of how."""
    violation = run_schedule(seed, schedule).violation or ""
    return violation[:34]
