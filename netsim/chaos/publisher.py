"""The publishers of a campaign: what they ask of the hub is repeated under its key until it has been answered.

A thread of its own does the asking, because a hub whose database is locked takes its time to answer; the campaign collects what
was answered when it comes by.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.audience import Audience, Reader, is_for
from netsim.chaos.alerts import SENDER, audience_for, new_alert
from netsim.chaos.schedule import Act
from netsim.site.api import Answer, SilentError
from netsim.site.device import Person
from netsim.site.hub import SiteHub
from server.store.records import Role

RETRY_SECONDS = 0.5
_END_SECONDS_MAX = 120.0
"""Longer than the hub may take to answer."""
_CREATED, _UNAVAILABLE = 201, 503


@dataclass(frozen=True, slots=True)
class Published:
    """An alert that the hub has answered with 201. `at` is the machine's time in seconds since 1970."""

    key: str
    identifier: str
    number: int
    severity: str
    audience: Audience
    at: float


@dataclass(frozen=True, slots=True)
class _Request:
    act: Act
    path: str
    body: dict[str, Any]
    identifier: str
    severity: str
    audience: Audience
    stays: bool
    """Whether it can be updated or cancelled itself."""


class Publisher:
    """`told(act, words, outcome)` is called once for each act, by `collect`, when it was done or refused."""

    def __init__(self, hub: SiteHub, staff: Sequence[Person], told: Callable[[Act, str, str], None]) -> None:
        self.answered: list[Published] = []
        self.waiting_count = 0
        """What has been asked for, and not been collected yet."""
        self._hub = hub
        self._staff = staff
        self._told = told
        self._current: dict[str, Published] = {}
        self._asked: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._said: queue.SimpleQueue[tuple[_Request, Answer, float]] = queue.SimpleQueue()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="publisher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask for nothing more."""
        self._is_over.set()
        self._asked.put(None)
        self._thread.join(_END_SECONDS_MAX)
        assert not self._thread.is_alive(), "a request has a time limit"

    def take(self, index: int, act: Act) -> None:
        """Begin an act. An update or cancel with nothing to follow is a new alert."""
        chance = random.Random(act.seed)
        identifier = f"c{index}"
        earlier = self._draw_current(chance) if act.kind != "publish" else None
        alert = new_alert(identifier, chance, self._hub.now())
        severity = str(alert["info"][0]["severity"])
        if earlier is None:
            asked = audience_for(chance, self._staff)
            body: dict[str, Any] = {"alert": alert, "audience": asked}
            request = _Request(act, "/v1/alerts", body, identifier, severity, _audience(asked), True)
        else:
            del alert["msgType"]
            is_update = act.kind == "update"
            body = {"alert": alert if is_update else {"identifier": identifier}}
            path = f"/v1/alerts/{earlier.identifier}/{act.kind}"
            request = _Request(act, path, body, identifier, severity, earlier.audience, is_update)
        self.waiting_count += 1
        self._asked.put(request)

    def _draw_current(self, chance: random.Random) -> Published | None:
        if not self._current:
            return None
        return self._current.pop(chance.choice(sorted(self._current)))

    def collect(self) -> None:
        """Take in what has been answered meanwhile."""
        while not self._said.empty():
            request, answer, at = self._said.get()
            self.waiting_count -= 1
            if answer.status != _CREATED:
                title = (answer.body or {}).get("title", "")
                self._told(request.act, request.identifier, f"refused: {answer.status} {title}")
                continue
            key = f"{SENDER},{request.identifier}"
            number = int(answer.body["number"])
            published = Published(key, request.identifier, number, request.severity, request.audience, at)
            self.answered.append(published)
            if request.stays:
                self._current[key] = published
            self._told(request.act, f"#{number} {request.severity}", "done")

    def due_for(self, device: str, person: Person) -> int:
        """How many of the alerts so far are for a device."""
        return sum(self.is_for(one, device, person) for one in self.answered)

    @staticmethod
    def is_for(one: Published, device: str, person: Person) -> bool:
        """Whether an alert is for a device, as its person's areas and roles are now."""
        return is_for(one.audience, Reader(device, person.areas, person.roles))

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (request := self._asked.get()) is not None and not self._is_over.is_set():
            answer = self._until_answered(request)
            if answer is not None:
                self._said.put((request, answer, time.time()))

    def _until_answered(self, request: _Request) -> Answer | None:
        while not self._is_over.is_set():
            try:
                answer = self._hub.ask(
                    "POST", request.path, role=Role.AUTHOR, body=request.body, Idempotency_Key=request.identifier
                )
                if answer.status != _UNAVAILABLE:
                    return answer
            except SilentError:
                pass  # the hub is dead, or has just been killed: it is asked again under the same key
            self._is_over.wait(RETRY_SECONDS)
        return None


def _audience(asked: dict[str, Any]) -> Audience:
    lists = {name: tuple(asked.get(name, ())) for name in ("areas", "roles")}
    return Audience(areas=lists["areas"], roles=lists["roles"], everyone=bool(asked.get("everyone", False)))
