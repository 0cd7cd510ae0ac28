"""Services that have nothing to do with Tocsin, on an event loop in a thread: what anybody may put behind a bad network.

`EchoService.address` speaks plain TCP and gives back what it hears; `web` speaks HTTP (GET / is "Hello\\n", POST / gives the body
back) and WebSocket (at /ws, an echo).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

PATIENCE_S = 30.0


class _Page(RequestHandler):
    def get(self) -> None:
        self.write("Hello\n")

    def post(self) -> None:
        self.write(self.request.body)


class _Socket(WebSocketHandler):
    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


class EchoService:
    """Both services, running."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="echo", daemon=True)
        self._thread.start()
        self.address, self.web = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(PATIENCE_S)

    async def _start(self) -> tuple[str, str]:
        self._echo = await asyncio.start_server(_echo, "127.0.0.1", 0)
        self._web = HTTPServer(Application([("/", _Page), ("/ws", _Socket)]))
        sockets = bind_sockets(0, "127.0.0.1")
        self._web.add_sockets(sockets)
        return _address(self._echo.sockets[0]), _address(sockets[0])

    def stop(self) -> None:
        """Listen no more."""

        async def stop() -> None:
            self._echo.close()
            self._web.stop()
            await self._web.close_all_connections()

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


def _address(listener: socket.socket) -> str:
    return "{}:{}".format(*listener.getsockname()[:2])


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@contextmanager
def echo_service() -> Iterator[EchoService]:
    """Both services for as long as the block lasts."""
    service = EchoService()
    try:
        yield service
    finally:
        service.stop()


def connected(address: str) -> socket.socket:
    """A connection to host:port that a test does not wait for without end."""
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side ends."""
    heard = b""
    while chunk := connection.recv(65536):
        heard += chunk
    return heard


def exactly(connection: socket.socket, count: int) -> bytes:
    """So many bytes, or what came before the end."""
    heard = b""
    while len(heard) < count and (chunk := connection.recv(count - len(heard))):
        heard += chunk
    return heard


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: echo\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GET = b"GET / HTTP/1.1\r\nHost: echo\r\n\r\n"
