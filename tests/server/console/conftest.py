"""A browser for each module of tests of the console: while it runs its thread has an event loop of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import running_browser
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """One with nothing in it; a module that needs more has its own."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running
