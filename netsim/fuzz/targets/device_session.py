"""A whole connection as a device has it: whatever a hub sends, the session refuses it or goes on, and its store holds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from alerts.errors import RemoteProtocolError
from alerts.session import inbox
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    KeepItems,
    LanguagesDone,
    OutboxStored,
    OweRollCall,
    SetLanguages,
)
from alerts.session.session import DeviceSession
from alerts.wire.codec import Codec
from alerts.wire.frames import Ahead, Data, Languages, Ping, Roll, Rolled, Stand, Stored, Welcome
from alerts.wire.items import decode_item
from netsim.fuzz.targets import samples
from netsim.fuzz.targets.conversation import join, split
from netsim.fuzz.targets.samples import EPOCH, NOW
from netsim.virtual.device_store import DeviceStore

SUMMARY = "messages of a hub to its device, in a row"
_CODEC = Codec()
_CLOCK = 0.0


def seeds() -> Iterable[bytes]:
    """A roll-call with all that it lists, what comes ahead, in its order, and again in other languages."""
    first, second, third, *_ = samples.items()
    talk = (
        *(Welcome(NOW, EPOCH), Roll(EPOCH, 4, ((EPOCH, (2, 3)),)), Ahead(EPOCH, ((2, second),), 4, None, 1)),
        *(Ahead(EPOCH, ((3, third),), 4, None, 1), Rolled(EPOCH, 4, (), 4), Ahead(EPOCH, ((6, first),), 6)),
        *(Data(EPOCH, 4, 5, ((5, second),), 6), Languages(("fr",)), Stand(((1, 0),)), Stored(1, 1), Ping(3)),
    )
    messages = [_CODEC.encode(frame) for frame in talk]
    return [join(messages), join([messages[0], *messages[5:]]), join(messages[:5])]


def check(data: bytes) -> None:
    """Goes on, or ends with RemoteProtocolError."""
    store, names = DeviceStore(), count(1)
    store.now = NOW
    store.open(lambda: 1, lambda: str(next(names)))
    store.write("written before")
    session = DeviceSession(store.standing(), 5, store, _CODEC, _CLOCK)
    for message in split(data):
        try:
            command = session.receive(message, _CLOCK)
        except RemoteProtocolError:
            return
        while command is not None:
            command = session.done(command, _commit(store, command), _CLOCK)
        session.messages()
        if session.ended:
            return


def _commit(store: DeviceStore, command: DeviceCommand) -> DeviceOutcome:
    match command:
        case KeepItems():
            return inbox.keep_items(store, command, inbox.begin_items(store, command), decode_item)
        case OweRollCall():
            return inbox.owe_roll_call(store, command)
        case FinishRollCall():
            return inbox.finish_roll_call(store, command)
        case SetLanguages():
            return inbox.set_languages(store, command)
        case LanguagesDone():
            return inbox.languages_done(store, command)
        case OutboxStored(outboxes, hub_epoch):
            store.mark_stored(outboxes, hub_epoch)
    return DeviceOutcome(store.standing().position())
