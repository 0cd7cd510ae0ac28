"""One small site for all tests of faults: each leaves it running, healed and with right clocks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks
from tests.netsim.faults.story import Story


@pytest.fixture(scope="session")
def faulty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(
        tmp_path_factory.mktemp("faults"), ToxiproxyLinks("embedded", seed=1), people(2), keepalive_s=2.0
    ) as made:
        yield made


@pytest.fixture
def story(faulty_site: Site) -> Iterator[Story]:
    """Everybody is connected and has an alert; whatever a test did is ended after it."""
    yield Story(faulty_site)
    for device in faulty_site.clones:
        device.kill()
    faulty_site.clones.clear()
    faulty_site.heal()
