"""Tornado's HTTP server with the limits that it lacks, and with problem documents where it has a bare 400.

    connection ──▶ too many? 503        headers ──▶ late: cut · too large: 431 · malformed: 400
    body ──▶ too large: 413 · large, of a stranger: 401 · large ones together: 503 · late: 408, and cut
    answer ──▶ not taken: cut

Tornado as it comes waits for headers for an hour and for a body for ever, and answers what it cannot parse with a bare
status line. Where it offers no way to change that, a method of one connection object is wrapped (`_guard`).
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from http.client import responses
from typing import Any

import structlog
from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
    parse_request_start_line,
)
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import Application

from server.api.problems import MEDIA_TYPE, ProblemError, document
from server.metrics import Metrics
from server.settings import Limits

_logger = structlog.get_logger("server.http")

LINGER_SECONDS = 2.0
LINGER_BYTES = 4 * 1024 * 1024
"""How much of a refused body is read and dropped, so that the sender gets to read why (closing at once would reset it)."""


class LimitedServer(HTTPServer):
    """The hub's HTTP server. `body_max(method, path)` is how many bytes a body may have; `may_send(headers)` whether somebody
    may send a large one, or why not."""

    def initialize(  # type: ignore[override]
        self,
        application: Application,
        limits: Limits,
        metrics: Metrics,
        body_max: Callable[[str, str], int],
        may_send: Callable[[HTTPHeaders], Awaitable[ProblemError | None]],
        ssl_options: ssl.SSLContext | None = None,
    ) -> None:
        """Called by Tornado's constructor."""
        self.limits = limits
        self.metrics = metrics
        self.body_max = body_max
        self.may_send = may_send
        self.bytes_in_flight = 0
        self.in_progress: set[object] = set()
        self.is_stopping = False
        self._streams: dict[int, IOStream] = {}
        self._lingering: set[asyncio.Task[None]] = set()
        super().initialize(
            application,
            ssl_options=ssl_options,
            idle_connection_timeout=limits.header_seconds,
            # Beyond this Tornado closes without a word; what lies between it and our own bound is told so.
            max_header_size=4 * limits.header_bytes_max,
            max_buffer_size=2 * max(limits.body_bytes_max, limits.import_bytes_max),
        )

    @property
    def connection_count(self) -> int:
        """Connections that speak HTTP; devices' have left."""
        return len(self._streams)

    def stop(self) -> None:
        """Accept no more connections and begin no more requests; `finish` waits for those that have begun."""
        self.is_stopping = True
        super().stop()

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """A connection has been accepted."""
        if self.connection_count >= self.limits.http_connections_max:
            self.metrics.cut.labels("too many connections").inc()
            self.tell(stream, "overloaded", "too many connections", {"Retry-After": "30"})
            return
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """A connection waits for its next request."""
        assert isinstance(server_conn, HTTP1ServerConnection) and isinstance(request_conn, HTTP1Connection)
        self._streams[id(server_conn)] = server_conn.stream
        _guard(request_conn, self)
        return _Reception(super().start_request(server_conn, request_conn), server_conn, request_conn, self)

    def on_close(self, server_conn: object) -> None:
        """A connection has ended, or is a device's now."""
        self._streams.pop(id(server_conn), None)
        self.in_progress.discard(server_conn)
        super().on_close(server_conn)

    def ended(self, server_conn: object) -> None:
        """The request that came over this connection has been answered."""
        self.in_progress.discard(server_conn)

    def tell(self, stream: IOStream, name: str, detail: str, headers: dict[str, str] | None = None) -> None:
        """Write a problem to a connection of which nothing more will be read, and close it."""
        task = asyncio.get_running_loop().create_task(self.told(stream, name, detail, headers, linger=True))
        self._lingering.add(task)
        task.add_done_callback(self._lingering.discard)

    async def told(
        self, stream: IOStream, name: str, detail: str, headers: dict[str, str] | None = None, *, linger: bool
    ) -> None:
        """As `tell`; returns when the connection is closed."""
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                await stream.write(_raw_problem(name, detail, headers or {}))
                dropped = 0
                while linger and dropped < LINGER_BYTES:
                    dropped += len(await stream.read_bytes(65536, partial=True))
        except (StreamClosedError, TimeoutError):
            return
        finally:
            stream.close()

    async def finish(self, seconds: float) -> None:
        """Wait until what was begun has been answered and written, or `seconds` have passed; then close all."""
        try:
            async with asyncio.timeout(seconds):
                while self.in_progress or self._is_writing():  # noqa: ASYNC110 - streams do not say when they are done
                    await asyncio.sleep(0.01)
        except TimeoutError:
            _logger.warning("requests were not finished in time", requests=len(self.in_progress))
        await self.close_all_connections()

    def _is_writing(self) -> bool:
        return any(stream.writing() for stream in self._streams.values())


