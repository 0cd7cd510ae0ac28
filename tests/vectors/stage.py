"""Two real ends of a session and a recorder between them: what the device is told, commits, and says.

Messages are never compressed here, so that the bytes are the same whatever version of zstd made them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

import msgpack

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.errors import RemoteProtocolError
from alerts.session.claim import Claim
from alerts.session.commits import DeviceCommand, DeviceOutcome, HubOutcome, Refusal, TakeUplink
from alerts.session.log import Draft, Entry, Form, Log, draft_of
from alerts.session.position import Path, Position
from alerts.session.sender import live_frame
from alerts.session.session import DeviceSession, HubSession
from alerts.wire.codec import LEVEL_ONCE, PLAIN, Codec
from alerts.wire.frames import Frame, Welcome, to_array
from alerts.wire.handshake import pack_hello, unpack_hello
from alerts.wire.items import decode_item, pack_full, pack_withdrawal
from alerts.wire.uplink import UplinkItem, pack_uplink
from tests.vectors import meanings, samples
from tests.vectors import store as stores
from tests.vectors.meanings import Json
from tests.vectors.store import Store

DEVICE = "device-1"
EVERYONE = Audience(everyone=True)
START = 1_772_343_000
"""The hub's time when a scenario begins: 2026-03-01T05:30:00Z."""


class PlainCodec(Codec):
    """Compresses nothing."""

    def encode(self, frame: Frame, *, level: int = LEVEL_ONCE) -> bytes:
        packed: bytes = msgpack.packb(to_array(frame))
        return bytes((PLAIN,)) + packed


class Items:
    """Makes the hub's items."""

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        if form is Form.WITHDRAWAL:
            return pack_withdrawal(entry.replaces)
        assert isinstance(entry.payload, Alert)
        more: dict[str, Any] = {"expires": entry.expires, "urgency": entry.urgency, "replaces": entry.replaces}
        return pack_full(entry.payload, languages=languages, hub_made=False, **more)

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        return PlainCodec().encode(live_frame(entry, self.item(entry, Form.FULL, languages)))


class Hub:
    """A hub with one device, in memory."""

    def __init__(self, epoch: int) -> None:
        self.now = START
        self.log = Log(Path([(epoch, 1)]))
        self.claim = Claim()
        self.outboxes: dict[int, int] = {}
        self.refusing: dict[bytes, int] = {}
        self.languages: tuple[str, ...] | None = None
        self.session: HubSession | None = None
        self.log.enrol(1, Reader(DEVICE, ("KE-047",)))

    def begin(self, epoch: int) -> None:
        """The hub is opened anew."""
        self.log.path.begin(epoch, self.log.head + 1)

    def publish(self, value: dict[str, Any], audience: Audience = EVERYONE) -> Entry:
        """Take an alert into the log."""
        alert = samples.alert(value)
        draft: Draft = draft_of(alert, audience, default_life_s=86_400, payload=alert)
        entry = self.log.inherit(draft)
        self.log.append(entry)
        return entry

    def moved(self, *areas: str) -> None:
        """The device is now in other areas."""
        before, after = self.log.enrolled[DEVICE].reader, Reader(DEVICE, areas)
        self.log.enrol(self.log.head + 1, after)
        if self.session:
            self.session.moved(before, after)

    def take(self, command: Any) -> HubOutcome:
        """Carry out a command of the uplink."""
        if not isinstance(command, TakeUplink):
            return HubOutcome(tuple((epoch, self.outboxes.get(epoch, 0)) for epoch in command.epochs))
        has = self.outboxes.get(command.epoch, 0)
        if command.after > has:
            return HubOutcome(((command.epoch, has),), gap=True)
        new = [(number, raw) for number, raw in command.items if number > has]
        self.outboxes[command.epoch] = max(has, command.upto)
        refusals = tuple(
            Refusal(number, self.refusing[raw], "the device may not say this")
            for number, raw in new
            if raw in self.refusing
        )
        return HubOutcome(((command.epoch, self.outboxes[command.epoch]),), refusals=refusals)


