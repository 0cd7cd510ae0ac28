"""Receivers beside the programs: a field device, a reader of the Atom feed, somebody's web server that is called as a webhook."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import feedparser
import httpx
from standardwebhooks.webhooks import Webhook

from client import AlertArrived, Event
from tests.support.device import Device
from tests.support.hub_child import HubChild
from tests.support.other_server import Exchange, OtherServer, answer
from tests.support.programs import Program, ThreadProgram
from tests.support.waiting import SECONDS_MAX

READ_AGAIN_S = 0.2


class FieldDevice(Program):
    """A health worker's device, on an event loop of its own. Its token is a code to enrol with."""

    def __init__(self, address: str, token: str, folder: Path) -> None:
        super().__init__(address, token)
        self._device = Device(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="device", daemon=True)

    def start(self) -> None:
        """Join, and be switched on."""
        self._thread.start()
        self._do(self._device.join(self.address, self.token, ("en",)))
        self._do(self._device.start())
        self._device.client.on_event(self._take)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS_MAX)

    def _take(self, event: Event) -> None:
        if isinstance(event, AlertArrived):
            self.seen.append(event.entry.identifier)

    @property
    def is_ready(self) -> bool:
        """Whether it is connected."""
        return self._device.is_connected()

    @is_ready.setter
    def is_ready(self, value: bool) -> None:
        assert not value, "only its connection says so"

    def stop(self) -> None:
        """Switch it off."""
        self._do(self._device.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS_MAX)
        self._loop.close()


class AtomFeed(ThreadProgram):
    """feedparser on the Atom feed, which is asked for again and again; an entry is new by its id."""

    def __init__(self, address: str, token: str) -> None:
        super().__init__(address, token)
        self._ids: set[str] = set()
        self._over = threading.Event()

    def follow(self, client: httpx.Client) -> None:
        """Read, and read again where it has changed."""
        tag = ""
        while not self._over.wait(READ_AGAIN_S):
            said = client.get("/v1/feeds/alerts.atom", headers={"If-None-Match": tag} if tag else {})
            if said.status_code != httpx.codes.NOT_MODIFIED:
                tag = said.raise_for_status().headers["ETag"]
                self._take(said.content)
            self.is_ready = True

    def _take(self, content: bytes) -> None:
        found = feedparser.parse(io.BytesIO(content))
        self.errors += [str(found.bozo_exception)] if found.bozo else []
        ids = [entry.id for entry in found.entries]
        self.errors += [f"{id} stands twice in the feed" for id in set(ids) if ids.count(id) > 1]
        self.seen += [entry.cap_identifier for entry in reversed(found.entries) if entry.id not in self._ids]
        self._ids.update(ids)

    def stop(self) -> None:
        """Read no more."""
        super().stop()
        self._over.set()


class WebhookReceiver(Program):
    """A web server that the hub calls; a message that it has had is known by its id."""

    def __init__(self, hub: HubChild, server: OtherServer) -> None:
        super().__init__(hub.address, "")
        self._hub = hub
        self._server = server
        self._ids: set[str] = set()

    def start(self) -> None:
        """Have the hub call it about alerts."""
        self._server.routes["/hook"] = self._take
        kinds = ["alert.published", "alert.updated", "alert.cancelled"]
        body = {"name": "journey", "url": f"{self._server.address}/hook", "kinds": kinds}
        said = self._hub.ask("POST", "/v1/webhooks", json=body)
        assert said.status_code == 201, said.text
        self._verifier = Webhook(said.json()["secret"])
        self.is_ready = True

    def _take(self, exchange: Exchange) -> None:
        asked = self._server.asked_for("/hook")[-1]  # the hub delivers one at a time
        self._verifier.verify(asked.body, dict(asked.headers))
        id = asked.headers["Webhook-Id"]
        if id not in self._ids:
            self._ids.add(id)
            self.seen.append(json.loads(asked.body)["data"]["identifier"])
        answer(b"")(exchange)

    def stop(self) -> None:
        """The server is stopped by whoever made it."""
