"""The clients for Python, Go and Node, as they come, each play the same scenario on both servers and see the same."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from netsim.toxiproxy.control import ToxiproxyServer
from netsim.toxiproxy.toxics.toxic import TOXICS
from tests.support.node_clients import installed

CLIENTS = Path(__file__).with_name("clients")
CLIENT_S_MAX = 300.0

# A toxic of the scenario, its attributes, what then comes back of "ping", and all attributes as they are listed.
TOXICS_OF_SCENARIO: dict[str, tuple[dict[str, float], str, str]] = {
    "bandwidth": ({"rate": 100}, "ping", "rate=100"),
    "latency": ({"latency": 2}, "ping", "jitter=0 latency=2"),
    "limit_data": ({"bytes": 0}, "", "bytes=0"),
    "noop": ({}, "ping", ""),
    "packet_loss": ({"loss_rate": 0, "correlation": 0.5}, "ping", "correlation=0.5 loss_rate=0"),
    "reset_peer": ({}, "", "timeout=0"),
    "slicer": ({"average_size": 1, "delay": 10}, "ping", "average_size=1 delay=10 size_variation=0"),
    "slow_close": ({"delay": 1}, "ping", "delay=1"),
    "timeout": ({"timeout": 10}, "", "timeout=10"),
}


def _expected(version: str, toxics: set[str]) -> str:
    lines = [
        f"version {version}",
        "create one enabled [ping]",
        "create again refused",
        "populate two enabled",
        "populate three disabled",
    ]
    for type_name in sorted(toxics):
        _, answer, attributes = TOXICS_OF_SCENARIO[type_name]
        name = f"{type_name}_upstream"
        described = " ".join(word for word in (attributes,) if word)
        lines += [
            " ".join(filter(None, [f"add {name} {type_name} upstream 1", described, f"[{answer}]"])),
            "add again refused",
            " ".join(filter(None, [f"update {name} {type_name} upstream 0", described, "[ping]"])),
            f"list {name}",
            "list",
            "remove again refused",
        ]
    lines += [
        "add nonsense refused",
        "disable disabled [no connection]",
        "reset enabled [ping]",
        "list",
        "proxy one enabled",
        "proxy three enabled",
        "proxy two enabled",
        "proxies 0",
        "delete again refused",
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of an upstream that sends back what it gets."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_echo, args=(connection,), daemon=True).start()


def _echo(connection: socket.socket) -> None:
    with connection:
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
        except OSError:
            return


def _python() -> tuple[list[str], dict[str, str]]:
    return [sys.executable, str(CLIENTS / "python" / "scenario.py")], {}


def _go() -> tuple[list[str], dict[str, str]]:
    return ["go", "run", "-C", str(CLIENTS / "go"), "."], {}


def _node() -> tuple[list[str], dict[str, str]]:
    folder = installed(CLIENTS / "node" / "package.json")
    return ["node", str(CLIENTS / "node" / "scenario.js")], {"NODE_PATH": str(folder / "node_modules")}


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(_python, id="python"),
        pytest.param(_go, id="go", marks=pytest.mark.needs("go")),
        pytest.param(_node, id="node", marks=pytest.mark.needs("node")),
    ],
)
def test_it_drives_the_server(
    server: ToxiproxyServer, echo: str, client: Callable[[], tuple[list[str], dict[str, str]]]
) -> None:
    version = server.client.version()
    known = set(TOXICS_OF_SCENARIO) - ({"packet_loss"} if server.kind == "real" else set())
    toxics = json.dumps({name: TOXICS_OF_SCENARIO[name][0] for name in known})
    command, environment = client()
    done = subprocess.run(
        [*command, f"{server.host}:{server.port}", echo, toxics],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=CLIENT_S_MAX,
        check=False,
    )
    assert done.stdout == _expected(version, known), done.stderr


def test_the_scenario_has_every_toxic() -> None:
    assert set(TOXICS_OF_SCENARIO) == set(TOXICS)