class Stage:
    """Plays a scenario and records the device's side of it."""

    def __init__(self, name: str, about: str, store: Store, hub: Hub | None = None) -> None:
        self.store, self.hub = store, hub
        self.clock = 1000.0
        self._opening = 0
        self._device: DeviceSession | None = None
        self._to_device: list[bytes] = []
        self._to_hub: list[bytes] = []
        self._made: Json = {"name": name, "about": about, "store": stores.to_json(store), "steps": []}

    # -- what happens -------------------------------------------------------------------------------------------------

    def connect(self, *, play: bool = True, opening: int | None = None) -> None:
        """A new connection; the hub's first frames follow."""
        self._opening = self._opening + 1 if opening is None else opening
        self._device = DeviceSession(self.store.standing(), self._opening, self.store, PlainCodec(), self.clock)
        said = pack_hello(self._device.hello)
        self._to_device, self._to_hub = [], []
        self._step("connect", opening=self._opening, text=said, says=meanings.of_hello(self._device.hello))
        if self.hub:
            self.hub.session = HubSession(
                *(self.hub.log, DEVICE, unpack_hello(said), self.hub.claim, Items(), PlainCodec()),
                now=self.hub.now,
                clock=self.clock,
                languages=self.hub.languages,
            )
            self.hub.languages = None
            self._gather()
        if play:
            self.play()

    def play(self, messages: int | None = None) -> None:
        """Hand messages over, to and fro, until all is quiet or the device has had so many."""
        while self._to_device and messages != 0:
            self._receive(self._to_device.pop(0))
            self._serve()
            messages = None if messages is None else messages - 1

    def told(self, *frames: Frame) -> None:
        """The hub says this, whatever it knows."""
        self._to_device.extend(PlainCodec().encode(frame) for frame in frames)
        self.play()

    def told_raw(self, message: bytes) -> None:
        """The hub says what this version has no frame for."""
        self._to_device.append(message)
        self.play()

    def refuses(self, why: str, frame: Frame) -> None:
        """The hub says what it must not."""
        assert self._device
        message = PlainCodec().encode(frame)
        try:
            self._device.receive(message, self.clock)
        except RemoteProtocolError:
            self._step("receive", hex=message.hex(), frame=meanings.of_frame(frame), refused=why)
        else:
            raise AssertionError(f"{frame} was not refused")

    def wake(self) -> None:
        """The hub's log grew."""
        assert self.hub and self.hub.session
        self.hub.session.wake(self.hub.now, self.clock)
        self._gather()
        self.play()

    def write(self, item: UplinkItem) -> None:
        """The device's user did something; with a connection it leaves at once."""
        raw = pack_uplink(item)
        number = self.store.write(raw)
        if self._device:
            self._device.outbox_grew(self.clock)
        self._step("outbox", epoch=self.store.outbox_epoch, number=number, hex=raw.hex(), send=self._sent())
        self._serve()
        self.play()

    def ask(self) -> None:
        """The user asks for a roll-call."""
        assert self._device
        self._device.ask_roll_call(self.clock)
        self._step("ask for a roll-call", send=self._sent())
        self._serve()
        self.play()

    def languages(self, *wanted: str) -> None:
        """The user chooses other languages; the next connection says so."""
        self.store.choose_languages(wanted)
        self._step("languages", languages=list(wanted))

    def tick(self) -> bool:
        """Time has passed and the device looks at its link."""
        assert self._device
        alive = self._device.tick(self.clock)
        self._step("tick", alive=alive, send=self._sent())
        self._serve()
        self.play()
        return alive

    def breaks(self) -> None:
        """The connection is gone; what was under way is lost."""
        self._device = None
        self._to_device, self._to_hub = [], []
        self._step("break")

    def passes(self, seconds: int) -> None:
        """Time goes by."""
        self.clock += seconds
        if self.hub:
            self.hub.now += seconds

    def done(self) -> Json:
        """The transcript."""
        return {**self._made, "store_after": stores.to_json(self.store)}

    # -- inside -------------------------------------------------------------------------------------------------------

    def _receive(self, message: bytes) -> None:
        assert self._device
        frame = PlainCodec().decode(message)
        command = self._device.receive(message, self.clock)
        if isinstance(frame, Welcome):
            self.store.welcome(self._opening)
        commits = []
        while command is not None:
            outcome = self.store.commit(command)
            commits.append({"commit": of_command(command), "outcome": of_outcome(outcome)})
            command = self._device.done(command, outcome, self.clock)
        said = {"hex": message.hex(), "frame": meanings.of_frame(frame), **_known(frame)}
        self._step("receive", **said, commits=commits, send=self._sent(), ended=self._device.ended is not None)

    def _sent(self) -> list[Json]:
        if self._device is None:
            return []
        messages = self._device.messages()
        self._to_hub.extend(messages)
        decoded = [(message, PlainCodec().decode(message)) for message in messages]
        return [{"hex": message.hex(), "frame": meanings.of_frame(frame)} for message, frame in decoded]

    def _serve(self) -> None:
        if self.hub is None or self.hub.session is None or self._device is None:
            return
        while self._to_hub:
            session = self.hub.session
            command = session.receive(self._to_hub.pop(0), self.hub.now, self.clock)
            if command is not None:
                session.done(command, self.hub.take(command), self.hub.now, self.clock)
            self._gather()

    def _gather(self) -> None:
        assert self.hub and self.hub.session
        self.hub.claim = self.hub.session.claim
        self._to_device.extend(self.hub.session.messages())

    def _step(self, event: str, **more: Any) -> None:
        self._made["steps"].append({"event": event, "clock": self.clock, **more})


def _known(frame: Frame) -> Json:
    """What the items of a frame mean, beside their bytes."""
    epoch, items = getattr(frame, "epoch", 0), getattr(frame, "items", ())
    meant = {number: _meant(raw, epoch, number) for number, raw in items}
    return {"items": [{"number": number, **meaning} for number, meaning in meant.items()]} if items else {}


def _meant(raw: bytes, epoch: int, number: int) -> Json:
    try:
        arrival = decode_item(raw, epoch, number)
    except RemoteProtocolError:
        return {"form": "not usable"}
    replaces = sorted(arrival.replaces)
    return (
        {"identity": arrival.key, "replaces": replaces, "expires": arrival.expires}
        if arrival.key
        else {
            "form": "withdrawal",
            "replaces": replaces,
        }
    )


PAIRED = {"lacking": "groups", "quarantined": "ends"}


def of_command(command: DeviceCommand) -> Json:
    """A command by its name and its parts."""
    return {"command": type(command).__name__, **_parts(command)}


def of_outcome(outcome: DeviceOutcome) -> Json:
    """An outcome, without what is empty but for the position."""
    return {name: value for name, value in _parts(outcome).items() if name == "position" or value}


def _parts(value: Any) -> Json:
    assert is_dataclass(value)
    return {part.name: _part(part.name, getattr(value, part.name)) for part in fields(value)}


def _part(name: str, value: Any) -> Any:
    paired = PAIRED.get(name, name)
    if isinstance(value, Position):
        return _parts(value)
    if name == "quarantined":
        return [{"epoch": epoch, "number": number} for epoch, number, _ in value]
    if paired in meanings.PAIRS:
        return meanings.pairs(paired, value)
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
