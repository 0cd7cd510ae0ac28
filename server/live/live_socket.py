"""`GET /v1/live`: the WebSocket over which a page follows one alert, or the situation.

    up      {"watch": {"alert": 12}}       {"watch": "situation"}       another one takes its place
    down    {"type": "snapshot", …}        the whole, first and whenever the page has fallen behind
            {"type": "change", …}          what is other than before, at most four times a second
            {"type": "beat", "at": …}      nothing has changed for five seconds
            {"type": "problem", …}         what was asked for cannot be followed; the connection stays

Who asks is said by a session's cookie, by `Authorization: Bearer <token>`, or in the list of subprotocols
(`tocsin.live.v1, key.<token>`), which is never logged.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol
from tornado.websocket import _WebSocketParams as WebSocketParams

from alerts.errors import StoreError, TocsinError
from alerts.wire.handshake import KEY_PREFIX
from server.accounts import cookies
from server.api.handler import Api, Refusing, bearer_of
from server.api.operation import VIEWERS
from server.api.problems import ProblemError, document, problem_of
from server.api.types import time_of
from server.bridges.stomp_socket import TextProtocol
from server.bridges.streams import Holder, follower_of
from server.hub import Credential
from server.live.live import Live
from server.live.subjects import ALERT, SITUATION, Subject
from server.push.websocket import asks_for_upgrade, offered_subprotocols

_logger = structlog.get_logger("server.live")

SUBPROTOCOL = "tocsin.live.v1"
MESSAGE_BYTES_MAX = 2048
MESSAGES_MAX = 20
"""Messages that a page may send in ten seconds."""
PING_S = 30.0
BEAT_S = 5.0

RESTARTING, POLICY, TOO_LARGE = 1012, 1008, 1009
SIGNED_OUT = 4401
"""The session, or the token, holds no more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page wants to follow. `alert` None: the situation."""

    alert: str | None


def read_wish(message: str | bytes) -> Wish:
    """What a page asks for. Raises ValueError with words."""
    try:
        said = json.loads(message)
    except ValueError:
        raise ValueError("the message is no JSON") from None
    wanted = said.get("watch") if isinstance(said, dict) and set(said) == {"watch"} else None
    if wanted == SITUATION:
        return Wish(None)
    if isinstance(wanted, dict) and set(wanted) == {ALERT}:
        name = wanted[ALERT]
        if isinstance(name, int) and not isinstance(name, bool) and 0 < name < 2**53:
            return Wish(str(name))
        if isinstance(name, str) and 0 < len(name) <= 1000:
            return Wish(name)
    raise ValueError('a message is {"watch": "situation"} or {"watch": {"alert": <number or identifier>}}')


class LiveSockets:
    """What all these connections of a hub share."""

    def __init__(self, api: Api, live: Live) -> None:
        self.api = api
        self.live = live
        self.sockets: set[LiveSocket] = set()

    def stop(self) -> None:
        """Close all: they come back to the hub that is started next."""
        for socket in list(self.sockets):
            socket.close(RESTARTING, "the hub stops")


class LiveSocket(Refusing, WebSocketHandler):
    """One page."""

    template = "/v1/live"

    def initialize(self, shared: LiveSockets) -> None:
        """Called by Tornado with what the routes say."""
        self._shared = shared
        self._hub = shared.api.hub
        self._place = ExitStack()
        self._holder: Holder
        self._wish: Wish | None = None
        self._is_new = False
        self._stir = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._window_at, self._in_window = 0.0, 0

    # -- the handshake ------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """What is settled before the 101."""
        headers = self.request.headers
        if not asks_for_upgrade(headers):
            self.refuse(
                "upgrade-required", "no upgrade to WebSocket is asked for; pages are told what happens over one"
            )
        if self.request.query:
            self.refuse("credential-in-address" if "token" in self.request.query else "unknown-parameter")
        offered = offered_subprotocols(headers)
        if SUBPROTOCOL not in offered:
            self.refuse("subprotocol-missing", f"Sec-WebSocket-Protocol must offer {SUBPROTOCOL}")
        secret = bearer_of(headers.get("Authorization", ""))
        secret = secret or next((word[len(KEY_PREFIX) :] for word in offered if word.startswith(KEY_PREFIX)), "")
        try:
            self._holder = (
                await self._holder_of_cookie() if not secret and self._cookie() else await self._holder_of(secret)
            )
            self._place.enter_context(self._shared.api.streams.place(self._holder.credential.name))
        except ProblemError as problem:
            retry_after = problem.headers.get("Retry-After")
            self.refuse(problem.name, problem.detail, retry_after=int(retry_after) if retry_after else None)

    def _cookie(self) -> str | None:
        return cookies.read(self.request.headers, self._shared.api.settings)

    async def _holder_of_cookie(self) -> Holder:
        """Who signed in. A browser sends the cookie whatever page opens the socket: so the page must say an origin of ours.

        Raises ProblemError.
        """
        if not cookies.is_own_page(self.request, self._shared.api.settings):
            raise ProblemError(
                "origin-refused", "a page from elsewhere, or none, has opened this with a session's cookie"
            )
        sessions, secret = self._shared.api.accounts.sessions, self._cookie() or ""
        credential = await sessions.credential(secret)
        if credential is None:
            raise ProblemError("unauthorized", "the session is over; sign in again")
        return Holder(self._hub, secret, credential, sessions.credential)

    async def _holder_of(self, secret: str) -> Holder:
        return Holder(self._hub, secret, await self._authenticate(secret))

    async def _authenticate(self, secret: str) -> Credential:
        """Raises ProblemError."""
        words = f"no token came: `Authorization: Bearer <token>`, or {KEY_PREFIX}<token> among the subprotocols"
        return await follower_of(self._hub, secret, not_a_device="what ops see", no_token=words)

    def check_origin(self, origin: str) -> bool:
        """A browser's page may connect if it is the hub's own, or one of those that the settings name."""
        return origin in self._shared.api.settings.origins or super().check_origin(origin)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Only the protocol is answered, never what else stood in the list."""
        return SUBPROTOCOL

    def get_compression_options(self) -> dict[str, Any] | None:
        """The whole of a large country is a few hundred kilobytes, and a tenth of that compressed."""
        return {"compression_level": 6}

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Tornado's protocol, made strict."""
        if self.request.headers.get("Sec-WebSocket-Version") != "13":
            return None
        parameters = WebSocketParams(
            ping_interval=PING_S,
            max_message_size=MESSAGE_BYTES_MAX,
            compression_options=self.get_compression_options(),
        )
        return TextProtocol(self, False, parameters)

    # -- what is asked ------------------------------------------------------------------------------------------------

    def open(self, *args: str, **kwargs: str) -> None:
        """The 101 has been written."""
        self.set_nodelay(True)
        self._shared.sockets.add(self)
        self._work = self._shared.api.streams.begin(self._serve())

    def on_message(self, message: str | bytes) -> None:
        """A page wants to follow something (else)."""
        now = self._hub.clock.monotonic()
        if now - self._window_at > 10:
            self._window_at, self._in_window = now, 0
        self._in_window += 1
        if self._in_window > MESSAGES_MAX:
            self.close(POLICY, "too many messages")
            return
        try:
            self._wish, self._is_new = read_wish(message), True
        except ValueError as error:
            self.close(POLICY, str(error)[:120])
            return
        self._stir.set()

    # -- what is told -------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        try:
            while self.ws_connection is not None:
                if self._is_new and self._wish is not None:
                    self._is_new = False
                    await self._follow(self._wish)
                else:
                    await self._rest(self._stir)
        except (WebSocketClosedError, StreamClosedError):
            return
        except TimeoutError:
            self._shared.api.metrics.cut.labels("slow page").inc()
            self._cut()
        except StoreError as error:
            _logger.error("a page was closed, because the store failed", error=str(error))
            self.close(1011, "the store failed")
        except Exception:
            _logger.exception("a page was closed: a bug")
            self.close(1011)

    async def _follow(self, wish: Wish) -> None:
        """Tell about this until the page asks for something else."""
        try:
            if not await self._is_allowed():
                return
            subject = await self._subject(wish)
        except StoreError:
            raise
        except TocsinError as error:
            problem = error if isinstance(error, ProblemError) else problem_of(error) or ProblemError("internal")
            await self._send(json.dumps({"type": "problem", "problem": document(problem.name, problem.detail)}))
            return
        bound, told = self._holder.credential.areas, -1
        with self._shared.live.page(subject, self._stir):
            while not self._is_new and await self._is_allowed():
                if self._holder.credential.areas != bound:
                    self._is_new = True  # the same anew, within the areas that hold now
                    return
                version = subject.version
                if version != told:
                    is_next = version == told + 1 and subject.change is not None
                    await self._send(str(subject.change) if is_next else subject.whole())
                    told = version
                else:
                    await self._rest(self._stir)

    async def _subject(self, wish: Wish) -> Subject:
        """Raises UnknownAlertError, StoreError, ProblemError."""
        api, credential, live = self._shared.api, self._holder.credential, self._shared.live
        if wish.alert is None:
            return await live.situation(credential.areas)
        stored = await api.reading.alert(credential, wish.alert)
        return await live.alert(stored.number, stored.alert.identifier, credential.areas)

    async def _is_allowed(self) -> bool:
        """Whether whoever asks still may; the connection is closed where not."""
        if self.ws_connection is None:
            return False
        if await self._holder.is_valid() and self._holder.credential.role in VIEWERS:
            return True
        self.close(SIGNED_OUT, "the session, or the token, holds no more")
        return False

    async def _rest(self, stir: asyncio.Event) -> None:
        """Wait for something to tell; say from time to time that there is nothing."""
        try:
            async with asyncio.timeout(BEAT_S):
                await stir.wait()
        except TimeoutError:
            if await self._is_allowed():
                await self._send(json.dumps({"type": "beat", "at": time_of(self._hub.now())}))
        stir.clear()

    async def _send(self, text: str) -> None:
        """Raises TimeoutError: the page does not take it."""
        async with asyncio.timeout(self._shared.api.settings.limits.stream_write_seconds):
            await self.write_message(text)

    def _cut(self) -> None:
        if self.ws_connection is not None:
            self.ws_connection._abort()

    def on_close(self) -> None:
        """The connection is gone, whoever ended it."""
        self._shared.sockets.discard(self)
        self._place.close()
        if self._work is not None:
            self._work.cancel()

    def on_finish(self) -> None:
        """A handshake that was refused after a place was taken."""
        if self.ws_connection is None:
            self._place.close()
