"""A hub that is small: the core's own log and HubSession behind a Tornado handler, in memory, on any port.

Tests drive it directly: publish, forget, misbehave. Times are whatever the test says.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.cap.question import Question
from alerts.errors import RemoteProtocolError
from alerts.session.claim import Claim
from alerts.session.commits import HubCommand, HubOutcome, ReadStand, Refusal, TakeUplink
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.session.log import Entry, Form, Log
from alerts.session.position import Path
from alerts.session.sender import live_frame
from alerts.session.session import HubSession
from alerts.wire.codec import Codec
from alerts.wire.handshake import AT_PREFIX, SUBPROTOCOL, Hello, unpack_hello
from alerts.wire.items import PURPOSES, URGENCIES, pack_full, pack_withdrawal
from alerts.wire.items import Urgency as Urgent
from alerts.wire.uplink import UplinkItem, unpack_uplink
from tests.support.questions import parameters_for

NOW = 1_800_000_000
DEVICE = "device-1"
TOKEN = "token-1"
LIFE_S = 86_400


def make_alert(
    identifier: str,
    *,
    severity: str = "Moderate",
    msg_type: str = "Alert",
    references: str = "",
    text: str = "",
    question: Question | None = None,
) -> Alert:
    """A small alert in English and French; `question` is asked in both."""
    info = {
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": severity,
        "certainty": "Observed",
    }
    value: dict[str, Any] = {
        "identifier": identifier,
        "sender": "hub.example",
        "sent": "2027-01-15T08:00:00-00:00",
        "status": "Actual",
        "msgType": msg_type,
        "scope": "Public",
        "info": [
            {**info, "language": "en", "headline": f"Boil water {identifier}", "description": text or "Boil it."},
            {**info, "language": "fr", "headline": f"Faites bouillir {identifier}"},
        ],
    }
    if question:
        asked = [{"valueName": name, "value": value} for name, value in parameters_for(question)]
        value["info"] = [{**one, "parameter": asked} for one in value["info"]]
    if references:
        value["references"] = f"hub.example,{references},2027-01-15T08:00:00-00:00"
    return Alert.from_json(value)


class Encoder:
    """The bytes of items, made anew each time. `spoiled` numbers are sent as bytes that no client can use."""

    def __init__(self) -> None:
        self._codec = Codec()
        self.spoiled: set[int] = set()

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        if entry.number in self.spoiled:
            return b"\xc1"
        if form is Form.WITHDRAWAL:
            return pack_withdrawal(entry.replaces)
        assert isinstance(entry.payload, Alert)
        return pack_full(
            entry.payload,
            expires=entry.expires,
            urgency=entry.urgency,
            replaces=entry.replaces,
            languages=languages,
            hub_made=False,
        )

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        return self._codec.encode(live_frame(entry, self.item(entry, Form.FULL, languages)))


@dataclass
class SmallHub:
    """One hub with one device. `refuse` answers an upgrade in another way; a `mute` hub takes messages and says nothing; a
    connection is cut when it has brought `cuts_after` messages."""

    now: Callable[[], int] = lambda: NOW
    log: Log = field(default_factory=lambda: Log(Path([(77, 1)])))
    encoder: Encoder = field(default_factory=Encoder)
    claim: Claim = field(default_factory=Claim)
    sockets: list[DeviceSocket] = field(default_factory=list)
    hellos: list[Hello] = field(default_factory=list)
    taken: dict[tuple[int, int], UplinkItem] = field(default_factory=dict)
    tops: dict[int, int] = field(default_factory=dict)
    refuse: Callable[[RequestHandler], None] | None = None
    refused_items: set[int] = field(default_factory=set)
    mute: bool = False
    cuts_after: int | None = None
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    enrolments: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    certificate: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.log.enrol(1, Reader(DEVICE, ("KE-047",)))
        self._changed = asyncio.Event()

    def start(self) -> None:
        """Listen on any port."""
        settings: dict[str, Any] = {"hub": self}
        routes = [(r"/v1/connect", DeviceSocket, settings), (r"/v1/enrolments", Enrolments, settings)]
        self._server = HTTPServer(Application(routes), ssl_options=self.certificate)
        (listener,) = bind_sockets(self.port, "127.0.0.1")
        self.port = listener.getsockname()[1]
        self._server.add_sockets([listener])

    async def stop(self) -> None:
        """Cut every connection and stop listening."""
        self._server.stop()
        for socket in list(self.sockets):
            socket.cut()
        await self._server.close_all_connections()

    @property
    def address(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    # -- the log ------------------------------------------------------------------------------------------------------

    def publish(self, alert: Alert, *, audience: Audience | None = None, life_s: int = LIFE_S) -> Entry:
        """Append an alert, and wake who is connected."""
        from alerts.session.log import Draft

        urgency = URGENCIES.get(alert.severity, Urgent.ORDINARY)
        draft = Draft(
            *(alert.key, PURPOSES[alert.msg_type], audience or Audience(everyone=True), alert.reference_keys, urgency),
            expires=self.now() + life_s,
            payload=alert,
        )
        entry = self.log.inherit(draft)
        self.log.append(entry)
        self.wake()
        return entry

    def forget_after(self, number: int) -> None:
        """The hub is put back from an old copy that ended at `number`, and begins a new epoch."""
        old = [entry for entry in self.log if entry.number <= number]
        reader = self.log.enrolled[DEVICE]
        epochs = [(epoch, first) for epoch, first in self.log.path if first <= number + 1]
        self.log = Log(Path([*epochs, (epochs[-1][0] + 1, number + 1)]), number)
        self.log.enrolled[DEVICE] = reader
        for entry in old:
            self.log.restore(entry)

    def wake(self) -> None:
        for socket in self.sockets:
            socket.wake()

    # -- the uplink ---------------------------------------------------------------------------------------------------

    def take(self, command: HubCommand) -> HubOutcome:
        """Keep uplink items once."""
        if isinstance(command, ReadStand):
            return HubOutcome(tuple((epoch, self.tops.get(epoch, 0)) for epoch in command.epochs))
        return self._take_uplink(command)

    def _take_uplink(self, command: TakeUplink) -> HubOutcome:
        top = self.tops.get(command.epoch, 0)
        if command.after > top:
            return HubOutcome(((command.epoch, top),), gap=True)
        refusals = []
        for number, raw in command.items:
            if number > top:
                assert (command.epoch, number) not in self.taken
                self.taken[command.epoch, number] = unpack_uplink(raw)
                if number in self.refused_items:
                    refusals.append(Refusal(number, 1, "not understood"))
        self.tops[command.epoch] = max(top, command.upto)
        self.something_changed()
        return HubOutcome(((command.epoch, self.tops[command.epoch]),), refusals=tuple(refusals))

    # -- waiting ------------------------------------------------------------------------------------------------------

    def something_changed(self) -> None:
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the hub has seen what the test waits for."""
        async with asyncio.timeout(30):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class DeviceSocket(WebSocketHandler):
    """One connection."""

    def initialize(self, hub: SmallHub) -> None:
        self.hub = hub
        self.session: HubSession | None = None
        self.brought = 0

    def prepare(self) -> None:
        if self.hub.refuse is not None:
            self.hub.refuse(self)
        elif self.request.headers.get("Authorization") != f"Bearer {TOKEN}":
            problem(self, 401, "unauthorized", "this credential is not known")

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None

    def open(self, *_: str, **__: str) -> None:
        self.set_nodelay(True)
        hub = self.hub
        offered = self.request.headers["Sec-WebSocket-Protocol"].split(",")
        hello = unpack_hello(next(word.removeprefix(AT_PREFIX) for word in offered if word.startswith(AT_PREFIX)))
        hub.hellos.append(hello)
        hub.sockets.append(self)
        self.session = HubSession(
            hub.log, DEVICE, hello, hub.claim, hub.encoder, Codec(), now=hub.now(), clock=self._clock()
        )
        self._flush()

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()

    def on_message(self, message: str | bytes) -> None:
        session = self.session
        assert session is not None and isinstance(message, bytes)
        if self.hub.mute or session.ended:
            return
        try:
            command = session.receive(message, self.hub.now(), self._clock())
        except RemoteProtocolError as error:
            self.end(Reason.PROTOCOL_ERROR, str(error))
            return
        if command is not None:
            session.done(command, self.hub.take(command), self.hub.now(), self._clock())
        self._flush()
        self.brought += 1
        if self.brought == self.hub.cuts_after:
            self.cut()

    def _flush(self) -> None:
        assert self.session is not None
        if not self.hub.mute:
            for message in self.session.messages():
                self.write_message(message, binary=True)
        self.hub.claim = self.session.claim
        self.hub.something_changed()
        if self.session.ended:
            self.close()

    def wake(self) -> None:
        if self.session and not self.session.ended:
            self.session.wake(self.hub.now(), self._clock())
            self._flush()

    def end(self, reason: Reason, words: str = "", retry_after: int | None = None) -> None:
        """Say goodbye."""
        assert self.session is not None and reason in FAREWELLS
        self.session.goodbye(reason, words, retry_after)
        self._flush()

    def write_raw(self, data: bytes) -> None:
        """Bytes on the wire that are no message, or half of one."""
        assert self.ws_connection is not None and self.ws_connection.stream is not None
        self.ws_connection.stream.write(data)

    def cut(self) -> None:
        """Break the connection without a word."""
        stream = getattr(self.ws_connection, "stream", None)
        if stream is not None:
            stream.close()

    def on_close(self) -> None:
        if self in self.hub.sockets:
            self.hub.sockets.remove(self)
        self.hub.something_changed()


class Enrolments(RequestHandler):
    """Joining with a one-time code."""

    def initialize(self, hub: SmallHub) -> None:
        self.hub = hub

    def post(self) -> None:
        if self.hub.refuse is not None:
            self.hub.refuse(self)
            return
        asked = json.loads(self.request.body)
        answer = self.hub.codes.pop(asked["code"], None)
        if answer is None:
            problem(self, 403, "code-unknown", "this code is not known, or was used")
            return
        self.hub.enrolments.append(asked)
        self.set_status(201)
        self.write(answer)


def problem(handler: RequestHandler, status: int, kind: str, detail: str) -> None:
    """Answer with problem details (RFC 9457)."""
    handler.set_status(status)
    handler.set_header("Content-Type", "application/problem+json")
    handler.finish(json.dumps({"type": f"/v1/docs#{kind}", "title": kind, "detail": detail}))
