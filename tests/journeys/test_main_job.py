"""The main job with real parts: a hub as a process of its own, real sockets, bad links, devices that come and go."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from alerts.limits import REPLACED_WAIT_SECONDS
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.wire.codec import Codec
from alerts.wire.frames import Frame, Goodbye, Resume, Welcome
from alerts.wire.handshake import Hello
from client import ConnectionChanged, EntryState, LinkState, Trouble
from client.connection import HubConnection, connect
from server.clock import HubClock
from server.hub import Role
from tests.support.device import Device
from tests.support.hub import RunningHub, running_hub
from tests.support.site import Site, site, warning
from tests.support.waiting import SECONDS_MAX, until

EVERYONE = {"everyone": True}
YEAR_S = 365 * 86_400
Journey = Callable[[Site], Awaitable[None]]
Shown = TypeVar("Shown", bound=Frame)


def on_site(journey: Journey) -> Callable[[Path], None]:
    """A test that runs a journey on a site of its own."""

    def run(tmp_path: Path) -> None:
        async def there() -> None:
            async with site(tmp_path) as place:
                await journey(place)

        asyncio.run(there())

    return run


def _receipts(place: Site) -> list[tuple[str, int]]:
    """(device, state) of every receipt that took effect, as the hub's file has it."""
    with sqlite3.connect(f"file:{place.hub.database}?mode=ro", uri=True) as db:
        return list(db.execute("select device, state from receipt order by device, state"))


@on_site
async def test_each_alert_reaches_those_it_is_for_once_and_ops_see_who_has_it(place: Site) -> None:
    nyota = await place.device("nyota", areas=("KE-047-0312",))
    awa = await place.device("awa", areas=("KE-047",), languages=("fr",))
    moses = await place.device("moses", areas=("UG",))
    await place.connected(nyota, awa, moses)
    await place.publish("first", EVERYONE)
    await place.until_counts("first", delivered=3)

    await place.cut(awa)
    await moses.stop()
    await place.publish("kenya", {"areas": ["KE-047"]}, severity="Extreme")
    await place.publish("all", EVERYONE)
    await place.publish("uganda", {"areas": ["UG"]})
    await place.until_counts("kenya", delivered=1, addressed=1)
    await place.until_counts("all", delivered=1, addressed=2)
    await place.until_counts("uganda", addressed=1)

    await moses.start()
    await place.until_counts("uganda", delivered=1)
    await place.heal(awa)
    await place.until_counts("kenya", delivered=2)
    await place.until_counts("all", delivered=3)

    for device, alerts in (
        (nyota, {"first", "kenya", "all"}),
        (awa, {"first", "kenya", "all"}),
        (moses, {"first", "all", "uganda"}),
    ):
        assert await device.in_force() == alerts
        assert device.arrivals() == Counter(alerts)
        await _until_alarms(device, alerts)
    french = (await awa.entries())["kenya"].alert.info
    assert [info.headline for info in french] == ["Faites bouillir l'eau : kenya"]


async def _until_alarms(device: Device, alerts: Iterable[str]) -> None:
    await until(lambda: device.alarms() == Counter(alerts), "each alarm was raised once")


