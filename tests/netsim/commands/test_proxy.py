"""The command as a process."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netsim.toxiproxy.toxiproxy_client import ToxiproxyClient

COMMAND = [sys.executable, "-c", "from netsim.cli import main; main()", "proxy"]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _line(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().rstrip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_serves_and_stops_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    config = tmp_path / "proxies.json"
    config.write_text('[{"name": "hub", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}]')
    with running("--listen", "127.0.0.1:0", "--seed", "5", "--config", str(config)) as child:
        found = re.fullmatch(r"Toxiproxy's API is on http://127\.0\.0\.1:(\d+) \(seed 5\)", _line(child))
        assert found
        listed = _line(child)
        hub = ToxiproxyClient("127.0.0.1", int(found[1])).proxies()["hub"]
        assert listed == f"  hub: {hub['listen']} -> 127.0.0.1:1"
        child.send_signal(number)
        assert child.wait(timeout=20) == 0
        assert child.stderr
        assert child.stderr.read() == ""


def test_a_seed_is_made_up_and_told() -> None:
    with running("--listen", "127.0.0.1:0") as child:
        assert re.search(r"\(seed \d+\)$", _line(child))


def _failed(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def test_a_taken_port_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = _failed("--listen", address)
    assert code == 1
    assert said.startswith(f"tocsin-netsim: cannot listen on {address}: Address already in use\n  Stop what uses")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read {}: No such file or directory"),
        ("{", "{}: bad request body: not JSON: "),
        ("{}", "{}: bad request body: expected an array, found an object"),
        ('[{"name": "x"}]', "{}: missing required field: upstream at proxy 1"),
        ('[{"name": "x", "upstream": "y", "listen": "z"}]', "{}: listen tcp: address z: missing port in address"),
    ],
)
def test_a_config_that_cannot_be_used_is_a_clear_error(tmp_path: Path, content: str | None, said: str) -> None:
    config = tmp_path / "proxies.json"
    if content is not None:
        config.write_text(content)
    code, error = _failed("--listen", "127.0.0.1:0", "--config", str(config))
    assert code == 1
    assert error.startswith("tocsin-netsim: " + said.format(config))
    assert "Traceback" not in error


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:", ":80", "127.0.0.1:65536"])
def test_an_address_that_is_none_is_a_clear_error(listen: str) -> None:
    code, error = _failed("--listen", listen)
    assert code == 2
    assert f"--listen {listen}: expected HOST:PORT" in error
