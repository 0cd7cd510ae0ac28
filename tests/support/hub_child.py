"""`tocsin-hub serve` as a child process on a real socket, to be stopped, killed and started again on the same port."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from server.desk import Desk
from server.hub import Role
from tests.support.waiting import wait_until

LAUNCH = "from server.cli import main; main()"
STOP_SECONDS_MAX = 60.0
REQUEST_SECONDS_MAX = 60.0
PLENTY = {"PUBLISHES_PER_SECOND": "100000", "PUBLISHES_BURST": "100000", "CONNECTS_PER_SECOND": "100000"}
DATABASE = "hub.sqlite"


class HubChild:
    """A hub's data folder and, between `start` and `stop` or `kill`, its process. Tokens last as long as the folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self._ready = data.with_name(f"{data.name}.ready")
        self._log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[bytes] | None = None
        with Desk(data) as desk:
            self.tokens = {role: desk.make_token(role, f"the-{role}") for role in Role}

    @property
    def address(self) -> str:
        """Where it listens, or listened."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.data / DATABASE

    @property
    def upstream(self) -> str:
        """As a link names it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; on the port of the last time, if there was one. Returns when the hub listens."""
        self.begin()
        self.until_listening()

    def begin(self) -> None:
        """As `start`, without waiting for anything."""
        command = ["serve", "--data", self.data, "--port", self.port, "--ready-file", self._ready]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *map(str, command)],
                env=os.environ
                | {"TOCSIN_HUB_SECOND_PERSON": "never"}
                | {f"TOCSIN_HUB_LIMITS__{name}": value for name, value in PLENTY.items()},
                stdout=log,
                stderr=log,
            )

    def until_listening(self) -> None:
        """Wait until it takes connections."""
        wait_until(self._listens, "the hub listens")

    def _listens(self) -> bool:
        """Whether the ready file is this process's (one that was killed leaves its own behind); takes the port from it."""
        assert self._process is not None and self._process.poll() is None, f"the hub ended: {self.log()}"
        try:
            said: dict[str, Any] = json.loads(self._ready.read_text())
        except FileNotFoundError:
            return False
        self.port = said["port"]
        return bool(said["pid"] == self._process.pid)

    def stop(self) -> int:
        """SIGTERM, and wait for the end. The exit code."""
        assert self._process is not None, "start comes first"
        self._process.terminate()
        return self._process.wait(STOP_SECONDS_MAX)

    def kill(self) -> None:
        """Kill -9. Without effect on a hub that does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS_MAX)

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """What it logged."""
        return self._log.read_text()

    def command(self, *words: str | Path) -> str:
        """Run another command of `tocsin-hub` on the same data; what it said. It must succeed."""
        ran = subprocess.run(
            [sys.executable, "-c", LAUNCH, *map(str, words), "--data", str(self.data)],
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def ask(self, method: str, path: str, *, role: Role = Role.ADMINISTRATOR, **options: Any) -> requests.Response:
        """One request. Raises requests.RequestException: no answer came."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}", **options.pop("headers", {})}
        return requests.request(method, self.address + path, headers=headers, timeout=REQUEST_SECONDS_MAX, **options)

    async def said(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """The JSON of an answer that must have this status; None where it has no body."""
        response = await asyncio.to_thread(lambda: self.ask(method, path, **options))
        assert response.status_code == status, response.text
        return response.json() if response.content else None


@contextmanager
def hub_child(data: Path) -> Iterator[HubChild]:
    """A hub that serves; its process ends with the block, however that ends."""
    hub = HubChild(data)
    try:
        hub.start()
        yield hub
    finally:
        hub.kill()
