"""Kill -9 of the hub and of devices at random moments, while alerts and acknowledgements flow; judged from the stores.

The seed is printed; TOCSIN_KILL_SEED=… draws the same victims and the same times between kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests

from client import FieldClient
from netsim.judge.stores import Verdict, judge_stores
from server.hub import Role
from tests.support.field_child import FieldChild
from tests.support.hub_child import HubChild, hub_child
from tests.support.site import warning
from tests.support.waiting import SECONDS_MAX, wait_until

AREAS = {"nyota": "KE-047-0312", "awa": "KE-001", "moses": "UG"}
AUDIENCES: list[dict[str, Any]] = [
    {"everyone": True},
    {"areas": ["KE"]},
    {"areas": ["KE-047"]},
    {"areas": ["KE-001", "UG"]},
]
AT_ONCE_SHARE = 0.4
AT_ONCE_S = 0.6
AFTER_WORK_S = 0.1
WORK_MAX = 4
LOOK_EVERY_KILLS = 10
ALWAYS = ("forgotten_by_hub", "doubled", "strays", "acknowledgements_doubled", "alarms_twice", "claimed_without_proof")
"""What must not be found at any moment; the rest, once everybody has had the time to come back."""


def _seed() -> int:
    return int(os.environ.get("TOCSIN_KILL_SEED") or random.SystemRandom().randrange(2**32))


class Publisher(threading.Thread):
    """Publishes, updates and cancels all the time. Each publish is repeated under its key until it has been answered."""

    def __init__(self, hub: HubChild, chance: random.Random) -> None:
        super().__init__(name="publisher", daemon=True)
        self.answered: list[tuple[str, int]] = []
        self.failure: BaseException | None = None
        self._hub = hub
        self._chance = chance
        self._current: list[str] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        """Until `finish`."""
        try:
            while not self._is_over.is_set():
                self._publish_one(len(self.answered) + 1)
                self._is_over.wait(self._chance.uniform(0, 0.1))
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`
            self.failure = error

    def finish(self) -> None:
        """Let what was begun be answered, and end. Raises what went wrong."""
        self._is_over.set()
        self.join(SECONDS_MAX)
        assert not self.is_alive(), "the publisher waits for an answer without end"
        if self.failure:
            raise self.failure

    def _publish_one(self, index: int) -> None:
        identifier = f"alert-{index}"
        what = self._chance.choices(["", "update", "cancel"], [75, 15, 10])[0] if self._current else ""
        alert = warning(identifier, severity=self._chance.choice(["Extreme", "Severe", "Moderate", "Minor"]))
        if not what:
            body = {"alert": alert, "audience": self._chance.choice(AUDIENCES)}
            path = "/v1/alerts"
        else:
            earlier = self._current.pop(self._chance.randrange(len(self._current)))
            del alert["msgType"]
            body = {"alert": alert if what == "update" else {"identifier": identifier}}
            path = f"/v1/alerts/{earlier}/{what}"
        number = self._until_answered(path, body, identifier)
        self.answered.append((f"moh.example,{identifier}", number))
        if what != "cancel":
            self._current.append(identifier)

    def _until_answered(self, path: str, body: dict[str, Any], key: str) -> int:
        while True:
            try:
                said = self._hub.ask("POST", path, role=Role.AUTHOR, json=body, headers={"Idempotency-Key": key})
            except requests.RequestException:
                time.sleep(0.05)  # the hub has just been killed
                continue
            if said.status_code == 201:
                return int(said.json()["number"])
            assert said.status_code == 503, said.text


class Process(Protocol):
    """What can be killed and started again."""

    def kill(self) -> None: ...

    def begin(self) -> None: ...


class Scene:
    """The hub, the devices, and the kills."""

    def __init__(self, folder: Path, hub: HubChild, devices: list[FieldChild], chance: random.Random) -> None:
        self.hub = hub
        self.devices = devices
        self.publisher = Publisher(hub, random.Random(chance.random()))
        self._victims: list[Process] = [hub, *devices]
        self._chance = chance
        self._ledger = folder / "ledger.sqlite"

    def kill_one(self) -> None:
        """Any of them, at a random moment of its work or, now and then, while it may still be starting; it starts again."""
        victim = self._chance.choice(self._victims)
        if self._chance.random() < AT_ONCE_SHARE:
            time.sleep(self._chance.uniform(0, AT_ONCE_S))
        else:
            done = self._work_done(victim) + self._chance.randint(1, WORK_MAX)
            wait_until(lambda: self._work_done(victim) >= done, "alerts and acknowledgements flow")
            time.sleep(self._chance.uniform(0, AFTER_WORK_S))
        victim.kill()
        victim.begin()

    def _work_done(self, victim: Process) -> int:
        """Alerts that the hub answered, or alarms and acknowledgements of a device."""
        return victim.work_done() if isinstance(victim, FieldChild) else len(self.publisher.answered)

    def kill_all(self) -> None:
        """All of them, and look what the stores hold at this moment."""
        for victim in self._victims:
            victim.kill()
        wrong = self.judge().wrong
        assert not {name: pairs for name, pairs in wrong.items() if name in ALWAYS}
        for victim in self._victims:
            victim.begin()

    def judge(self) -> Verdict:
        """What the stores hold now."""
        self._write_ledger()
        return judge_stores(
            self.hub.database, [device.database for device in self.devices], self._ledger, int(time.time())
        )

    def _write_ledger(self) -> None:
        self._ledger.unlink(missing_ok=True)
        with closing(sqlite3.connect(self._ledger)) as db:
            db.execute("CREATE TABLE answered (key, number)")
            db.execute("CREATE TABLE alarm (device, key)")
            db.execute("CREATE TABLE acknowledged (device, key)")
            db.executemany("INSERT INTO answered VALUES (?, ?)", list(self.publisher.answered))
            for device in self.devices:
                db.executemany("INSERT INTO alarm VALUES (?, ?)", [(device.device, key) for key in device.alarms()])
                acknowledged = [(device.device, key) for key in device.acknowledged()]
                db.executemany("INSERT INTO acknowledged VALUES (?, ?)", acknowledged)
            db.commit()

    def positions(self) -> list[object]:
        """Where the devices stand, by the hub's store and by their own: what to look at when they do not come together."""
        claims = "SELECT device, epoch, cursor, as_of, length(held) FROM device_claim ORDER BY device"
        standing = "SELECT (SELECT device FROM identity), epoch, cursor, as_of, held, owes FROM standing"
        path = "SELECT epoch, first, (SELECT max(number) FROM log_entry) FROM epoch ORDER BY id DESC LIMIT 1"
        own = [_rows(device.database, standing) for device in self.devices]
        return [_rows(self.hub.database, path), _rows(self.hub.database, claims), own]

    def check_delivery(self) -> None:
        """Ops come to be told of every delivery, and of none that the device's own store does not bear out."""
        held = {device.device: _keys(device) for device in self.devices}
        for key, number in self.publisher.answered:
            wait_until(lambda number=number: not self._told(number, "addressed"), f"{key} is known to be delivered")  # type: ignore[misc]
            told = self._told(number, "delivered", "seen", "acknowledged")
            assert told <= {device for device, keys in held.items() if key in keys}, key

    def _told(self, number: int, *states: str) -> set[str]:
        """The devices that are in one of these states by the API."""
        query = "&".join(f"state={state}" for state in states)
        said = self.hub.ask("GET", f"/v1/alerts/{number}/delivery?{query}", role=Role.VIEWER).json()
        return {one["device"] for one in said["devices"]}


