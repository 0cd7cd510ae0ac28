"""A whole connection as the hub has it: whatever a device sends, the session refuses it or goes on."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.audience import Audience, Reader
from alerts.errors import RemoteProtocolError
from alerts.session.claim import Claim
from alerts.session.commits import HubCommand, HubOutcome, ReadStand, Refusal
from alerts.session.log import Draft, Log, Purpose
from alerts.session.position import Path
from alerts.session.session import HubSession
from alerts.wire.codec import Codec
from alerts.wire.frames import Data, Offer, Ping, Resume, Stored, Want
from alerts.wire.handshake import Hello
from alerts.wire.items import Urgency
from netsim.fuzz.targets.conversation import join, split
from netsim.fuzz.targets.samples import EPOCH, NOW
from netsim.virtual.items import VirtualEncoder

SUMMARY = "messages of a device to its hub, in a row"
_CODEC = Codec()
_ALERTS = 6
_CLOCK = 0.0


def seeds() -> Iterable[bytes]:
    """A device that stores, asks and writes."""
    stores = (Stored(EPOCH, 1, 7, (4,)), Stored(EPOCH, 1, 7, (4, 7)), Stored(EPOCH, 7, 7))
    asks = (
        Resume(EPOCH, 1, 7, (), 1),
        Want(((EPOCH, (2, 3)),), 7, False),
        Want(((EPOCH, (7,)),), 7, True),
        Stored(EPOCH, 7, 7),
    )
    writes = (Offer(((9, 2),)), Data(9, 0, 2, ((1, b"x"), (2, b"y"))), Data(9, 2, 3, ((3, b"z"),)), Ping(1))
    talks = ((*stores, *asks, *writes), stores, asks, writes)
    return [join(_CODEC.encode(frame) for frame in talk) for talk in talks]


def check(data: bytes) -> None:
    """Goes on, or ends with RemoteProtocolError."""
    hub = _Hub()
    for message in split(data):
        try:
            command = hub.session.receive(message, NOW, _CLOCK)
        except RemoteProtocolError:
            return
        if command is not None:
            hub.session.done(command, hub.commit(command), NOW, _CLOCK)
        hub.session.messages()
        if hub.session.ended:
            return


class _Hub:
    """A log of a few alerts, and one device that starts at its beginning."""

    def __init__(self) -> None:
        log = Log(Path([(EPOCH, 1)]))
        log.enrol(1, Reader("d0", ("KE-1",)))
        for number in range(_ALERTS):
            draft = Draft(f"a{number}", Purpose.ALERT, Audience(everyone=True), (), Urgency(number % 3), NOW + 3600)
            log.append(log.inherit(draft))
        hello = Hello(5, Resume(EPOCH, 1, 1), ("en",))
        self.session = HubSession(*(log, "d0", hello, Claim(), VirtualEncoder(_CODEC), _CODEC), now=NOW, clock=_CLOCK)
        self._outboxes: dict[int, int] = {}

    def commit(self, command: HubCommand) -> HubOutcome:
        """As a store would; every third item cannot be used."""
        if isinstance(command, ReadStand):
            return HubOutcome(tuple((epoch, self._outboxes.get(epoch, 0)) for epoch in command.epochs))
        last = self._outboxes.get(command.epoch, 0)
        if command.after > last:
            return HubOutcome(((command.epoch, last),), gap=True)
        self._outboxes[command.epoch] = max(last, command.upto)
        refusals = tuple(Refusal(number, 1, "no") for number, _ in command.items if number > last and number % 3 == 0)
        return HubOutcome(((command.epoch, self._outboxes[command.epoch]),), refusals=refusals)
