"""A real hub on a real socket, on an event loop of its own in a thread, for tests that speak HTTP to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
import structlog
from argon2 import PasswordHasher

from server.clock import HubClock
from server.hub import Hub, Role
from server.process import HubProcess
from server.settings import Limits, Settings

Result = TypeVar("Result")
PATIENCE_S = 60.0
"""How long a test waits for what must come; only a failure takes so long."""

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""So that signing in costs a test nothing."""

PLENTY = Limits(publishes_per_second=100_000, publishes_burst=100_000, header_seconds=60, body_seconds=60)


class RunningHub:
    """A hub that serves. `tokens` has one secret for each role; `loop` is where the hub lives."""

    def __init__(self, process: HubProcess, loop: asyncio.AbstractEventLoop) -> None:
        self.process = process
        self.loop = loop
        self.tokens: dict[Role, str] = {}

    @property
    def hub(self) -> Hub:
        """The service layer; call it through `do`."""
        return self.process.hub

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.process.address

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something on the hub's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    def ask(
        self,
        method: str,
        path: str,
        *,
        role: Role | None = Role.ADMINISTRATOR,
        token: str | None = None,
        **options: Any,
    ) -> requests.Response:
        """One request, with the token of a role unless another is given."""
        headers: dict[str, str] = dict(options.pop("headers", None) or {})
        secret = token or (self.tokens[role] if role else None)
        if secret:
            headers.setdefault("Authorization", f"Bearer {secret}")
        options.setdefault("timeout", PATIENCE_S)
        return requests.request(method, self.address + path, headers=headers, **options)

    def enrol(self, **grant: Any) -> tuple[str, str]:
        """A new device: its identifier and its token."""
        code = self.do(self.hub.make_enrolment_code(**grant))
        enrolled = self.do(self.hub.enrol(code))
        return enrolled.device, enrolled.token

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.process.port), timeout=PATIENCE_S)


@contextmanager
def running_hub(
    data: Path, clock: HubClock | None = None, *, make_tokens: bool = True, **settings: Any
) -> Iterator[RunningHub]:
    """A hub on a free port, with a token for each role unless its data has them; it is stopped in order at the end."""
    settings.setdefault("limits", PLENTY)
    settings.setdefault("second_person", "never")
    if not structlog.is_configured():
        set_up_capture()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="hub", daemon=True)
    thread.start()
    running = RunningHub(HubProcess(Settings(data=data, port=0, **settings), clock), loop)
    try:
        running.do(running.process.start())
        running.process.accounts.passwords.hasher = CHEAP
        for role in Role if make_tokens else ():
            running.tokens[role] = running.do(running.hub.make_token(role, f"the-{role}"))
        yield running
        running.do(_stopped(running.process))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


def set_up_capture() -> None:
    """Send the hub's log to `logging`, where pytest keeps it with the test, and not to the terminal."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


async def _stopped(process: HubProcess) -> None:
    await process.stop()
