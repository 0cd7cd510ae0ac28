"""Another machine's web server, on this one: it answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

END_S_MAX = 30.0


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Route = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request under way."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, dict(self.headers.items()), body)
        with self.server.lock:
            self.server.asked.append(asked)
        route = self.server.routes.get(self.path.partition("?")[0], answer(b"nothing here", 404))
        self.close_connection = True
        try:
            route(self)
        except (BrokenPipeError, ConnectionError):
            return

    def say(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


def answer(body: bytes, status: int = 200, **headers: str) -> Route:
    """Answer this; in names of headers an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def route(exchange: Exchange) -> None:
        exchange.say(status, {"Content-Length": str(len(body)), **named})
        if exchange.command != "HEAD":
            exchange.wfile.write(body)

    return route


def redirect(location: str, status: int = 302) -> Route:
    """Send elsewhere."""
    return answer(b"", status, Location=location)


def conditional(body: bytes, etag: str, **headers: str) -> Route:
    """Answer this, or 304 to whoever has it."""
    fresh, known = answer(body, 200, ETag=etag, **headers), answer(b"", 304, ETag=etag)
    return lambda exchange: (known if exchange.headers.get("If-None-Match") == etag else fresh)(exchange)


def endless(beginning: bytes = b"", *, length: int = 2 * 1024**3, says_length: bool = False) -> Route:
    """A body of so many bytes, made as it is sent."""

    def route(exchange: Exchange) -> None:
        exchange.say(200, {"Content-Length": str(length)} if says_length else {"Connection": "close"})
        exchange.wfile.write(beginning)
        piece, left = b"<!-- nothing -->" * 4096, length - len(beginning)
        while left > 0:
            left -= exchange.wfile.write(piece[:left])

    return route


def gzip_bomb(length: int = 512 * 1024**2) -> Route:
    """A small body that unpacks to so many bytes."""
    one = gzip.compress(b"\0" * 1024**2, 9)
    return answer(one * (length // 1024**2), 200, Content_Encoding="gzip")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.lock = threading.Lock()


class OtherServer:
    """A server that runs. Set `routes`: path -> what it answers."""

    def __init__(self, server: _Server, scheme: str) -> None:
        self._server = server
        self.routes = server.routes
        self.port: int = server.server_address[1]
        self.address = f"{scheme}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[Asked]:
        """The requests so far, in order."""
        with self._server.lock:
            return list(self._server.asked)

    def asked_for(self, path: str) -> list[Asked]:
        """Those for a path."""
        return [one for one in self.asked if one.path.partition("?")[0] == path]


@contextmanager
def other_server(tls: tuple[Path, Path] | None = None) -> Iterator[OtherServer]:
    """A server on a free port of the loopback address; with TLS by a certificate and its key."""
    server = _Server()
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="other-server", daemon=True)
    thread.start()
    try:
        yield OtherServer(server, "https" if tls else "http")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(END_S_MAX)
        assert not thread.is_alive(), "the server did not end"
