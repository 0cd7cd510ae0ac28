"""What all tests share: no verdict of Hypothesis depends on how busy the machine is, signals mean what they mean.

How they are spread over the workers of pytest-xdist stands here too.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("tocsin", deadline=None, print_blob=True)
settings.load_profile("tocsin")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # begun in the background, where a shell has Ctrl-C ignored by all children
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many a test waits for processes, for a link or for a deadline."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one module's tests share is made once, and is the same for all of them; the longest are not left for the end."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and _shares_with_its_module(item)
            and not item.get_closest_marker("xdist_group")
        ):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def _shares_with_its_module(item: pytest.Function) -> bool:
    definitions = item._fixtureinfo.name2fixturedefs.values()
    return any(definition.scope == "module" for found in definitions for definition in found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A handler that a test leaves behind is inherited by the processes of later tests, which then do not end as they should."""
    before = [signal.getsignal(number) for number in _SIGNALS]
    yield
    left = [number for number, handler in zip(_SIGNALS, before, strict=True) if signal.getsignal(number) != handler]
    for number in left:
        signal.signal(number, before[_SIGNALS.index(number)])
    assert not left, f"the test has left its own handlers of {', '.join(number.name for number in left)}"


def pytest_collection_finish() -> None:
    """What was loaded and collected stays until the end: it is not looked through for garbage again and again."""
    gc.freeze()