def _keys(device: FieldChild) -> set[str]:
    return {key for (key,) in _rows(device.database, "SELECT key FROM alert")}


def _rows(database: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


@contextmanager
def scene(folder: Path, chance: random.Random) -> Iterator[Scene]:
    """Everybody has joined and runs; every process ends with the block, however that ends."""
    with hub_child(folder / "hub") as hub:
        devices = [asyncio.run(_joined(folder / name, hub, area)) for name, area in AREAS.items()]
        try:
            for device in devices:
                device.begin()
            yield Scene(folder, hub, devices, chance)
        finally:
            for device in devices:
                device.kill()


async def _joined(folder: Path, hub: HubChild, area: str) -> FieldChild:
    code = (await hub.said("POST", "/v1/enrolment-codes", 201, json={"areas": [area]}))["code"]
    identity = await FieldClient.join(folder, hub.address, code, languages=("en",))
    return FieldChild(folder, identity.device)


def _through_kills(folder: Path, kills: int) -> None:
    seed = _seed()
    sys.stdout.write(f"TOCSIN_KILL_SEED={seed}\n")
    with scene(folder, random.Random(seed)) as there:
        there.publisher.start()
        done = 0
        while done < kills:
            if done % LOOK_EVERY_KILLS == LOOK_EVERY_KILLS - 1 - len(there.devices):
                there.kill_all()
                done += 1 + len(there.devices)
            else:
                there.kill_one()
                done += 1
        there.publisher.finish()
        there.kill_all()
        there.hub.until_listening()
        _judge_at_the_end(there)


def _judge_at_the_end(there: Scene) -> None:
    try:
        wait_until(lambda: there.judge().is_clean, "nothing is lost, doubled or left standing")
    except AssertionError as error:
        raise AssertionError(f"{error}: {there.judge().wrong}; {there.positions()}") from None
    there.check_delivery()
    verdict = there.judge()
    sys.stdout.write(f"{verdict}\n")
    assert verdict.is_clean, verdict.wrong
    assert verdict.acknowledged_at_hub >= verdict.acknowledged_on_devices
    assert verdict.published == len(there.publisher.answered)
    assert verdict.delivered and verdict.acknowledged_at_hub, "something flowed"


def test_forty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    _through_kills(tmp_path, 40)


@pytest.mark.long
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    _through_kills(tmp_path, 200)
