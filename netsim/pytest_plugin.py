"""Bad networks for anybody's tests: fixtures and a marker, there once the package is installed (docs/pytest.md).

Whatever is heavy is imported by the fixture that needs it, so that collecting tests which use none of this costs nothing.
"""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from netsim.faults.service_front import ServiceFront
    from netsim.packet.network import PacketNetwork
    from netsim.toxiproxy.control import ToxiproxyServer

_FIXTURES = frozenset({"netsim_seed", "toxiproxy", "bad_link", "packet_network", "fault"})
_WAYS = ("embedded", "real", "packet")
_SEED = pytest.StashKey[int]()
_MARKER = (
    "netsim(profile=None, via='embedded', seed=None): how `bad_link` makes links: like which profile (a name or a file), by "
    "what ('embedded' or 'real' Toxiproxy, or 'packet'), and with which seed instead of the run's"
)


class MakeLink(Protocol):
    """What the fixture `bad_link` gives."""

    def __call__(
        self,
        upstream: str,
        profile: str | None = None,
        *,
        tls: bool = False,
        authority_file: Path | None = None,
        listen: str = "127.0.0.1:0",
    ) -> ServiceFront:
        """A link in front of `upstream` (HOST:PORT or a URL), like `profile`, the marker's, or a perfect one."""
        ...


class MakeFault(Protocol):
    """What the fixture `fault` gives."""

    def __call__(self, name: str, on: ServiceFront, **options: Any) -> AbstractContextManager[None]:
        """A fault on a link, for as long as the block lasts."""
        ...


# -- the run ----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option."""
    group = parser.getgroup("netsim", "bad networks")
    group.addoption(
        "--netsim-seed",
        type=int,
        default=None,
        help="Where all chance of bad networks comes from; a failed test that uses them says which it was.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The one marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Under a failure stands how to repeat it."""
    report = yield
    if report.failed and _FIXTURES & set(getattr(item, "fixturenames", ())):  # type: ignore[attr-defined]  # it is a report
        report.sections.append(("netsim", f"the same chance again: --netsim-seed={_seed_of_run(item.config)}"))  # type: ignore[attr-defined]
    return report


def _seed_of_run(config: pytest.Config) -> int:
    if _SEED not in config.stash:
        given = config.getoption("--netsim-seed")
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID")  # which the workers of pytest-xdist have in common
        drawn = zlib.crc32(run.encode()) if run else random.SystemRandom().getrandbits(32)
        config.stash[_SEED] = drawn if given is None else int(given)
    return config.stash[_SEED]


# -- fixtures ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def netsim_seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run: that of --netsim-seed, or a random one."""
    return _seed_of_run(pytestconfig)


@pytest.fixture(scope="session")
def toxiproxy(netsim_seed: int) -> Iterator[ToxiproxyServer]:
    """A server that speaks Toxiproxy's API, for the whole run; `toxiproxy.link(name, upstream)` makes a link through it."""
    from netsim.toxiproxy.control import start_embedded

    with start_embedded(netsim_seed) as server:
        yield server


@pytest.fixture
def packet_network(netsim_seed: int) -> Iterator[PacketNetwork]:
    """Two network namespaces with real packets between; the test is skipped where the machine does not allow that."""
    from netsim.packet.control import PathError
    from netsim.packet.network import PacketNetwork

    try:
        network = PacketNetwork(seed=str(netsim_seed))
    except PathError as error:
        pytest.skip(f"{error}: {error.hint}")
    with network:
        yield network


@pytest.fixture
def bad_link(request: pytest.FixtureRequest, netsim_seed: int) -> Iterator[MakeLink]:
    """A function that makes bad links in front of services; they are gone when the test is over."""
    asked = _Asked.of(request, netsim_seed)
    with ExitStack() as cleaning:

        def make(
            upstream: str,
            profile: str | None = None,
            *,
            tls: bool = False,
            authority_file: Path | None = None,
            listen: str = "127.0.0.1:0",
        ) -> ServiceFront:
            from netsim.faults.service_front import ServiceFront

            with _told_in_words(skips=asked.via != "embedded"):
                front = ServiceFront(
                    upstream, listen=listen, seed=asked.seed, via=asked.via, tls=tls, authority_file=authority_file
                )
                cleaning.enter_context(front)
                if profile or asked.profile:
                    front.apply(profile or asked.profile)
            return front

        yield make


@pytest.fixture
def fault(request: pytest.FixtureRequest, netsim_seed: int) -> MakeFault:
    """A function that makes faults: `with fault("captive-portal", link): …`."""
    chance = random.Random(_Asked.of(request, netsim_seed).seed)

    @contextmanager
    def begun(name: str, on: ServiceFront, **options: Any) -> Iterator[None]:
        from netsim.faults.fault import CannotError
        from netsim.faults.link_fault import LinkFault
        from netsim.faults.table import make

        with ExitStack() as cleaning:
            with _told_in_words():
                found = make(name, **options)
                if not isinstance(found, LinkFault):
                    raise CannotError(
                        f"{name} is no fault of a link", "Of a hub or a device: begin it on a netsim.site.site.Site."
                    )
                cleaning.enter_context(found.lasting_on(on, chance))
            yield

    return begun


class _Asked:
    """What the marker of a test says. Each test has chance of its own, whatever ran before it."""

    def __init__(self, profile: str = "", via: Any = "embedded", seed: int | None = None) -> None:
        if via not in _WAYS:
            raise TypeError(f"via={via!r} is none of {', '.join(_WAYS)}")
        self.profile = profile
        self.via = via
        self.given = seed
        self.seed = 0

    @staticmethod
    def of(request: pytest.FixtureRequest, seed_of_run: int) -> _Asked:
        marker = request.node.get_closest_marker("netsim")
        try:
            asked = _Asked(*marker.args, **marker.kwargs) if marker else _Asked()
        except TypeError as error:
            raise pytest.UsageError(f"{request.node.nodeid}: the marker netsim: {error}; it is {_MARKER}") from error
        name = f"{seed_of_run} {request.node.nodeid}"
        asked.seed = zlib.crc32(name.encode()) if asked.given is None else asked.given
        return asked


@contextmanager
def _told_in_words(*, skips: bool = False) -> Iterator[None]:
    """What cannot be done fails the test (or `skips` it) with its words and its hint, not a traceback through this package."""
    from alerts.errors import UserError

    try:
        yield
    except UserError as error:
        words = f"{error}\n{error.hint}".strip()
        if skips:
            pytest.skip(words)
        pytest.fail(words, pytrace=False)
