"""The Tornado shell of STOMP connections: a WebSocket at `/stomp`, subprotocol v12.stomp. The session decides everything else.

    GET /stomp      Sec-WebSocket-Protocol: v12.stomp    (or none: some clients offer none)
                    Authorization: Bearer <token>, or the token as passcode of the CONNECT frame

Messages may be text or binary, and hold any piece of the stream of frames; the hub writes a text message for each frame.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import ExitStack
from typing import Any

import structlog
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol
from tornado.websocket import _WebSocketParams as WebSocketParams

from alerts.errors import RemoteProtocolError, StoreError, TocsinError
from server.api.handler import Api, Refusing, bearer_of
from server.api.problems import ProblemError, problem_of
from server.bridges.stomp import Limits
from server.bridges.stomp_feed import Feed
from server.bridges.stomp_publish import publish
from server.bridges.stomp_session import (
    Bounds,
    Connect,
    Disconnect,
    Event,
    Send,
    Settled,
    State,
    StompSession,
    Subscribe,
    Unsubscribe,
)
from server.bridges.streams import Holder, follower_of
from server.hub import Credential
from server.push.websocket import StrictProtocol, asks_for_upgrade, offered_subprotocols

_logger = structlog.get_logger("server.stomp")

SUBPROTOCOL = "v12.stomp"
PING_S = 30.0
HEAD_BYTES_MAX = 64 * 1024
RESTARTING = 1012


class TextProtocol(StrictProtocol):
    """STOMP is text as well as binary."""

    takes_text = True


class Stomp:
    """What all STOMP connections of a hub share."""

    def __init__(self, api: Api) -> None:
        limits = api.settings.limits
        self.api = api
        self.bounds = Bounds(
            frame=Limits(body_bytes_max=limits.body_bytes_max),
            subscriptions_max=limits.stomp_subscriptions_max,
            window=limits.stomp_window,
            connect_s=limits.header_seconds,
        )
        self.sockets: set[StompSocket] = set()
        self.durable: dict[tuple[str, str], StompSocket] = {}

    def stop(self) -> None:
        """Close all: they come back to the hub that is started next."""
        for socket in list(self.sockets):
            socket.close(RESTARTING, "the hub stops")


class StompSocket(Refusing, WebSocketHandler):
    """One connection of a program."""

    template = "/stomp"

    def initialize(self, stomp: Stomp) -> None:
        """Called by Tornado with what the routes say."""
        self._stomp = stomp
        self._hub = stomp.api.hub
        self._secret = ""
        self._credential: Credential | None = None
        self._holder: Holder | None = None
        self._place = ExitStack()
        self._feeds: dict[str, tuple[Feed, asyncio.Task[None]]] = {}
        self._writing = asyncio.Lock()
        self._ticking: asyncio.TimerHandle | None = None
        self._session = StompSession(stomp.bounds, secrets.token_hex(8), self._clock())

    # -- the handshake ------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """What is settled before the 101: that it is an upgrade, to this protocol, and, where a token came, whose it is."""
        headers = self.request.headers
        if not asks_for_upgrade(headers):
            self.refuse("upgrade-required", "no upgrade to WebSocket is asked for; STOMP is spoken over one here")
        if self.request.query:
            self.refuse("credential-in-address" if "token" in self.request.query else "unknown-parameter")
        if len(self._stomp.sockets) >= self._stomp.api.settings.limits.streams_max:
            self.refuse("overloaded", "too many STOMP connections (limits.streams_max)", retry_after=30)
        offered = offered_subprotocols(headers)
        if offered and SUBPROTOCOL not in offered:
            self.refuse("subprotocol-missing", f"Sec-WebSocket-Protocol must offer {SUBPROTOCOL}, or nothing")
        if "Authorization" in headers:
            self._secret = bearer_of(headers["Authorization"])
            try:
                self._credential = await self._authenticate(self._secret)
            except ProblemError as problem:
                self.refuse(problem.name, problem.detail)

    async def _authenticate(self, secret: str) -> Credential:
        """Raises ProblemError."""
        words = "no token came: it is the passcode of the CONNECT frame, or `Authorization: Bearer <token>`"
        return await follower_of(self._hub, secret, not_a_device="STOMP", no_token=words)

    def check_origin(self, origin: str) -> bool:
        """A browser's page may connect if it is the hub's own, or one of those that the settings name."""
        return origin in self._stomp.api.settings.origins or super().check_origin(origin)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """The one there is, where any is offered."""
        return SUBPROTOCOL if subprotocols else None

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Tornado's protocol, made strict."""
        if self.request.headers.get("Sec-WebSocket-Version") != "13":
            return None
        size = self._stomp.api.settings.limits.body_bytes_max + HEAD_BYTES_MAX
        return TextProtocol(self, False, WebSocketParams(ping_interval=PING_S, max_message_size=size))

    # -- the session --------------------------------------------------------------------------------------------------

    def open(self, *args: str, **kwargs: str) -> None:
        """The 101 has been written."""
        self.set_nodelay(True)
        self._stomp.sockets.add(self)
        self._set_timer()

    async def on_message(self, message: str | bytes) -> None:
        """One message; the next is read when this one has been done."""
        session = self._session
        session.receive(message.encode() if isinstance(message, str) else message, self._clock())
        while (event := session.next_event(self._clock())) is not None:
            try:
                await self._do(event)
            except TocsinError as error:
                self._refuse(error)
            await self.flush_frames()
        await self.flush_frames()
        self._set_timer()

    def _refuse(self, error: TocsinError) -> None:
        if isinstance(error, RemoteProtocolError):
            problem: ProblemError | None = ProblemError("bad-request", str(error))
        else:
            problem = problem_of(error)
        if problem is None:
            _logger.error("a bug", route=self.template, error=repr(error))
        elif problem.name in ("store-failed", "store-full"):
            _logger.error("the store failed", route=self.template, error=str(error))
        self._session.refuse(problem or ProblemError("internal"))

    async def _do(self, event: Event) -> None:
        session = self._session
        said: dict[str, str] = {}
        match event:
            case Connect():
                await self._connect(event)
                return
            case Subscribe():
                await self._subscribe(event)
            case Unsubscribe():
                await self._unsubscribe(event)
            case Send():
                said = await publish(self._stomp.api, await self._current(), event)
            case Settled():
                await self._settle(event)
            case Disconnect():
                session.done()
                await self.flush_frames()
                session.end()
                return
        if session.state is State.READY:
            session.done(said)

    async def _connect(self, event: Connect) -> None:
        secret = self._secret or event.passcode
        credential = self._credential or await self._authenticate(secret)
        self._place.enter_context(self._stomp.api.streams.place(credential.name))
        if self.ws_connection is None:
            self._place.close()
            return
        self._holder = Holder(self._hub, secret, credential)
        self._session.accept(credential.name)

    async def _current(self) -> Credential:
        """Who this is now. Raises ProblemError: nobody any more."""
        assert self._holder is not None, "the session lets nobody else in"
        if not await self._holder.is_valid():
            raise ProblemError("unauthorized", "the token was revoked")
        return self._holder.credential

    async def _subscribe(self, event: Subscribe) -> None:
        await self._current()
        assert self._holder is not None, "the session lets nobody else in"
        one = event.subscription
        feed = Feed(self._stomp.api.reading, self._session, one, self._holder, self.flush_frames)
        if one.wish.durable is not None:
            self._take_over(self._holder.credential.name, one.wish.durable)
        try:
            await feed.begin()
        except BaseException:
            self._release(feed)
            raise
        if self._session.state is State.READY:
            self._feeds[one.id] = feed, self._stomp.api.streams.begin(self._feed(feed))
        else:
            self._release(feed)

    def _take_over(self, owner: str, name: str) -> None:
        """The newest connection reads a durable subscription; one that had it before is told, and closed."""
        before = self._stomp.durable.get((owner, name))
        if before is self:
            raise ProblemError("bad-request", f"this connection reads the durable subscription {name[:80]!r} already")
        self._stomp.durable[owner, name] = self
        if before is not None:
            words = f"a newer connection of this token reads the durable subscription {name[:80]!r}"
            before._session.refuse(ProblemError("forbidden", words))
            self._stomp.api.streams.begin(before.flush_frames())

    async def _feed(self, feed: Feed) -> None:
        try:
            await feed.run()
        except (StreamClosedError, WebSocketClosedError):
            return
        except StoreError as error:
            self._refuse(error)
            await self.flush_frames()
        except Exception:
            _logger.exception("a subscription ended: a bug")
            self._session.refuse(ProblemError("internal"))
            await self.flush_frames()

    async def _unsubscribe(self, event: Unsubscribe) -> None:
        feed, task = self._feeds.pop(event.subscription.id)
        task.cancel()
        self._release(feed)
        if event.forget:
            await feed.forget()

    def _release(self, feed: Feed) -> None:
        assert self._holder is not None, "who reads was let in"
        key = (self._holder.credential.name, feed.subscription.wish.durable or "")
        if self._stomp.durable.get(key) is self:
            del self._stomp.durable[key]

    async def _settle(self, event: Settled) -> None:
        feed = self._feeds[event.subscription.id][0]
        for number in event.given_up:
            _logger.warning(
                "a program refused a message again and again: it is not sent to it any more",
                by=None if self._holder is None else self._holder.credential.name,
                destination=event.subscription.destination,
                number=number,
            )
            self._stomp.api.metrics.cut.labels("stomp message given up").inc()
        await feed.save()
        feed.wake()

    # -- writing, and the end -----------------------------------------------------------------------------------------

    async def flush_frames(self) -> None:
        """Write what there is, in its order; who does not take it is cut."""
        async with self._writing:
            for piece in self._session.take(self._clock()):
                try:
                    async with asyncio.timeout(self._stomp.api.settings.limits.stream_write_seconds):
                        await self.write_message(piece.decode(), binary=False)
                except TimeoutError:
                    self._stomp.api.metrics.cut.labels("slow stomp").inc()
                    self._cut()
                except (WebSocketClosedError, StreamClosedError):
                    return
        if self._session.state is State.CLOSED:
            self.close()

    def _cut(self) -> None:
        if self.ws_connection is not None:
            self.ws_connection._abort()

    def _set_timer(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        seconds = min(60.0, max(0.01, self._session.deadline() - self._clock()))
        self._ticking = asyncio.get_running_loop().call_later(seconds, self._tick)

    def _tick(self) -> None:
        """A heart-beat is due, one is missed, or a message is due again."""
        if self.ws_connection is None or self._session.state is State.CLOSED:
            return
        reason = self._session.tick(self._clock())
        if reason is not None:
            self._stomp.api.metrics.cut.labels("silent stomp").inc()
            self._session.refuse(ProblemError("request-timeout", reason))
        for feed, _ in self._feeds.values():
            feed.wake()
        self._stomp.api.streams.begin(self.flush_frames())
        self._set_timer()

    def on_close(self) -> None:
        """The connection is gone, whoever ended it."""
        self._stomp.sockets.discard(self)
        for feed, task in self._feeds.values():
            task.cancel()
            self._release(feed)
        self._feeds.clear()
        self._place.close()
        if self._session.state is not State.CLOSED:
            self._session.end()
        if self._ticking is not None:
            self._ticking.cancel()

    def _clock(self) -> float:
        return self._hub.clock.monotonic()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's own refusals (a wrong Upgrade header, an origin) as problem details too."""
        error = kwargs.get("exc_info", (None, None))[1]
        detail = error.log_message if isinstance(error, HTTPError) and error.log_message else ""
        self.write_problem(status_code, detail)