@on_site
async def test_what_was_acknowledged_offline_is_sent_once(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("one", EVERYONE)
    await place.until_counts("one", delivered=2)

    await place.cut(awa)
    await awa.client.acknowledge("one")
    await awa.client.acknowledge("one")
    await awa.stop()
    await awa.start()
    assert await awa.client.waiting() == 1
    await place.until_counts("one", delivered=2)
    await place.heal(awa)
    await place.until_counts("one", delivered=1, acknowledged=1)
    await nyota.client.seen("one")
    await place.until_counts("one", seen=1, acknowledged=1)

    await awa.stop()
    await place.connected(awa)
    await until(awa.is_all_sent, "nothing waits at awa")
    assert sorted(_receipts(place)) == sorted([(awa.name, 2), (nyota.name, 1)])


@on_site
async def test_updates_and_cancels_replace_what_was_had_and_nothing_old_is_sent(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("one", EVERYONE)
    await place.publish("two", EVERYONE)
    await place.until_counts("two", delivered=2)

    await awa.stop()
    await place.follow("update", "one", warning("one-b"))
    await place.follow("update", "one-b", warning("one-c"))
    await place.follow("cancel", "two", {"identifier": "two-off"})
    await place.publish("brief", EVERYONE)
    await place.until_counts("brief", delivered=1, addressed=1)
    await place.follow("cancel", "brief", {"identifier": "brief-off"})
    await place.until_counts("brief-off", delivered=1, addressed=1)
    await place.connected(awa)

    for device in (nyota, awa):
        await place.until_in_force(device, "one-c")
    assert {name: state for name, state in (await awa.states()).items() if state is not EntryState.CANCEL} == {
        "one": EntryState.WITHDRAWN,
        "two": EntryState.WITHDRAWN,
        "one-c": EntryState.IN_FORCE,
    }
    assert (await nyota.states())["one-b"] is EntryState.WITHDRAWN
    await place.until_counts("one", delivered=2)
    await place.until_counts("one-b", delivered=1, withdrawn=1)
    await place.until_counts("brief", delivered=1, withdrawn=1)
    await place.until_counts("one-c", delivered=2)


@on_site
async def test_a_device_that_is_moved_gets_what_is_in_force_there_and_keeps_the_rest_marked(place: Site) -> None:
    nyota = await place.device("nyota", areas=("KE-047",), roles=("nurse",))
    await place.connected(nyota)
    await place.publish("kenya", {"areas": ["KE"]})
    await place.publish("nairobi", {"areas": ["KE-047"]})
    await place.publish("mombasa", {"areas": ["KE-001"]})
    await place.publish("midwives", {"roles": ["midwife"]})
    await place.until_in_force(nyota, "kenya", "nairobi")

    path = f"/v1/devices/{nyota.name}"
    await place.hub.said("PATCH", path, json={"areas": ["KE-001"], "roles": ["midwife"]})
    await place.until_in_force(nyota, "kenya", "mombasa", "midwives")
    assert (await nyota.states())["nairobi"] is EntryState.ENDED
    await place.until_counts("mombasa", delivered=1)
    await place.until_counts("nairobi")

    await nyota.stop()
    await place.hub.said("PATCH", path, json={"areas": ["KE-047"], "roles": ["nurse"]})
    await place.publish("mombasa-2", {"areas": ["KE-001"]})
    await place.connected(nyota)
    await place.until_in_force(nyota, "kenya", "nairobi")
    assert set(await nyota.states()) == {"kenya", "nairobi", "mombasa", "midwives"}
    assert nyota.alarms() == Counter(["kenya", "nairobi", "mombasa", "midwives"])


@on_site
async def test_another_language_replaces_the_text_without_a_second_alarm(place: Site) -> None:
    nyota = await place.device("nyota")
    await place.connected(nyota)
    await place.publish("one", EVERYONE)
    await _until_alarms(nyota, ["one"])

    async def headlines() -> list[str | None]:
        return [info.headline for info in (await nyota.entries())["one"].alert.info]

    assert await headlines() == ["Boil all water: one"]
    await nyota.client.set_languages(("fr",))
    await until(lambda: _equals(headlines(), ["Faites bouillir l'eau : one"]), "the text is French")
    await place.hub.said("PATCH", f"/v1/devices/{nyota.name}", json={"languages": ["*"]})
    both = ["Boil all water: one", "Faites bouillir l'eau : one"]
    await until(lambda: _equals(headlines(), both), "ops have it in all languages")
    assert nyota.alarms() == nyota.arrivals() == Counter(["one"])


async def _equals(found: Awaitable[object], wanted: object) -> bool:
    return await found == wanted


@on_site
async def test_each_opening_of_a_store_has_one_connection_and_the_older_is_told_so(place: Site) -> None:
    nyota = await place.device("nyota")
    first = await _raw_connection(nyota, opening=11)
    clone = await _raw_connection(nyota, opening=22)
    second = await _raw_connection(nyota, opening=11)
    goodbye = await _goodbye(first)
    assert (goodbye.reason, goodbye.retry_after) == (Reason.REPLACED, REPLACED_WAIT_SECONDS)
    assert first.close_code == FAREWELLS[Reason.REPLACED].close_code

    metrics = await asyncio.to_thread(place.hub.ask, "GET", "/metrics")
    assert "tocsin_devices_connected 2.0" in metrics.text
    place.hub.kill()
    for connection in (clone, second):
        assert await connection.read_message() is not None, "the roll-call had come, and no goodbye"
        connection.abort()


async def _raw_connection(device: Device, opening: int) -> HubConnection:
    """A connection of this device's that has been welcomed."""
    connection = await connect(device.identity, Hello(opening, Resume(0, 0)), lambda: None)
    await _first_of(connection, Welcome)
    return connection


async def _first_of(connection: HubConnection, kind: type[Shown]) -> Shown:
    """The next frame of this kind."""
    async with asyncio.timeout(SECONDS_MAX):
        while (message := await connection.read_message()) is not None:
            assert isinstance(message, bytes)
            frame = Codec().decode(message)
            if isinstance(frame, kind):
                return frame
    raise AssertionError(f"the connection was closed without {kind.__name__}")


async def _goodbye(connection: HubConnection) -> Goodbye:
    """The goodbye that ends a connection."""
    goodbye = await _first_of(connection, Goodbye)
    assert await connection.read_message() is None
    return goodbye


@on_site
async def test_a_revoked_device_is_closed_at_once_and_keeps_its_inbox(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("one", EVERYONE)
    await place.until_counts("one", delivered=2)

    await place.hub.said("DELETE", f"/v1/devices/{nyota.name}", 204)
    await until(lambda: nyota.client.connection.state is LinkState.REVOKED, "nyota knows that it was revoked")
    await place.publish("two", EVERYONE)
    await place.until_counts("two", delivered=1)
    await nyota.stop()
    await nyota.start()
    await until(lambda: nyota.client.connection.state is LinkState.REVOKED, "nyota is refused")
    assert await nyota.in_force() == {"one"}

    place.hub.command("device", "revoke", awa.name)
    await until(lambda: awa.client.connection.state is LinkState.REVOKED, "a command beside the hub revokes too")


@on_site
async def test_a_hub_that_stops_says_goodbye_and_answers_what_it_began(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("before", EVERYONE)
    begun = await asyncio.to_thread(_begin_publish, place, "begun")
    stopping = asyncio.create_task(asyncio.to_thread(place.hub.stop))
    await until(lambda: _is_refused(place.hub.port), "no new connection is taken")
    answer = await asyncio.to_thread(begun.finish)
    assert answer.startswith(b"HTTP/1.1 201"), answer
    assert await stopping == 0
    for device in (nyota, awa):
        await _until_trouble(device, Trouble.HUB_LEFT)
    words = [event.words for event in nyota.events if isinstance(event, ConnectionChanged) and event.trouble]
    assert FAREWELLS[Reason.STOPPING].words in words[0]

    await asyncio.to_thread(place.hub.start)
    await place.publish("after", EVERYONE)
    await place.until_counts("after", delivered=2)
    assert await nyota.in_force() == {"before", "begun", "after"}
    assert nyota.connections() == awa.connections() == 2


async def _until_trouble(device: Device, trouble: Trouble) -> None:
    await until(lambda: trouble in device.troubles(), f"{device.folder.name} has met {trouble}")


class _Begun:
    """A publish whose body has not been sent to its end."""

    def __init__(self, connection: socket.socket, rest: bytes) -> None:
        self._connection = connection
        self._rest = rest

    def finish(self) -> bytes:
        """Send the rest; the answer's beginning."""
        with self._connection as connection:
            connection.sendall(self._rest)
            return connection.recv(65536)


def _begin_publish(place: Site, identifier: str) -> _Begun:
    body = json.dumps({"alert": warning(identifier), "audience": EVERYONE}).encode()
    head = (
        f"POST /v1/alerts HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: Bearer {place.hub.tokens[Role.AUTHOR]}\r\nExpect: 100-continue\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", place.hub.port), timeout=SECONDS_MAX)
    connection.sendall(head.encode())
    assert connection.recv(65536).startswith(b"HTTP/1.1 100"), "the hub has begun with the request"
    connection.sendall(body[:50])
    return _Begun(connection, body[50:])


def _is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX).close()
    except ConnectionRefusedError:
        return True
    return False


@on_site
async def test_what_was_answered_outlives_a_killed_hub(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota)
    answered = await place.publish("one", EVERYONE)
    place.hub.kill()
    await until(lambda: not nyota.is_connected(), "nyota has noticed")
    await nyota.stop()
    await asyncio.to_thread(place.hub.start)
    await place.connected(awa)
    await nyota.start()
    await place.until_counts("one", delivered=2)
    again = await place.publish("two", EVERYONE)
    assert again["number"] > answered["number"]
    assert again["epoch"] != answered["epoch"]
    await place.until_counts("two", delivered=2)
    assert nyota.arrivals() == awa.arrivals() == Counter(["one", "two"])


@on_site
async def test_what_a_restored_hub_lost_is_marked_named_and_merges_when_published_again(place: Site) -> None:
    nyota = await place.device("nyota")
    await place.connected(nyota)
    await place.publish("kept", EVERYONE)
    await place.until_counts("kept", delivered=1)
    place.hub.command("backup", place.folder / "copy")
    late = await place.device("late")
    await place.connected(late)
    for name in ("lost", "lost-too"):
        await place.publish(name, EVERYONE)
        await place.until_counts(name, delivered=2)
    for name in ("kept", "lost"):
        await nyota.client.acknowledge(name)
        await place.until_counts(name, acknowledged=1, delivered=1)

    await asyncio.to_thread(place.hub.stop)
    said = place.hub.command("restore", place.folder / "copy", "--keep")
    assert "Not in the backup" in said
    await asyncio.to_thread(place.hub.start)
    for device in (nyota, late):
        device.client.connect_now()
    await until(lambda: nyota.unconfirmed() == {"lost", "lost-too"}, "nyota was told what the hub lost")
    assert await nyota.in_force() == {"kept", "lost", "lost-too"}
    lost = {(nyota.name, "moh.example,lost"), (nyota.name, "moh.example,lost-too")}
    await until(lambda: _equals(_lost(place), lost), "ops are told which")
    await place.until_counts("kept", acknowledged=1)

    await place.publish("lost", EVERYONE)
    await place.until_counts("lost", acknowledged=1)
    await until(lambda: _equals(_unconfirmed(nyota), {"lost-too"}), "what was published again is confirmed")
    assert nyota.arrivals() == nyota.alarms() == Counter(["kept", "lost", "lost-too"])
    await _until_trouble(late, Trouble.UNKNOWN_CREDENTIAL)
    assert await late.in_force() == {"kept", "lost", "lost-too"}


async def _unconfirmed(device: Device) -> set[str]:
    return {name for name, entry in (await device.entries()).items() if entry.is_unconfirmed}


async def _lost(place: Site) -> set[tuple[str, str]]:
    """(device, identity) of every alert that the hub lost, as ops read it."""
    said = await place.hub.said("GET", "/v1/quarantine", role=Role.VIEWER)
    return {(item["device"], key) for item in said["items"] if item["kind"] == "lost" for key in item["alerts"]}


def test_a_hub_whose_clock_is_set_years_off_loses_nothing_and_raises_no_alarm_twice(tmp_path: Path) -> None:
    years = [0.0]
    clock = HubClock(lambda: time.time() + years[0] * YEAR_S)
    with running_hub(tmp_path / "hub", clock) as hub:
        asyncio.run(_through_the_years(tmp_path / "nyota", hub, years))


async def _through_the_years(folder: Path, hub: RunningHub, years: list[float]) -> None:
    nyota = Device(folder)
    await nyota.join(hub.address, hub.do(hub.hub.make_enrolment_code()), ("en",))

    def publish(identifier: str, **info: str) -> None:
        alert = warning(identifier)
        alert["info"] = [one | info for one in alert["info"]]
        said = hub.ask("POST", "/v1/alerts", json={"alert": alert, "audience": EVERYONE})
        assert said.status_code == 201, said.text

    async def set_clock(to_years: float, *in_force: str) -> None:
        years[0] = to_years
        seconds = time.time() + to_years * YEAR_S
        await until(lambda: abs(hub.hub.now() - seconds) < SECONDS_MAX, "the hub has noticed that its clock was set")
        await until(lambda: _equals(nyota.in_force(), set(in_force)), f"{in_force} hold at {to_years:+} years")

    try:
        await nyota.start()
        publish("brief")
        publish("long", expires=f"{datetime.now(UTC).year + 20}-01-01T00:00:00-00:00")
        await set_clock(0, "brief", "long")
        await set_clock(+5, "long")
        await set_clock(0, "brief", "long")
        await set_clock(-30, "brief", "long")
        publish("back-then")
        await set_clock(-30, "brief", "long", "back-then")
        await set_clock(0, "brief", "long")
        assert nyota.arrivals() == nyota.alarms() == Counter(["brief", "long", "back-then"])
        assert set(await nyota.states()) == {"brief", "long", "back-then"}
    finally:
        await nyota.stop()
