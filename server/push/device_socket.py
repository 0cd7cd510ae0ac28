"""The Tornado shell of a hub's session: reads, feeds, commits, writes, and sets one timer. The core decides everything else.

    GET /v1/connect   Authorization: Bearer <token>, Sec-WebSocket-Protocol: tocsin.v1, at.<where the device stands>

A browser says who it is in the list too: `key.<token>`; the list is never logged. Where it
stands may also be said in the header Tocsin-At.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from tornado.concurrent import Future
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler, WebSocketProtocol
from tornado.websocket import _WebSocketParams as WebSocketParams

from alerts import limits
from alerts.audience import Reader
from alerts.errors import RemoteProtocolError, TocsinError
from alerts.session.claim import Claim
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.session.session import Agreed, HubSession
from alerts.wire.codec import Codec
from alerts.wire.handshake import AT_PREFIX, HEADER, KEY_PREFIX, SUBPROTOCOL, Hello, unpack_hello
from server.api.handler import Refusing
from server.hub import Hub, Revoked
from server.push.admission import Admission
from server.push.connected import Connected
from server.push.dictionaries import Dictionaries
from server.push.fanout import Fanout, Pushed, Variant
from server.push.lean import LeanEncoders
from server.push.variants import LiveMessage, Variants
from server.push.websocket import StrictProtocol, asks_for_upgrade, frame_of, held_back, offered_subprotocols

SWITCHING = 101


SHOWN_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Push:
    """What all device sockets of a hub share."""

    hub: Hub
    connected: Connected[Pushed]
    fanout: Fanout
    variants: Variants
    lean: LeanEncoders
    dictionaries: Dictionaries
    codec: Codec
    admission: Admission
    origins: frozenset[str]
    requests: Iterator[int] = field(default_factory=itertools.count)
    """Numbers the requests of devices as they come."""
    shown: LRUCache[str, int] = field(default_factory=lambda: LRUCache(SHOWN_MAX))
    """What the links of devices have shown lately; forgotten when the hub stops."""


class DeviceSocket(Refusing, WebSocketHandler):
    """One connection of a device."""

    template = "/v1/connect"

    def initialize(self, push: Push) -> None:
        """Called by Tornado with what the routes say."""
        self._push = push
        self._session: HubSession | None = None
        self._written: Claim | None = None
        self._timer: tuple[float, object] | None = None
        self._closed = asyncio.Event()
        self._agreed: Agreed | None = None
        self.device = ""
        self.opening = 0
        self.asked = next(push.requests)

    # -- the handshake ------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Who is it, and may it come in? Everything is settled before the 101."""
        if not asks_for_upgrade(self.request.headers):
            self.refuse(
                "upgrade-required",
                "no upgrade to WebSocket is asked for; if the client did, a proxy on the way took it out",
            )
        if self.request.query:
            self.refuse("credential-in-address" if "token" in self.request.query else "unknown-parameter")
        wait = self._push.admission.admit(self._push.connected.count, self._clock())
        if wait is not None:
            self.refuse("overloaded", retry_after=wait)
        self._offered = offered_subprotocols(self.request.headers)
        if SUBPROTOCOL not in self._offered:
            self.refuse("subprotocol-missing", f"Sec-WebSocket-Protocol must offer {SUBPROTOCOL}")
        await self._authenticate()
        self._hello = self._said_hello()

    async def _authenticate(self) -> None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = next((word[len(KEY_PREFIX) :] for word in self._offered if word.startswith(KEY_PREFIX)), "")
        found = await self._push.hub.authenticate_device(token.strip()) if token else None
        if isinstance(found, Revoked):
            self.refuse("credential-revoked")
        if not isinstance(found, str):
            self.refuse("unauthorized")
        self.device = found

    def _said_hello(self) -> Hello:
        said = self.request.headers.get(HEADER)
        if said is None:
            said = next((word[len(AT_PREFIX) :] for word in self._offered if word.startswith(AT_PREFIX)), None)
        try:
            if said is None:
                raise RemoteProtocolError(f"{HEADER} is missing: where does the device stand?")
            return unpack_hello(said)
        except RemoteProtocolError as error:
            self.refuse("handshake-invalid", str(error))

    def check_origin(self, origin: str) -> bool:
        """A browser's page may connect if it is the hub's own, or one of those that the settings name."""
        return origin in self._push.origins or super().check_origin(origin)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Only the protocol is answered, never what else stood in the list."""
        return SUBPROTOCOL

    def set_status(self, status_code: int, reason: str | None = None) -> None:
        """The words behind the status are nobody's to read (RFC 9112 §4), so those of the 101 are short."""
        super().set_status(status_code, "OK" if status_code == SWITCHING else reason)

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> Future[None]:
        """The 101 leaves in one write with the frames that `open` sends right behind it."""
        stream = getattr(self.request.connection, "stream", None)
        protocol = self.ws_connection
        if (
            self.get_status() != SWITCHING
            or not isinstance(stream, IOStream)
            or not isinstance(protocol, StrictProtocol)
        ):
            return super().finish(chunk)
        with held_back(stream) as head:
            done = super().finish(chunk)
        protocol.head = bytes(head)
        return done

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Tornado's protocol, made strict."""
        if self.request.headers.get("Sec-WebSocket-Version") != "13":
            return None
        for name, _ in list(self._headers.get_all()):  # a 101 has no body, so nothing of these means anything there
            self.clear_header(name)
        return StrictProtocol(self, False, WebSocketParams(max_message_size=limits.UPLINK_FRAME_BYTES_MAX))

    # -- the session --------------------------------------------------------------------------------------------------

    def open(self, *args: str, **kwargs: str) -> None:
        """The 101 has been written: what the device missed leaves right behind it."""
        self.set_nodelay(True)
        hub = self._push.hub
        self.opening = self._hello.opening
        self._agreed = self._push.lean.agree(self._hello.dictionaries)
        self._session = HubSession(
            hub.log,
            self.device,
            self._hello,
            hub.claim(self.device),
            self._push.variants,
            self._push.codec,
            now=hub.now(),
            clock=self._clock(),
            languages=hub.languages_set_for(self.device, self._hello.languages),
            agreed=self._agreed,
            offered=self._push.dictionaries.offer(self._hello.dictionaries),
            shown=self._push.shown.get(self.device, 0),
        )
        self._push.connected.add(self)
        self._flush()
        if self._agreed is not None and not self._agreed.encoder.is_warm(self._session.languages):
            IOLoop.current().run_in_executor(None, self._agreed.encoder.warm, self._session.languages)

    async def on_message(self, message: str | bytes) -> None:
        """One message; the next is read when this one has been committed and answered."""
        session = self._session
        assert session is not None and isinstance(message, bytes), "open comes first; text is refused before"
        if session.ended:
            return
        try:
            command = session.receive(message, self._push.hub.now(), self._clock())
        except RemoteProtocolError as error:
            self.end(Reason.PROTOCOL_ERROR, str(error))
            return
        if command is not None:
            try:
                outcome = await self._push.hub.take_uplink(self.device, command)
            except TocsinError as error:
                self.end(Reason.STORE_FAILED, str(error))
                return
            session.done(command, outcome, self._push.hub.now(), self._clock())
        self._flush()

    def _flush(self) -> None:
        """Write what may leave, record what the device said, and look when to look again."""
        session = self._session
        assert session is not None, "open comes first"
        messages = session.messages()
        if isinstance(self.ws_connection, StrictProtocol):
            self.ws_connection.write_frames(
                message.websocket_frame if isinstance(message, LiveMessage) else frame_of(message)
                for message in messages
            )
        if session.claim is not self._written and self._push.connected.is_newest(self):
            self._written = session.claim
            self._push.hub.record_claim(self.device, session.claim)
        if session.ended:
            farewell = FAREWELLS.get(Reason(session.ended.reason)) if session.ended.reason in set(Reason) else None
            self.close(farewell.close_code if farewell else 1000)
        else:
            self._set_timer(session.deadline())

    def _set_timer(self, deadline: float) -> None:
        if self._timer is not None:
            if self._timer[0] <= deadline:
                return
            IOLoop.current().remove_timeout(self._timer[1])
        delay = max(0.0, deadline - self._clock())
        self._timer = (deadline, IOLoop.current().call_later(delay, self._on_timer))

    def _on_timer(self) -> None:
        self._timer = None
        if self._session is None or self._session.ended:
            return
        reason = self._session.expired(self._clock())
        if reason is not None:
            self.end(reason)
        else:
            self._set_timer(self._session.deadline())

    def on_close(self) -> None:
        """The connection is gone, whoever ended it."""
        self._push.connected.remove(self)
        if self._session is not None:
            self._push.shown[self.device] = self._session.shown
        if self._timer is not None:
            IOLoop.current().remove_timeout(self._timer[1])
            self._timer = None
        self._closed.set()

    # -- what the fan-out tells ---------------------------------------------------------------------------------------

    def wake(self) -> None:
        """The log grew: send what is due."""
        if self._session is not None and not self._session.ended:
            self._session.wake(self._push.hub.now(), self._clock())
            self._flush()

    def offer(self) -> None:
        """Another dictionary is in use: offer it, if the device lacks it."""
        if self._session is not None and not self._session.ended:
            offered = self._push.dictionaries.offer(self._hello.dictionaries)
            if offered is not None:
                self._session.offer(offered)
                self._flush()

    def variant(self) -> Variant | None:
        """In which variant this connection is sent lean messages."""
        if self._agreed is None or self._session is None or self._session.ended:
            return None
        return self._agreed.encoder, self._session.languages

    def moved(self, before: Reader, after: Reader) -> None:
        """The device's audience was changed."""
        if self._session is not None:
            self._session.moved(before, after)
            self.wake()

    def set_languages(self, languages: tuple[str, ...]) -> None:
        """Ops have set the device's languages."""
        if self._session is not None and not self._session.ended:
            self._session.set_languages(languages)
            self._flush()

    def replaced(self) -> None:
        """A newer connection has taken this one's place."""
        self.end(Reason.REPLACED)

    def end(self, reason: Reason, words: str = "") -> None:
        """Say goodbye and close."""
        if self._session is not None and not self._session.ended:
            self._session.goodbye(reason, words)
            self._flush()

    async def closed(self) -> None:
        """Wait until the socket is closed."""
        await self._closed.wait()

    def _clock(self) -> float:
        return self._push.hub.clock.monotonic()

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """An unexpected failure ends this connection only; Tornado logs it with the request's path, which holds no secret."""
        super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's own refusals (a wrong Upgrade header, an origin) as problem details too."""
        error = kwargs.get("exc_info", (None, None))[1]
        detail = error.log_message if isinstance(error, HTTPError) and error.log_message else ""
        self.write_problem(status_code, detail)
