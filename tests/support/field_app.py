"""An application that embeds the field client, as a process to be killed: `python field_app.py FOLDER LEDGER LIFE`.

Whatever it does to the world it first writes into files of its own, flushed to the disk, so that a test can tell what happened
before a kill: `LEDGER/alarms` has a line [life, batch, identity] for each alarm that rang, `LEDGER/acknowledged` one
[identity] for each acknowledgement that returned. It acknowledges what `is_to_acknowledge` says. Whoever holds the device is
impatient, and has it connect again soon.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zlib
from pathlib import Path

from client import AlarmDue, AlertArrived, ConnectionChanged, Event, FieldClient, LinkState

ALARM_PATIENCE_S = 0.1
PATIENCE_S = 0.2


def is_to_acknowledge(key: str) -> bool:
    """Half of all alerts, the same in every life."""
    return zlib.crc32(key.encode()) % 2 == 0


class Application:
    """One life of it."""

    def __init__(self, folder: Path, ledger: Path, life: int) -> None:
        self._client = FieldClient(folder, alarm_patience_s=ALARM_PATIENCE_S)
        self._ledger = ledger
        self._life = life
        self._batch = 0
        self._arrived: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Until it is killed."""
        client = self._client
        client.on_event(self._told)
        await client.start()
        for entry in await client.inbox():
            if entry.receipt is None:
                self._arrived.put_nowait(entry.key)
        while True:
            key = await self._arrived.get()
            if is_to_acknowledge(key):
                await client.acknowledge(key)
                self._write("acknowledged", [[key]])

    def _told(self, event: Event) -> None:
        if isinstance(event, AlertArrived):
            self._arrived.put_nowait(event.entry.key)
        if isinstance(event, AlarmDue):
            self._batch += 1
            self._write("alarms", [[self._life, self._batch, entry.key] for entry in event.entries])
        if isinstance(event, ConnectionChanged) and event.state is LinkState.WAITING:
            asyncio.get_running_loop().call_later(PATIENCE_S, self._client.connect_now)

    def _write(self, name: str, lines: list[list[object]]) -> None:
        with (self._ledger / name).open("a") as file:
            file.write("".join(f"{json.dumps(line)}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    asyncio.run(Application(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).run())
