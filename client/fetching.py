"""Fetches the dictionary that the hub offers, a little at a time, while a connection stands and nothing is to be received.

    offered? ──▶ worth it? ──▶ a connection of its own ──▶ 8 KB ──▶ the store ──▶ 8 KB ──▶ …  ──▶ verified, kept
                                                            ▲                       │
                                                            └── waits for alerts ◀──┘   slow? not on this connection

What has come stays, whatever breaks; the next connection goes on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from dataclasses import replace

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from alerts import limits
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import RANGE_BYTES
from client.address import dictionary_path, host_of
from client.clocks import Clocks
from client.conversation import Turn
from client.dictionaries import SLOW_SECONDS, Dictionaries, Offered, Part, is_worth_it
from client.store import Identity, Store, StoreError
from client.tls import HubTls
from client.worker import Worker

CONNECT_SECONDS_MAX = 30.0
RANGE_SECONDS_MAX = 60.0
HEADER_BYTES_MAX = 16 * 1024

_CONTENT_RANGE = re.compile(r"bytes (\d{1,9})-(\d{1,9})/(\d{1,9})")
_logger = logging.getLogger(__name__)


class FetchError(Exception):
    """It cannot go on, on this connection. `is_over`: what is here of it is worth nothing."""

    def __init__(self, words: str, *, is_over: bool = False) -> None:
        super().__init__(words)
        self.is_over = is_over


class Fetching:
    """One for each link. Whatever fails here, alerts go on: the link never waits for it."""

    def __init__(
        self, identity: Identity, worker: Worker, tls: HubTls, clocks: Clocks, setting: Dictionaries = Dictionaries.AUTO
    ) -> None:
        self._identity = identity
        self._worker = worker
        self._tls = tls
        self._clock = clocks.monotonic
        self._setting = setting
        self._task: asyncio.Task[None] | None = None
        self._offered: Offered | None = None
        self._quiet = asyncio.Event()

    def turned(self, turn: Turn) -> None:
        """Something happened on the hub's connection: begin, go on, or wait until alerts have come."""
        if turn.is_caught_up and turn.is_welcome:
            self._quiet.set()
        else:
            self._quiet.clear()
        is_new = turn.offered is not None and turn.offered != self._offered
        is_free = self._task is None or self._task.done()
        if turn.offered is not None and is_new and is_free and self._setting is not Dictionaries.NEVER:
            self._offered = turn.offered
            self._task = asyncio.ensure_future(self._fetch(turn.offered))

    async def stop(self) -> None:
        """The hub's connection is over. What has come stays."""
        task, self._task, self._offered = self._task, None, None
        self._quiet.clear()
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _fetch(self, offered: Offered) -> None:
        name = offered.address.hex()
        try:
            part = await self._worker.do(lambda store: self._part(store, offered))
            if part is None:
                return
            whole = part if part.is_whole else await self._rest(part)
            if whole.is_whole:
                self._say(name, await self._worker.do(lambda store: store.complete(whole)))
        except FetchError as error:
            _logger.info("the dictionary %s is not fetched now: %s", name, error)
            if error.is_over:
                with contextlib.suppress(StoreError):
                    await self._worker.do(lambda store: store.forget_part(offered.address))
        except (OSError, StreamClosedError, TimeoutError, StoreError) as error:
            _logger.info("the dictionary %s is not fetched now: %s", name, str(error) or type(error).__name__)
        except Exception:
            _logger.exception("fetching the dictionary %s failed", name)

    def _part(self, store: Store, offered: Offered) -> Part | None:
        part = store.part(offered.address, offered.base)
        if part is None or not is_worth_it(self._setting, offered, len(part.data), store.monthly()):
            return None
        return part

    def _say(self, name: str, made: Dictionary | Exception) -> None:
        if isinstance(made, Dictionary):
            _logger.info("the dictionary %s is here; the next connection names it", name)
        else:
            _logger.warning("the dictionary %s is wrong and was dropped: %s", name, made)

    async def _rest(self, part: Part) -> Part:
        """The part with all that comes on this connection; each range is in the store before the next is asked for."""
        await self._quiet.wait()
        stream = await self._connect()
        try:
            while True:
                await self._quiet.wait()
                began_at = self._clock()
                async with asyncio.timeout(RANGE_SECONDS_MAX):
                    part = await self._more(stream, part)
                self._tls.keep(stream.socket)
                kept = part
                await self._worker.do(lambda store: store.keep_part(kept))  # noqa: B023 awaited at once
                is_slow = self._setting is Dictionaries.AUTO and self._clock() - began_at > SLOW_SECONDS
                if part.is_whole or is_slow:
                    return part
        finally:
            stream.close()

    async def _connect(self) -> IOStream:
        host, port, is_secure = host_of(self._identity.address)
        context: ssl.SSLContext | None = self._tls.context() if is_secure else None
        client = TCPClient()
        try:
            return await client.connect(
                *(host, port), ssl_options=context, timeout=CONNECT_SECONDS_MAX, max_buffer_size=4 * RANGE_BYTES
            )
        finally:
            client.close()

    async def _more(self, stream: IOStream, part: Part) -> Part:
        """The part with the next range. Raises FetchError: the hub does not give it."""
        first, last = part.wanted()
        host, port, is_secure = host_of(self._identity.address)
        named = f"[{host}]" if ":" in host else host
        headers = HTTPHeaders(
            {
                "Host": named if port == (443 if is_secure else 80) else f"{named}:{port}",
                "Authorization": f"Bearer {self._identity.token}",
                "Range": f"bytes={first}-{last}",
            }
        )
        if part.etag:
            headers["If-Range"] = part.etag
        answer = _Answer()
        connection = HTTP1Connection(
            stream,
            True,
            HTTP1ConnectionParameters(max_header_size=HEADER_BYTES_MAX, max_body_size=limits.DICTIONARY_BYTES_MAX),
        )
        path = dictionary_path(self._identity.address, part.address, part.base)
        connection.write_headers(RequestStartLine("GET", path, ""), headers)
        connection.finish()
        await connection.read_response(answer)
        return answer.added_to(part)


