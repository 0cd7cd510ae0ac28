"""Signals of the operating system, heard for as long as a block lasts: a command leaves the process as it found it.

A handler that stays behind is inherited by every process that is forked later, which then cannot be ended by that signal.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_signal(handler: Callable[[], object], *numbers: signal.Signals) -> Iterator[None]:
    """Call this on each of these signals within the block. From the main thread only, as Python has it."""
    before = {number: signal.signal(number, lambda *_: handler()) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
