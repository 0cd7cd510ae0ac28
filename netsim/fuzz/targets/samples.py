"""Good things to begin from: the sample alerts, and a frame of every kind."""

from __future__ import annotations

from functools import cache

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.wire.frames import (
    Ahead,
    Data,
    Dictionary,
    Frame,
    Goodbye,
    Languages,
    Offer,
    Ping,
    Pong,
    Refused,
    Resume,
    Roll,
    Rolled,
    Stand,
    Stored,
    Want,
    Welcome,
)
from alerts.wire.items import Urgency, pack_full, pack_withdrawal
from netsim.workload import load_samples

EPOCH = 0xA1B2C3D4
NOW = 1_772_343_000
_LANGUAGES = ("*",)


@cache
def files() -> tuple[bytes, ...]:
    """The sample alerts as CAP XML, the shortest first."""
    return tuple(sorted((sample.xml for sample in load_samples()), key=len))


@cache
def alerts() -> tuple[Alert, ...]:
    """The sample alerts."""
    return tuple(from_xml(file).alert for file in files())


@cache
def items() -> tuple[bytes, ...]:
    """Items of the downlink of each form."""
    full = tuple(
        pack_full(
            alert,
            expires=alert.sent.seconds + 3600,
            urgency=Urgency.SEVERE,
            replaces=frozenset(["s,older"]),
            languages=_LANGUAGES,
            hub_made=index % 2 == 0,
        )
        for index, alert in enumerate(alerts()[:8])
    )
    return (pack_withdrawal(["s,a", "s,b"]), *full)


@cache
def frames() -> tuple[Frame, ...]:
    """A frame of every kind."""
    numbered = tuple(enumerate(items()[:3], 2))
    return (
        *(Ping(7), Pong(7), Welcome(NOW, EPOCH), Stored(EPOCH, 3, 4, (6, 9), 1, NOW), Resume(EPOCH, 1, 2, (), 0, NOW)),
        *(Data(EPOCH, 1, 4, numbered, 4, EPOCH), Data(EPOCH, 1, 2, (), 2), Ahead(EPOCH, numbered[:1], 4, None, 1)),
        *(Roll(EPOCH, 5, ((EPOCH, (2, 3)), (7, (1,)))), Want(((EPOCH, (2, 3)),), 5, True, (7,))),
        *(Rolled(EPOCH, 5, ((7, 1),), 5, EPOCH), Offer(((9, 3),)), Stand(((9, 2),)), Languages(("sw", "en"))),
        *(Refused(9, 3, 1, "no such thing"), Goodbye(1, 600, "replaced")),
        Dictionary(bytes(6), 9000, 40, 100),
    )