def _raw_problem(name: str, detail: str, headers: dict[str, str]) -> bytes:
    made = document(name, detail)
    body = json.dumps(made, ensure_ascii=False).encode()
    status = int(str(made["status"]))
    lines = [
        f"HTTP/1.1 {status} {responses[status]}",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{header}: {value}" for header, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Reception(HTTPMessageDelegate):
    """Stands before the application: is this request within the limits?"""

    def __init__(
        self, inner: HTTPMessageDelegate, server_conn: object, connection: HTTP1Connection, server: LimitedServer
    ) -> None:
        self._inner = inner
        self._server_conn = server_conn
        self._connection = connection
        self._server = server
        self._is_passed_on = False
        self._reserved = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """The request's head is here."""
        assert isinstance(start_line, RequestStartLine), "this is a server"
        limits = self._server.limits
        if self._server.is_stopping:
            return self._refuse("stopping", "the hub is stopping; try again in a moment", {"Retry-After": "5"})
        if _head_bytes(start_line, headers) > limits.header_bytes_max:
            return self._refuse("headers-too-large", f"the headers exceed {limits.header_bytes_max} bytes")
        body_max = self._server.body_max(start_line.method, start_line.path.partition("?")[0])
        self._connection.set_max_body_size(body_max)
        announced = _announced(headers, body_max)
        if announced > limits.small_body_bytes_max:
            return self._admit_large(announced, start_line, headers)
        return self._pass_on(start_line, headers)

    async def _admit_large(self, announced: int, start_line: RequestStartLine, headers: HTTPHeaders) -> None:
        """A large body needs a credential before it comes, and room: so a stranger cannot keep publishers out."""
        server = self._server
        refusal = await server.may_send(headers)
        if refusal is not None:
            await self._refuse(refusal.name, refusal.detail, refusal.headers)
        elif server.bytes_in_flight + announced > server.limits.body_bytes_in_flight_max:
            await self._refuse("overloaded", "too many large bodies are being received", {"Retry-After": "5"})
        else:
            self._reserved = announced
            server.bytes_in_flight += announced
            passed_on = self._pass_on(start_line, headers)
            if passed_on is not None:
                await passed_on

    def _pass_on(self, start_line: RequestStartLine, headers: HTTPHeaders) -> Awaitable[None] | None:
        try:
            received = self._inner.headers_received(start_line, headers)
        except HTTPInputError as error:
            return self._refuse("bad-request", str(error))
        self._is_passed_on = True
        self._server.in_progress.add(self._server_conn)
        return received

    def _refuse(self, name: str, detail: str, headers: dict[str, str] | None = None) -> Awaitable[None]:
        self._server.metrics.cut.labels(name).inc()
        return self._server.told(self._connection.stream, name, detail, headers, linger=True)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """A piece of the body."""
        return self._inner.data_received(chunk) if self._is_passed_on else None

    def finish(self) -> None:
        """The body is complete."""
        self._release()
        if self._is_passed_on:
            self._inner.finish()

    def on_connection_close(self) -> None:
        """The connection ended before the body did."""
        self._release()
        self._server.ended(self._server_conn)
        if self._is_passed_on:
            self._inner.on_connection_close()

    def _release(self) -> None:
        self._server.bytes_in_flight -= self._reserved
        self._reserved = 0


def _head_bytes(start_line: RequestStartLine, headers: HTTPHeaders) -> int:
    return len(start_line.path) + sum(len(name) + len(value) + 4 for name, value in headers.get_all())


def _announced(headers: HTTPHeaders, body_max: int) -> int:
    """How many bytes a body may bring: what it says, at most what it may have."""
    if "Transfer-Encoding" in headers:
        return body_max
    length = headers.get("Content-Length", "0")
    return min(int(length), body_max) if length.isdecimal() and len(length) < 16 else 0


def _guard(connection: HTTP1Connection, server: LimitedServer) -> None:
    """Make one connection object say what is wrong, where Tornado writes a bare 400; and give bodies a deadline.

    Both methods are Tornado's private ones; a test notices if they are no longer called.
    """
    parse_headers, read_body = connection._parse_headers, connection._read_body

    def parse_headers_or_tell(data: bytes) -> tuple[str, HTTPHeaders]:
        try:
            start_line, headers = parse_headers(data)
            parse_request_start_line(start_line)
            return start_line, headers
        except HTTPInputError:
            # What could not be parsed may hold a credential: it is neither repeated nor logged.
            server.tell(connection.stream, "bad-request", "the request's headers are malformed")
            raise StreamClosedError from None

    def read_body_or_tell(code: int, headers: HTTPHeaders, delegate: HTTPMessageDelegate) -> Awaitable[None] | None:
        if connection.stream.closed():
            raise StreamClosedError
        limits = server.limits
        length = _announced(headers, connection._max_body_size)
        seconds = limits.body_seconds + length / limits.body_bytes_per_second
        try:
            reading = read_body(code, headers, delegate)
        except HTTPInputError as error:
            return _told_of_body(error, connection, server)
        return None if reading is None else _read_in_time(reading, seconds, connection, server)

    connection._parse_headers = parse_headers_or_tell  # type: ignore[method-assign]
    connection._read_body = read_body_or_tell  # type: ignore[method-assign]


async def _read_in_time(
    reading: Awaitable[None], seconds: float, connection: HTTP1Connection, server: LimitedServer
) -> None:
    try:
        async with asyncio.timeout(seconds):
            await reading
    except TimeoutError:
        server.metrics.cut.labels("request-timeout").inc()
        await server.told(
            connection.stream, "request-timeout", f"the body took more than {seconds:.0f} s", linger=False
        )
        raise StreamClosedError from None
    except HTTPInputError as error:
        await _told_of_body(error, connection, server)


async def _told_of_body(error: HTTPInputError, connection: HTTP1Connection, server: LimitedServer) -> None:
    """Answer what is wrong with a body, unless an answer has begun."""
    if "too l" in str(error):  # "Content-Length too long", "chunked body too large"
        name, detail = "content-too-large", f"the body may have {connection._max_body_size} bytes here"
    else:
        name, detail = "bad-request", f"the body's framing is wrong: {error}"
    server.metrics.cut.labels(name).inc()
    await server.told(connection.stream, name, detail, linger=True)
    raise StreamClosedError
