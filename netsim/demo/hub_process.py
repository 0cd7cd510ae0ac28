"""A real hub as a child process, and its HTTP API as its operators and publishers use it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from alerts.audience import Audience
from alerts.errors import UserError
from netsim.packet.namespaces import start
from netsim.workload import load_areas
from server.commands.beside import now, opened
from server.hub import Role
from server.settings import PREFIX
from server.store import areas, credentials
from server.store.folder import DATABASE

START_SECONDS_MAX = 20.0
END_SECONDS_MAX = 10.0
ANSWER_SECONDS_MAX = 20.0
_LOOK_SECONDS = 0.05
_LAST_WORDS_CHARACTERS = 1500
_HUB = (sys.executable, "-c", "from server.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "0")


class RefusedError(UserError):
    """The hub has refused what it was asked; the text is what its problem details say."""


class HubProcess:
    """One hub with its data in `folder`. Its tokens and its list of areas are made before it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._admin = credentials.make_secret()
        self._publisher = credentials.make_secret()
        self._http = SimpleAsyncHTTPClient(force_instance=True)

    @property
    def database(self) -> Path:
        """The hub's SQLite file."""
        return self.folder / DATABASE

    async def start(self) -> None:
        """Start it and wait until it listens. Raises UserError with its last words where it does not."""
        self._prepare()
        ready, errors = self.folder / "ready.json", self.folder / "hub.log"
        command = [*_HUB, "--data", str(self.folder), "--ready-file", str(ready), "--log-level", "warning"]
        settings = os.environ | {f"{PREFIX}SECOND_PERSON": "never"}  # nobody else is there to approve what is Extreme
        with errors.open("wb") as log:
            # A session of its own: Ctrl-C is for the demo alone, which then ends the hub in order.
            self._process = start(
                command,
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                while not (port := _port_in(ready)):
                    if self._process.poll() is not None:
                        raise UserError("the hub did not start", _last_words(errors))
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            raise UserError(f"the hub did not listen within {START_SECONDS_MAX:g} s", _last_words(errors)) from None
        self.port = port

    def _prepare(self) -> None:
        with opened(self.folder, make=True) as db:
            credentials.make_token(db, Role.ADMINISTRATOR, "demo-operator", self._admin, now())
            credentials.make_token(db, Role.AUTHOR, "demo-publisher", self._publisher, now())
            areas.import_areas(db, load_areas().items())

    async def stop(self) -> None:
        """End it in order, so that it says goodbye and writes what it knows; kill it if it does not end."""
        self._http.close()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            pass  # it is killed below, and what it had answered is durable
        finally:
            process.kill()
            process.wait()

    async def make_code(self, areas: Sequence[str], roles: Sequence[str], name: str) -> str:
        """A one-time code that enrols a device with this audience."""
        body = {"areas": list(areas), "roles": list(roles), "name": name}
        answer = await self._ask("POST", "/v1/enrolment-codes", self._admin, json.dumps(body).encode())
        return str(answer["code"])

    async def publish(self, xml: bytes, audience: Audience) -> tuple[str, int]:
        """Publish CAP XML; its identity (sender,identifier) and its number in the log. Raises RefusedError."""
        query = [
            *(f"area={quote(code)}" for code in audience.areas),
            *(f"role={quote(role)}" for role in audience.roles),
            *(f"device={quote(device)}" for device in audience.devices),
            *(["everyone=true"] if audience.everyone else []),
        ]
        path = "/v1/alerts?" + "&".join(query)
        answer = await self._ask("POST", path, self._publisher, xml, content_type="application/cap+xml")
        return f"{answer['sender']},{answer['identifier']}", int(answer["number"])

    async def delivery(self, key: str) -> dict[str, int]:
        """How many devices are in each state of delivery, as operators see it."""
        answer = await self._ask("GET", f"/v1/alerts/{quote(key, safe='')}/delivery", self._publisher)
        return {state: count for state, count in answer["counts"].items() if count}

    async def _ask(
        self, method: str, path: str, token: str, body: bytes | None = None, content_type: str = "application/json"
    ) -> Any:
        request = HTTPRequest(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            headers={"Authorization": f"Bearer {token}", "Content-Type": content_type},
            body=body,
            request_timeout=ANSWER_SECONDS_MAX,
        )
        response = await self._http.fetch(request, raise_error=False)
        if response.code >= 300:
            raise RefusedError(_problem(response))
        return json.loads(response.body)


def _port_in(ready: Path) -> int:
    try:
        return int(json.loads(ready.read_bytes())["port"])
    except (FileNotFoundError, ValueError):  # not there yet, or not whole yet
        return 0


def _problem(response: HTTPResponse) -> str:
    try:
        problem = json.loads(response.body)
        violations = [f"{one['path']}: {one['problem']}" for one in problem.get("violations", ())]
        words = "; ".join(violations) or str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, TypeError):
        words = str(response.error or response.reason)
    return f"{response.code}: {words}"


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-_LAST_WORDS_CHARACTERS:].strip()
