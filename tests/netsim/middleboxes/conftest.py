"""One echo service for all tests of middleboxes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.echo import EchoService, echo_service


@pytest.fixture(scope="session")
def echo() -> Iterator[EchoService]:
    """Plain TCP and HTTP with WebSocket."""
    with echo_service() as service:
        yield service
