"""One WebSocket connection to the hub: made in bounded time and memory, and watched for every byte that arrives."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import ssl
import struct
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from tornado.http1connection import HTTP1Connection
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.simple_httpclient import HTTPStreamClosedError, HTTPTimeoutError
from tornado.util import _websocket_mask
from tornado.websocket import WebSocketClientConnection, WebSocketError

from alerts import limits
from alerts.wire.handshake import AT_PREFIX, SUBPROTOCOL, Hello, pack_hello
from client.address import connect_url
from client.patience import PATIENCE_SECONDS_MIN
from client.store import Identity
from client.tls import HubTls
from client.trouble import End, Trouble

ANSWER_BYTES_MAX = 64 * 1024
"""The body of an answer that is no upgrade: an error of the hub's, or some network's sign-in page."""

DETAIL_CHARS_MAX = 200
BINARY_FINAL, MASKED = 0x82, 0x80

NO_UPGRADE_STATUSES = frozenset({426, 501})
"""What a proxy says that knows no WebSocket (RFC 9110 §15.5.22, §15.6.2)."""


class ConnectError(Exception):
    """No connection came about; `end` says why."""

    def __init__(self, end: End) -> None:
        super().__init__(end.words)
        self.end = end


class HubConnection(WebSocketClientConnection):
    """A connection that tells of arriving bytes, whole message or not."""

    def __init__(self, request: HTTPRequest, at: str, on_bytes: Callable[[], None]) -> None:
        self._on_bytes = on_bytes
        self._iostream: IOStream | None = None
        self._is_closed = asyncio.Event()
        super().__init__(
            request, max_message_size=limits.FRAME_BYTES_MAX, subprotocols=[SUBPROTOCOL, f"{AT_PREFIX}{at}"]
        )
        self.max_body_size = ANSWER_BYTES_MAX
        self.max_header_size = ANSWER_BYTES_MAX
        self.max_buffer_size = limits.FRAME_BYTES_MAX + ANSWER_BYTES_MAX

    def _create_connection(self, stream: IOStream) -> HTTP1Connection:
        """The headers are complete; called by Tornado right before they are written. Its own name is not worth its bytes."""
        self.request.headers.pop("User-Agent", None)
        return super()._create_connection(stream)

    async def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """The hub has answered; called by Tornado."""
        try:
            await super().headers_received(start_line, headers)
        except (AssertionError, KeyError):  # how Tornado says that a 101 is none of RFC 6455's
            self.protocol = None
            self.connect_future.set_exception(WebSocketError("an upgrade that does not follow RFC 6455"))
        if self.protocol is not None and self.protocol.stream is not None:
            self.protocol.set_nodelay(True)
            self._iostream = self.protocol.stream
            self._watch(self.protocol.stream)

    @property
    def socket(self) -> object:
        """The socket beneath, an `ssl.SSLSocket` over TLS; None where it is gone."""
        return getattr(self._iostream, "socket", None)

    @property
    def own_address(self) -> str:
        """This machine's own address on the connection; empty where it is gone."""
        try:
            return str(self._iostream.socket.getsockname()[0]) if self._iostream is not None else ""
        except (OSError, AttributeError, IndexError):
            return ""

    def on_connection_close(self) -> None:
        """The connection is gone; called by Tornado."""
        self._is_closed.set()
        super().on_connection_close()

    def _watch(self, stream: IOStream) -> None:
        read_from_fd = stream.read_from_fd

        def read_and_tell(buffer: bytearray | memoryview) -> int | None:
            count = read_from_fd(buffer)
            if count:
                self._on_bytes()
            return count

        stream.read_from_fd = read_and_tell  # type: ignore[method-assign, assignment]  # sees half a message

    def send(self, messages: tuple[bytes, ...]) -> None:
        """Write messages. On a connection that is closed nothing happens: what arrived before can still be read."""
        protocol, stream = self.protocol, self._iostream
        if not messages or protocol is None or stream is None or protocol.is_closing():
            return
        joined = b"".join(masked_frame(message, os.urandom(4)) for message in messages)
        try:
            stream.write(joined).add_done_callback(lambda done: done.exception())
        except StreamClosedError:
            self.close()

    async def closed(self, seconds_max: float) -> None:
        """Close, and wait until the other side has closed too, so that what was sent last has left; not longer than so."""
        self.close()
        draining = asyncio.ensure_future(self._drain())
        try:
            async with asyncio.timeout(seconds_max):
                await self._is_closed.wait()
        except TimeoutError:
            pass
        finally:
            draining.cancel()

    async def _drain(self) -> None:
        while await self.read_message() is not None:
            continue

    def abort(self) -> None:
        """End it without waiting for the other side."""
        self.final_callback = None  # type: ignore[assignment]  # a connect that is under way closes when it finds this
        stream = self._iostream or getattr(self, "stream", None)
        self.close()
        if stream is not None:
            stream.close()


