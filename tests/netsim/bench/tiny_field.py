"""A field end that is no client: it keeps a count, and asks for what comes after it."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from tornado.websocket import WebSocketClientConnection, websocket_connect


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def _told() -> dict[str, object]:
    line = await asyncio.to_thread(sys.stdin.readline)
    told: dict[str, object] = json.loads(line) if line else {}
    return told


async def _resume(address: str, count: int) -> None:
    connection: WebSocketClientConnection = await websocket_connect(f"{address}/log/1")
    answered_at, stored_at = time.monotonic(), []
    for _ in range(count):
        assert await connection.read_message() is not None
        stored_at.append(time.monotonic())
    _say(answered_at=answered_at, stored_at=stored_at)
    connection.close()


async def main() -> None:
    _say(ready=True)
    joining = await _told()
    assert joining["join"] == "secret"
    address = f"ws://{joining['host']}:{joining['port']}"
    connection = await websocket_connect(f"{address}/log/0")
    assert await connection.read_message() == "1 seen before"
    connection.close()
    assert await connection.read_message() is None
    _say(joined=True)
    while told := await _told():
        count = told["resume"]
        assert isinstance(count, int)
        await _resume(address, count)


if __name__ == "__main__":
    asyncio.run(main())
