"""A hub trains a dictionary on what it has sent; a device fetches it over a link that is cut, and alerts take fewer bytes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.cap.model import Alert
from alerts.dictionary.shipped import shipped
from alerts.wire.dictionary import short_name
from client import AlertArrived, FieldClient, dictionaries, fetching
from client.dictionaries import Dictionaries
from client.store.dictionaries import State
from server.cli import main
from tests.support.history import history
from tests.support.hub import RunningHub, running_hub
from tests.support.stores import EVERYONE, PUBLISHER
from tests.support.waiting import until

RANGE = 1024


class Wire:
    """Between a device and its hub: counts what comes down to the device's WebSocket, and cuts a fetch where it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.down = 0
        self.ranges: list[str] = []
        self.cut_after: int | None = None
        self.port = 0
        self._tasks: set[asyncio.Task[object]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        current = asyncio.current_task()
        assert current is not None
        self._tasks.add(current)
        hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = await reader.readuntil(b"\r\n\r\n")
        hub_writer.write(head)
        is_fetch = b" /v1/dictionaries/" in head
        self._note(head)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._up(reader, hub_writer))
                both.create_task(self._down(hub_reader, writer, is_fetch))
        except* OSError:
            pass
        finally:
            writer.close()
            hub_writer.close()

    def _note(self, data: bytes) -> None:
        self.ranges += [line[7:].decode() for line in data.split(b"\r\n") if line.startswith(b"Range: ")]

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self._note(data)
            writer.write(data)
        raise ConnectionResetError

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_fetch: bool) -> None:
        while data := await reader.read(512):
            if is_fetch and self.cut_after is not None and len(self.ranges) > self.cut_after:
                raise ConnectionResetError
            self.down += 0 if is_fetch else len(data)
            writer.write(data)
        raise ConnectionResetError


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path / "hub") as running:
        yield running


@pytest.fixture(autouse=True)
def _small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (dictionaries, fetching):
        monkeypatch.setattr(module, "RANGE_BYTES", RANGE)


@asynccontextmanager
async def device(folder: Path) -> AsyncIterator[FieldClient]:
    """A device that runs and has caught up."""
    client = FieldClient(folder, dictionaries=Dictionaries.ALWAYS)
    arrived: list[str] = []
    client.on_event(lambda event: arrived.append(event.entry.key) if isinstance(event, AlertArrived) else None)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def there(client: FieldClient) -> list[tuple[State, int]]:
    assert client._worker is not None
    return [(one.state, one.there) for one in await client._worker.do(lambda store: store.fetched())]


async def bytes_of(alert: Alert, hub: RunningHub, client: FieldClient, wire: Wire) -> int:
    """What comes down the wire for one alert."""
    before = wire.down
    await asyncio.to_thread(lambda: hub.do(hub.hub.publish(alert, EVERYONE, by=PUBLISHER)))

    async def has_come() -> bool:
        return alert.key in {entry.key for entry in await client.inbox()}

    await until(has_come, f"{alert.key} has come")
    return wire.down - before


def test_a_dictionary_is_trained_fetched_across_a_cut_and_makes_alerts_smaller(tmp_path: Path, hub: RunningHub) -> None:
    old = list(history(120, days=1, beginning=datetime.now(UTC)))
    new = list(history(6, days=1, beginning=datetime.now(UTC), seed=1))
    first, second = (alert.model_copy(update={"identifier": f"new-{at}"}) for at, alert in enumerate((new[1], new[4])))
    for alert in old:
        hub.do(hub.hub.publish(alert, EVERYONE, by=PUBLISHER))
    code = hub.do(hub.hub.make_enrolment_code())

    async def run() -> None:
        wire, folder = Wire(hub.process.port), tmp_path / "device"
        await wire.start()
        await FieldClient.join(folder, f"http://127.0.0.1:{wire.port}", code)
        async with device(folder) as client:

            async def has_all() -> bool:
                return len(await client.inbox()) == len(old)

            await until(has_all, "the device has what was sent before")
            with_shipped = await bytes_of(first, hub, client, wire)
        await asyncio.to_thread(train, hub)
        wire.cut_after = 2
        async with device(folder) as client:
            await until(lambda: len(wire.ranges) > 2, "the fetch is cut")
            await until(lambda: client._link is not None and client._link._fetching._task is not None, "it was begun")
            task = client._link._fetching._task if client._link else None
            assert task is not None
            await task
            assert await there(client) == [(State.PART, 2 * RANGE)]
        wire.cut_after, wire.ranges = None, []
        async with device(folder) as client:

            async def is_whole() -> bool:
                return [state for state, _ in await there(client)] == [State.WHOLE]

            await until(is_whole, "the dictionary is there")
            assert wire.ranges[0] == f"bytes={2 * RANGE}-{3 * RANGE - 1}"
        async with device(folder) as client:
            await until(lambda: client.connection.state.name == "CONNECTED", "it has connected again")
            assert await bytes_of(second, hub, client, wire) < 0.8 * with_shipped
        await wire.stop()

    asyncio.run(run())


def train(hub: RunningHub) -> None:
    """As ops would, and wait until the hub has taken note."""
    with contextlib.suppress(SystemExit):
        main(["dictionary", "train", "--data", str(hub.process.settings.data), "--size", "16"])
    (listed,) = (row for row, _ in hub.do(hub.hub.dictionaries()))
    names = [short_name(shipped().address)]
    asyncio.run(until(lambda: hub.process.dictionaries.offer(names), f"the hub offers {listed.address.hex()}"))
