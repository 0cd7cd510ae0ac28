"""The plugin as somebody else's tests have it, in a process of its own: the example of the page, and what goes wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")
HEAVY = ("tornado", "matplotlib", "numpy", "pydantic", "peewee", "requests", "asyncio")

FAILS = """
import pytest

def test_chance(netsim_seed, fault, bad_link):
    assert netsim_seed == 1

def test_nothing_of_ours():
    assert False
"""

WRONG = """
import pytest

def test_unknown_fault(fault, bad_link):
    with fault("flood", bad_link("127.0.0.1:1")):
        pass

def test_fault_of_a_hub(fault, bad_link):
    with fault("hub-kill", bad_link("127.0.0.1:1")):
        pass

def test_unknown_profile(bad_link):
    bad_link("127.0.0.1:1", "carrier-pigeon")

def test_no_address(bad_link):
    bad_link("somewhere")

@pytest.mark.netsim(via="real")
def test_real_one(bad_link):
    bad_link("127.0.0.1:1")
"""

WEBSOCKET = """
import asyncio
import socket
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect
from tornado.httpclient import HTTPClientError

class Echo(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message)

def test_a_proxy_lets_no_websocket_through(bad_link, fault):
    asyncio.run(run(bad_link, fault))

async def run(bad_link, fault):
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/", Echo)]))
    server.add_sockets(sockets)
    link = await asyncio.to_thread(bad_link, "ws://127.0.0.1:%d" % sockets[0].getsockname()[1])
    begun = fault("stripped-upgrade", link, answer="426")
    await asyncio.to_thread(begun.__enter__)
    try:
        await websocket_connect(f"ws://{link.address}/")
        raise AssertionError("the upgrade came through")
    except HTTPClientError as error:
        assert error.code == 426
    await asyncio.to_thread(begun.__exit__, None, None, None)
    connection = await websocket_connect(f"ws://{link.address}/")
    await connection.write_message("hello")
    assert await connection.read_message() == "hello"
    connection.close()
    server.stop()

def test_packets(packet_network):
    assert packet_network.hub_host

@pytest.mark.netsim(via="packet", profile="lan")
def test_a_link_of_packets(bad_link, toxiproxy):
    link = bad_link(toxiproxy.client.address)
    with socket.create_connection((link.host, link.port), timeout=30) as client:
        client.sendall(b"GET /version HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")

def test_toxiproxy(toxiproxy):
    assert toxiproxy.client.version()
"""


@pytest.fixture
def elsewhere(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project that is not this one, without the plugins that happen to be installed beside ours: they take their time."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p netsim.pytest_plugin -p no:cacheprovider")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)
    return pytester


def test_the_example_of_the_page_works_with_nothing_but_the_package_installed(
    elsewhere: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name)
    (block,) = re.findall(r"<!-- example: test_echo.py -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    elsewhere.makepyfile(test_echo=block)
    elsewhere.runpytest_subprocess("-q", "--strict-markers").assert_outcomes(passed=4)


def test_a_websocket_service_is_served_too(elsewhere: pytest.Pytester) -> None:
    elsewhere.makepyfile(WEBSOCKET)
    outcomes = elsewhere.runpytest_subprocess("-q").parseoutcomes()
    assert outcomes.get("passed", 0) + outcomes.get("skipped", 0) == 4
    assert outcomes["passed"] >= 2


def test_a_failure_says_how_to_repeat_it(elsewhere: pytest.Pytester) -> None:
    elsewhere.makepyfile(FAILS)
    first = elsewhere.runpytest_subprocess("-q").stdout.str()
    found = re.findall(r"--netsim-seed=(\d+)", first)
    assert len(found) == 1, "of the one test that has to do with it"
    again = elsewhere.runpytest_subprocess("-q", f"--netsim-seed={found[0]}").stdout.str()
    assert f"assert {found[0]} == 1" in again
    assert elsewhere.runpytest_subprocess("-q", "--netsim-seed=1").parseoutcomes() == {"passed": 1, "failed": 1}


def test_what_cannot_be_done_is_told_in_words(elsewhere: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PATH", "HOME"):
        monkeypatch.setenv(name, str(elsewhere.path))
    monkeypatch.setenv("TOXIPROXY_SERVER", str(elsewhere.path / "none"))
    elsewhere.makepyfile(WRONG)
    result = elsewhere.runpytest_subprocess("-q", "-rs")
    said = result.stdout.str()
    assert result.parseoutcomes() == {"failed": 4, "skipped": 1}
    for words in (
        "there is no fault 'flood'",
        "hub-kill is no fault of a link",
        "carrier-pigeon",
        "'somewhere' is not",
    ):
        assert words in said
    assert "pytest_plugin.py" not in said.partition("short test summary")[0], "no traceback through the plugin"


def test_a_marker_that_says_what_there_is_not_is_refused(elsewhere: pytest.Pytester) -> None:
    elsewhere.makepyfile(
        "import pytest\n@pytest.mark.netsim(profil='gprs')\ndef test_it(bad_link): bad_link('127.0.0.1:1')\n"
    )
    assert "profil" in elsewhere.runpytest_subprocess("-q").stdout.str()


def test_who_does_not_use_it_does_not_pay_for_it() -> None:
    look = f"import sys, netsim.pytest_plugin; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("name", ["bad_link", "fault", "toxiproxy", "packet_network", "netsim_seed"])
def test_the_page_describes_every_fixture(name: str) -> None:
    assert f"| `{name}` |" in PAGE