class _Answer(HTTPMessageDelegate):
    """The hub's answer to one request, never more of it than was asked for."""

    def __init__(self) -> None:
        self._status = 0
        self._headers = HTTPHeaders()
        self._body = bytearray()

    async def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Called by Tornado."""
        assert isinstance(start_line, ResponseStartLine), "this is a client"
        self._status, self._headers = start_line.code, headers

    async def data_received(self, chunk: bytes) -> None:
        """Called by Tornado."""
        if len(self._body) <= RANGE_BYTES:
            self._body += chunk[: RANGE_BYTES + 1]

    def added_to(self, part: Part) -> Part:
        """The part with what came. Raises FetchError: it is not what was asked for."""
        if self._status == 404:
            raise FetchError("the hub has it no longer", is_over=True)
        if self._status == 200:
            raise FetchError("the hub has made it anew", is_over=True)
        found = _CONTENT_RANGE.fullmatch(self._headers.get("Content-Range", "").strip())
        if self._status != 206 or found is None:
            raise FetchError(f"status {self._status}" if self._status else "no answer")
        first, last, size = (int(number) for number in found.groups())
        wanted = part.wanted()
        is_asked_for = first == wanted[0] and last <= wanted[1] and len(self._body) == last - first + 1
        if not is_asked_for or not last < size <= limits.DICTIONARY_BYTES_MAX or (part.size and size != part.size):
            raise FetchError("another range than was asked for came", is_over=True)
        etag = self._headers.get("ETag", "")
        if not etag or len(etag) > 100:
            raise FetchError("an answer without an ETag, so that nothing tells which bytes belong together")
        return replace(part, size=size, etag=etag, data=part.data + bytes(self._body))
