"""Asking another machine by HTTP, within bounds and by the policy.

    answer = await outbound.ask("GET", "https://feed.example/cap.atom", headers={"If-None-Match": '"1"'})
    answer.status, answer.headers, answer.body, answer.address

What whoever asks can rely on:

- Only what the policy allows is connected to. A name is looked up once and the connection goes to an address that was judged, so
  a name that answers differently the second time gains nothing. At each redirect all of this begins again.
- Redirects are followed for GET and HEAD only, five at most, never from https to http. At another origin only harmless headers
  (`KEPT_ELSEWHERE`) go along: no credential does.
- The bounds hold for the whole, redirects included. The body is counted as it is unpacked, and cut off at the limit: nobody
  makes the hub hold more than `body_bytes`, however small what was sent, nor wait longer than `seconds`.
- TLS is verified, against the authorities that the machine trusts (SSL_CERT_FILE is heeded). Proxies in the environment are not.
- Every failure is an OutboundError with a Reason. An answer of any status is an answer.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPInputError, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.netutil import Resolver
from tornado.tcpclient import TCPClient

from server.outbound.errors import OutboundError, Reason
from server.outbound.policy import Policy, Target, read_address

REDIRECTS_MAX = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_ELSEWHERE = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
"""Request headers that go along to another origin."""
USER_AGENT = "tocsin-hub"
HEADER_BYTES_MAX = 32 * 1024
NAME_THREADS = 4
"""Names that are looked up at once."""

_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "expect"}
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much. `seconds` is for the whole, `connect_seconds` for each connection with its TLS."""

    seconds: float = 30.0
    connect_seconds: float = 10.0
    body_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. `address`: of whoever answered, after redirects; `body`: unpacked."""

    status: int
    headers: HTTPHeaders
    body: bytes
    address: str


LookUp = Callable[[str, int], Awaitable[list[tuple[int, Any]]]]
"""Host and port -> the address family and socket address of each of its addresses. Raises OSError."""


class Outbound:
    """Asks other machines. One for a hub; `close` it at the end."""

    def __init__(self, policy: Policy, *, tls: ssl.SSLContext | None = None, look_up: LookUp | None = None) -> None:
        self._policy = policy
        self._tls = tls
        self._names = asyncio.Semaphore(NAME_THREADS)
        self._look_up = look_up or self._look_up_in_thread
        self._is_closed = False

    def close(self) -> None:
        """Ask nobody any more: the hub is stopping."""
        self._is_closed = True

    def check(self, address: str) -> None:
        """Whether an address may be asked as far as can be said without looking up its name; for what people set up.

        Raises OutboundError ADDRESS_INVALID or ADDRESS_REFUSED.
        """
        target = read_address(address)
        try:
            objection = self._policy.objection(target.host)
        except ValueError:
            return
        if objection:
            raise _refused(target, [f"{target.host} {objection}"])

    async def ask(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        bounds: Bounds | None = None,
    ) -> Answered:
        """One request and its answer; of redirects the last one's. Raises OutboundError."""
        bounds = bounds or Bounds()
        target = read_address(address)
        if self._is_closed:
            raise OutboundError(Reason.UNREACHABLE, f"{target.origin} is not asked: the hub is stopping")
        given = {name: value for name, value in (headers or {}).items() if name.lower() not in _OURS}
        try:
            async with asyncio.timeout(bounds.seconds):
                return await self._follow(method, target, given, body, bounds)
        except TimeoutError:
            words = f"{target.origin} did not answer within {bounds.seconds:g} seconds"
            raise OutboundError(Reason.TOO_SLOW, words) from None

    async def _follow(
        self, method: str, target: Target, headers: dict[str, str], body: bytes | None, bounds: Bounds
    ) -> Answered:
        for _ in range(REDIRECTS_MAX + 1):
            answered = await self._ask_one(method, target, headers, body, bounds)
            if answered.status not in REDIRECTS or method not in ("GET", "HEAD"):
                return answered
            before, target = target, _next(target, answered.headers.get("Location"))
            if target.origin != before.origin:
                headers = {name: value for name, value in headers.items() if name.lower() in KEPT_ELSEWHERE}
        raise OutboundError(Reason.REDIRECT_REFUSED, f"more than {REDIRECTS_MAX} redirects, the last one to {target}")

    async def _ask_one(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None, bounds: Bounds
    ) -> Answered:
        stream = await self._connect(target, bounds.connect_seconds)
        try:
            return await _exchange(stream, method, target, headers, body, bounds.body_bytes)
        finally:
            stream.close()

    # -- the connection -----------------------------------------------------------------------------------------------

    async def _connect(self, target: Target, seconds: float) -> IOStream:
        try:
            async with asyncio.timeout(seconds):
                allowed = await self._allowed(target)
                context = self._context() if target.secure else None
                client = TCPClient(resolver=_Known(allowed))
                return await client.connect(target.host, target.port, ssl_options=context, timeout=seconds)
        except TimeoutError:
            words = f"{target.origin} could not be connected to within {seconds:g} seconds"
            raise OutboundError(Reason.TOO_SLOW, words) from None
        except ssl.SSLError as error:
            words = f"{target.origin}: {getattr(error, 'verify_message', '') or error.reason or error}"
            raise OutboundError(Reason.TLS_FAILED, words) from None
        except OSError as error:
            raise OutboundError(Reason.UNREACHABLE, f"{target.origin}: {_cause(error)}") from None

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    async def _allowed(self, target: Target) -> list[tuple[int, Any]]:
        """Where to connect to: the host's addresses without those that the policy refuses."""
        try:
            found = await self._look_up(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise OutboundError(Reason.NAME_UNKNOWN, f"{target.host} has no address: {_cause(error)}") from None
        objections = [(place, self._policy.objection(str(place[1][0]))) for place in found]
        allowed = [place for place, objection in objections if objection is None]
        if not allowed:
            raise _refused(target, [f"{place[1][0]} {objection}" for place, objection in objections])
        return allowed

    async def _look_up_in_thread(self, host: str, port: int) -> list[tuple[int, Any]]:
        """In a thread that nobody waits for: a name server that does not answer keeps no process from its end."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[list[tuple[int, Any]]] = loop.create_future()
        await self._names.acquire()

        def look_up() -> None:
            try:
                found, error = _addresses(host, port), None
            except (OSError, UnicodeError) as failure:
                found, error = [], failure
            try:
                loop.call_soon_threadsafe(take, found, error)
            except RuntimeError:
                return  # the loop has ended meanwhile

        def take(found: list[tuple[int, Any]], error: Exception | None) -> None:
            self._names.release()
            if answered.done():
                return
            if error is None:
                answered.set_result(found)
            else:
                answered.set_exception(error)

        threading.Thread(target=look_up, name=f"name of {host}", daemon=True).start()
        return await answered


class _Known(Resolver):
    """Answers with what was looked up and judged before, so that there is no second look."""

    def initialize(self, found: list[tuple[int, Any]]) -> None:
        """Called by Tornado."""
        self._found = found

    async def resolve(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> list[tuple[int, Any]]:
        """The addresses."""
        return self._found


def _addresses(host: str, port: int) -> list[tuple[int, Any]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), place) for family, _, _, _, place in found))


def _refused(target: Target, reasons: list[str]) -> OutboundError:
    why = ", ".join(reasons[:3]) or "it has no address"
    return OutboundError(
        Reason.ADDRESS_REFUSED,
        f"{target.origin} is not asked: {why}; if the hub shall reach it, name its network in the setting "
        "`outbound_networks`",
    )


def _cause(error: BaseException) -> str:
    inner = getattr(error, "real_error", None) or error
    return str(getattr(inner, "strerror", None) or inner) or "the connection was broken off"


def _next(target: Target, location: str | None) -> Target:
    """Where a redirect leads."""
    if not location:
        raise OutboundError(Reason.REDIRECT_REFUSED, f"{target} redirects and does not say where to")
    try:
        # Tornado reads headers as Latin-1, and servers write addresses in UTF-8
        following = read_address(urljoin(str(target), location.encode("latin-1").decode("utf-8", "replace")))
    except ValueError as error:
        raise OutboundError(Reason.REDIRECT_REFUSED, f"{target} redirects to what is no address: {error}") from None
    if target.secure and not following.secure:
        raise OutboundError(Reason.REDIRECT_REFUSED, f"{target} redirects to {following}, from https to http")
    return following


# -- one exchange -----------------------------------------------------------------------------------------------------


async def _exchange(
    stream: IOStream, method: str, target: Target, given: Mapping[str, str], body: bytes | None, bytes_max: int
) -> Answered:
    headers = HTTPHeaders({**given, "Host": target.authority, "Connection": "close", "User-Agent": USER_AGENT})
    headers["Accept-Encoding"] = "gzip"
    if body is not None:
        headers["Content-Length"] = str(len(body))
    reading = _Reading(bytes_max)
    parameters = HTTP1ConnectionParameters(
        no_keep_alive=True, max_header_size=HEADER_BYTES_MAX, max_body_size=2**62, decompress=True
    )
    connection = HTTP1Connection(stream, True, parameters)
    try:
        connection.write_headers(RequestStartLine(method, target.path, "HTTP/1.1"), headers)
        if body is not None:
            connection.write(body)
        connection.finish()
        await connection.read_response(reading)
    except ValueError as error:
        raise OutboundError(Reason.ADDRESS_INVALID, f"{target.origin} cannot be asked so: {error}") from None
    except StreamClosedError as error:
        if not reading.is_too_large:
            raise OutboundError(Reason.UNREACHABLE, f"{target.origin}: {_cause(error)}") from None
    if reading.is_too_large:
        raise OutboundError(Reason.TOO_LARGE, f"{target} has more than {bytes_max} bytes")
    if not reading.is_whole:
        raise OutboundError(Reason.ANSWER_INVALID, f"{target.origin} answered what is not HTTP, or broke off")
    coding = reading.headers.get("Content-Encoding", "identity").lower()
    if coding != "identity":
        words = f"{target.origin} compressed its answer by {coding[:40]!r}, which it was not asked for"
        raise OutboundError(Reason.ANSWER_INVALID, words)
    return Answered(reading.status, reading.headers, bytes(reading.body), str(target))


class _Reading(HTTPMessageDelegate):
    """Takes an answer as it comes and stops at the limit."""

    def __init__(self, bytes_max: int) -> None:
        self.status = 0
        self.headers = HTTPHeaders()
        self.body = bytearray()
        self.is_whole = False
        self.is_too_large = False
        self._bytes_max = bytes_max

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Called by Tornado; for an interim answer (1xx) too."""
        assert isinstance(start_line, ResponseStartLine), "it was read as an answer"
        self.status, self.headers = start_line.code, headers

    def data_received(self, chunk: bytes) -> None:
        """Called by Tornado with what is already unpacked, some 64 KB at a time."""
        if len(self.body) + len(chunk) > self._bytes_max:
            self.is_too_large = True
            raise HTTPInputError("more than was wanted")
        self.body += chunk

    def finish(self) -> None:
        """Called by Tornado."""
        self.is_whole = True
