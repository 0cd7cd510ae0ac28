"""A hub end that is no hub: numbered texts behind a WebSocket, sent from where the address says."""

from __future__ import annotations

import asyncio
import json
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

PUBLISHED: list[str] = []
NODELAY = "--nagle" not in sys.argv


class Log(WebSocketHandler):
    def open(self, after: str) -> None:
        self.set_nodelay(NODELAY)  # else the first message waits until the 101 has been acknowledged
        for number, text in enumerate(PUBLISHED[int(after) :], start=int(after) + 1):
            self.write_message(f"{number} {text}")

    def on_message(self, message: str | bytes) -> None:
        """Nothing is expected."""


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main(host: str) -> None:
    server = HTTPServer(Application([(r"/log/(\d+)", Log)]))
    (socket,) = bind_sockets(0, host)
    server.add_sockets([socket])
    PUBLISHED.append("seen before")
    _say(port=socket.getsockname()[1], join="secret")
    while line := await asyncio.to_thread(sys.stdin.readline):
        count = json.loads(line)["publish"]
        PUBLISHED.extend(["x" * 50] * count)
        _say(published=count)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[-1]))
