"""One small site for all tests of the parts that need it: they leave it running, healed and with right clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    with Site(folder, ToxiproxyLinks("embedded", seed=1), people(2)) as made:
        yield made


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """The site with everybody up; whatever a test did is ended after it."""
    site.heal()
    yield site
    for device in site.clones:
        device.kill()
    site.clones.clear()
    site.hub.set_clock(0)
    for device in site.devices:
        device.set_clock(0)
        device.link.clear()
