"""The same tests against both servers; their ids say which: [embedded] or [real]."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsim.toxiproxy.control import ToxiproxyServer, start_embedded, start_real
from tests.netsim.toxiproxy.harness import Ends, ends_of

REAL = pytest.param("real", marks=pytest.mark.needs("toxiproxy-server"))


@pytest.fixture(scope="module", params=["embedded", REAL])
def server(request: pytest.FixtureRequest) -> Iterator[ToxiproxyServer]:
    with start_embedded(seed=1) if request.param == "embedded" else start_real() as running:
        yield running


@pytest.fixture
def ends(server: ToxiproxyServer) -> Iterator[Ends]:
    with ends_of(server) as made:
        yield made


@pytest.fixture
def embedded_ends() -> Iterator[Ends]:
    """For what the embedded server alone promises."""
    with start_embedded(seed=1) as running, ends_of(running) as made:
        yield made


@pytest.fixture
def both() -> Iterator[tuple[ToxiproxyServer, ToxiproxyServer]]:
    """The embedded and the real server, both fresh, for a test that compares them. It needs "toxiproxy-server"."""
    with start_embedded(seed=1) as embedded, start_real() as real:
        yield embedded, real
