"""One hub for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A real hub, on a real socket."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("UG", "Uganda")]))
        yield running
