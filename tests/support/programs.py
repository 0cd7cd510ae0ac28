"""Programs that follow a hub with the clients that people have: Node's, stomp.py, httpx-sse, plain polls."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import httpx
import stomp
from httpx_sse import connect_sse
from stomp.adapter.ws import WSStompConnection

from tests.support.node_clients import installed
from tests.support.waiting import SECONDS_MAX

PROGRAMS = Path(__file__).resolve().parents[1] / "journeys" / "programs"
TRY_AGAIN_S = 0.1


class Program(ABC):
    """Something that follows a hub under a token, until it is stopped. `seen`: identifiers, in their order."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token
        self.seen: list[str] = []
        self.errors: list[str] = []
        self.is_ready = False
        self.is_over = False
        self.acknowledges = True

    @abstractmethod
    def start(self) -> None:
        """Begin to follow."""

    @abstractmethod
    def stop(self) -> None:
        """End."""


class NodeProgram(Program):
    """A script of `tests/journeys/programs`, whose lines say what it does."""

    script = ""

    def start(self) -> None:
        said = {"address": self.address, "token": self.token, "acknowledges": self.acknowledges}
        self._process = _node(self.script, said)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None, "it is read from"
        for line in self._process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "alert":
                self.seen.append(rest)
            elif word == "ready":
                self.is_ready = True
            else:
                self.errors.append(line)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS_MAX)


class StompJs(NodeProgram):
    """@stomp/stompjs."""

    script = "stompjs.cjs"


class WebStomp(NodeProgram):
    """webstomp-client."""

    script = "webstomp.cjs"


class NodeEventSource(NodeProgram):
    """npm eventsource."""

    script = "eventsource.cjs"


class StompPy(Program):
    """stomp.py over a WebSocket."""

    def start(self) -> None:
        host, _, port = self.address.removeprefix("http://").partition(":")
        self._connection = WSStompConnection(
            [(host, int(port))], ws_path="/stomp", heartbeats=(10_000, 10_000), reconnect_attempts_max=1
        )
        self._connection.set_listener("program", _Listener(self))
        threading.Thread(target=self.connect, daemon=True).start()

    def connect(self) -> None:
        """Connect and subscribe, as often as it takes."""
        while not self.is_over:
            try:
                self._connection.connect("program", self.token, wait=True)
                self._connection.subscribe(
                    "/alerts", "s", "client-individual", headers={"durable": "stomp.py", "receipt": "subscribed"}
                )
                return
            except (stomp.exception.StompException, OSError):
                time.sleep(TRY_AGAIN_S)

    def take(self, frame: Any) -> None:
        """A message."""
        self.seen.append(frame.headers["identifier"])
        if self.acknowledges:
            self._connection.ack(frame.headers["ack"])

    def stop(self) -> None:
        self.is_over = True
        if self._connection.is_connected():
            ending = threading.Thread(target=self._connection.disconnect, daemon=True)  # it may wait without a limit
            ending.start()
            ending.join(SECONDS_MAX)
            assert not ending.is_alive(), "stomp.py does not disconnect"


class _Listener(stomp.ConnectionListener):  # type: ignore[misc]
    def __init__(self, program: StompPy) -> None:
        self._program = program

    def on_message(self, frame: Any) -> None:
        self._program.take(frame)

    def on_receipt(self, frame: Any) -> None:
        self._program.is_ready = True

    def on_error(self, frame: Any) -> None:
        self._program.errors.append(str(frame.headers))

    def on_disconnected(self) -> None:
        if not self._program.is_over:
            threading.Thread(target=self._program.connect, daemon=True).start()


class ThreadProgram(Program):
    """One that follows over HTTP, and tries again where it was, whatever happens."""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=httpx.Timeout(5, read=20)) as client:
            while not self.is_over:
                try:
                    self.follow(client)
                except httpx.HTTPError:
                    time.sleep(TRY_AGAIN_S)

    @abstractmethod
    def follow(self, client: httpx.Client) -> None:
        """Follow for as long as it goes."""

    def stop(self) -> None:
        self.is_over = True


class HttpxSse(ThreadProgram):
    """httpx-sse."""

    last: str | None = None

    def follow(self, client: httpx.Client) -> None:
        headers = {} if self.last is None else {"Last-Event-ID": self.last}
        with connect_sse(client, "GET", "/v1/alerts/stream", headers=headers) as source:
            source.response.raise_for_status()
            for event in source.iter_sse():
                self.last = event.id
                self.is_ready = True
                if event.event != "position":
                    self.seen.append(event.json()["identifier"])
                if self.is_over:
                    return


class Polls(ThreadProgram):
    """Nothing but GET."""

    position: str | None = None

    def follow(self, client: httpx.Client) -> None:
        if self.position is None:
            self.position = client.get("/v1/alerts", params={"limit": 1000}).raise_for_status().json()["position"]
            self.is_ready = True
        while not self.is_over:
            found = client.get("/v1/alerts", params={"after": self.position, "wait": 2}).raise_for_status().json()
            self.seen += [one["identifier"] for one in found["alerts"]]
            self.position = found["position"]


ALL: tuple[type[Program], ...] = (StompJs, WebStomp, NodeEventSource, StompPy, HttpxSse, Polls)


def publish_with_node(script: str, address: str, token: str, body: dict[str, Any]) -> str:
    """Publish with a Node client; what it printed."""
    process = _node(script, {"address": address, "token": token, "publish": json.dumps(body)})
    out, _ = process.communicate(timeout=60)
    return out.strip()


def publish_with_stomp_py(address: str, token: str, body: dict[str, Any]) -> str:
    """Publish with stomp.py; the identifier in the receipt."""
    host, _, port = address.removeprefix("http://").partition(":")
    connection, found, done = WSStompConnection([(host, int(port))], ws_path="/stomp"), list[str](), threading.Event()

    class Receipt(stomp.ConnectionListener):  # type: ignore[misc]
        def on_receipt(self, frame: Any) -> None:
            found.append(frame.headers["identifier"])
            done.set()

    connection.set_listener("receipt", Receipt())
    connection.connect("program", token, wait=True)
    connection.send("/alerts", json.dumps(body), "application/json", headers={"everyone": "true", "receipt": "sent"})
    assert done.wait(60), "no receipt came"
    connection.remove_listener("receipt")
    connection.disconnect()
    return found[0]


def _node(script: str, said: dict[str, Any]) -> subprocess.Popen[str]:
    environment = {**os.environ, "NODE_PATH": str(installed(PROGRAMS / "package.json") / "node_modules")}
    command = ["node", str(PROGRAMS / script), json.dumps(said)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
