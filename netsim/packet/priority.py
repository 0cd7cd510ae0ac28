"""Being woken in time on a machine that has other work: real-time scheduling for whoever keeps or measures time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def woken_first() -> Iterator[None]:
    """For as long as the block lasts this thread runs before all that is not real-time; where that is not allowed, not.

    What it starts meanwhile does not inherit it.
    """
    lowest = os.sched_param(os.sched_get_priority_min(os.SCHED_RR))
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, lowest)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))