def masked_frame(message: bytes, mask: bytes) -> bytes:
    """A binary message of a client as one masked frame (RFC 6455 §5.2)."""
    size = len(message)
    if size < 126:
        head = struct.pack("!BB", BINARY_FINAL, MASKED | size)
    elif size <= 0xFFFF:
        head = struct.pack("!BBH", BINARY_FINAL, MASKED | 126, size)
    else:
        head = struct.pack("!BBQ", BINARY_FINAL, MASKED | 127, size)
    return head + mask + bytes(_websocket_mask(mask, message))


async def connect(
    identity: Identity,
    hello: Hello,
    on_bytes: Callable[[], None],
    tls: HubTls | None = None,
    patience_s: float = PATIENCE_SECONDS_MIN,
) -> HubConnection:
    """Connect and say where this device stands. `tls` outlives connections, so that each can resume the one before.

    `patience_s`: from the first packet to the hub's 101, name lookup, TCP and TLS included.

    Raises ConnectError: it did not come about; says why, and when to come back if the hub said so.
    """
    tls = tls or HubTls(identity.ca_file)
    try:
        request = _request(identity, tls, patience_s)
    except OSError as error:
        raise ConnectError(_end(error)) from error
    connection = HubConnection(request, pack_hello(hello), on_bytes)
    try:
        await connection.connect_future
        if connection.selected_subprotocol != SUBPROTOCOL:
            raise ConnectError(End(Trouble.NOT_A_HUB, f"it does not speak {SUBPROTOCOL}"))
        tls.keep(connection.socket)
    except BaseException as error:
        connection.abort()
        if isinstance(error, ssl.SSLCertVerificationError):
            tls.forget()
        if isinstance(error, Exception):
            raise ConnectError(_end(error)) from error
        raise
    return connection


def _request(identity: Identity, tls: HubTls, patience_s: float) -> HTTPRequest:
    is_secure = identity.address.startswith("https:")
    return HTTPRequest(
        connect_url(identity.address),
        headers=HTTPHeaders({"Authorization": f"Bearer {identity.token}"}),
        connect_timeout=patience_s,
        request_timeout=patience_s,
        follow_redirects=False,
        decompress_response=False,
        allow_nonstandard_methods=False,
        validate_cert=True,
        ssl_options=tls.context() if is_secure else None,
    )


def _end(error: Exception) -> End:
    match error:
        case ConnectError():
            return error.end
        case HTTPTimeoutError():
            return End(Trouble.NO_ANSWER)
        case HTTPClientError(response=HTTPResponse() as response):
            return _end_of_answer(response)
        case WebSocketError():
            return End(Trouble.NOT_A_HUB)
        case ssl.SSLCertVerificationError():
            return End(Trouble.CERTIFICATE, error.verify_message)
        case FileNotFoundError():
            return End(Trouble.CERTIFICATE, "the file of certificates that was given when joining is gone")
        case socket.gaierror():
            return End(Trouble.UNREACHABLE, "its name is not known here")
        case StreamClosedError() | HTTPStreamClosedError():
            return End(Trouble.BROKEN, "while connecting")
        case OSError():
            return End(Trouble.UNREACHABLE, error.strerror or type(error).__name__)
    return End(Trouble.NOT_A_HUB, f"{type(error).__name__}: {error}"[:DETAIL_CHARS_MAX])


def _end_of_answer(response: HTTPResponse) -> End:
    """What an HTTP status means. Only problem details (RFC 9457) are the hub's own words."""
    kind, detail = _problem(response)
    told = _retry_after(response)
    if kind == "credential-revoked":
        return End(Trouble.REVOKED, detail)
    if response.code in (429, 503):
        return End(Trouble.BUSY, detail, told)
    if response.code in (502, 504):
        return End(Trouble.UNREACHABLE, f"status {response.code} from something before it")
    if kind == "upgrade-required" or (kind is None and response.code in NO_UPGRADE_STATUSES):
        return End(Trouble.NO_WEBSOCKET, f"status {response.code}")
    if kind is None:
        return End(Trouble.NOT_A_HUB, f"status {response.code}")
    if response.code == 401:
        return End(Trouble.UNKNOWN_CREDENTIAL, detail)
    return End(Trouble.REFUSED, detail or f"status {response.code}", told)


def _problem(response: HTTPResponse) -> tuple[str | None, str]:
    """The name at the end of a problem's type, and its words; (None, "") where the answer is no problem details."""
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return None, ""
    try:
        problem = json.loads(response.body)
    except ValueError:
        return None, ""
    if not isinstance(problem, dict):
        return None, ""
    words = problem.get("detail") or problem.get("title") or ""
    return re.split("[/#]", str(problem.get("type", "")))[-1], str(words)[:DETAIL_CHARS_MAX]


def _retry_after(response: HTTPResponse) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds; a date is counted from the answer's own Date, not by our wall clock."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(response.headers.get("Date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None
