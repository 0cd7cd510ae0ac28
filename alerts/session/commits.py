"""What a session asks its shell to make durable, and what the shell answers.

A session never does more than one step at a time: it hands out one command, the shell commits it, and the outcome goes
back in. Only then do frames leave: nothing leaves before its commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.session.position import Position
from alerts.wire.frames import Group, Item

# -- on a device ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeepItems:
    """Store items of the downlink. `upto` None: they came ahead (`wanted`: because they were asked for).

    `now` is the hub's time in whole seconds as the device reckons it.
    """

    epoch: int
    items: tuple[Item, ...]
    upto: int | None
    as_of: int
    as_of_epoch: int
    wanted: bool
    now: int


@dataclass(frozen=True, slots=True)
class OweRollCall:
    """A roll-call list has arrived: from now on it is owed. The outcome says what is lacking and which epochs to ask about."""

    groups: tuple[Group, ...]
    now: int


@dataclass(frozen=True, slots=True)
class FinishRollCall:
    """In one commit: revive what is listed, end what is not, strike what was lost, take `upto` as the cursor."""

    epoch: int
    upto: int
    groups: tuple[Group, ...]
    asked: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    as_of: int
    as_of_epoch: int
    now: int


@dataclass(frozen=True, slots=True)
class SetLanguages:
    """The device's languages are now these (None: unchanged). The outcome names what is in force and to be had in them."""

    languages: tuple[str, ...] | None
    now: int


@dataclass(frozen=True, slots=True)
class LanguagesDone:
    """Everything in force is here in the device's languages."""


@dataclass(frozen=True, slots=True)
class OutboxStored:
    """The hub says how far it has these outbox epochs, (epoch, number); a number can be lower than before."""

    outboxes: tuple[tuple[int, int], ...]
    hub_epoch: int | None = None
    """Set when every outbox epoch has been compared with the hub's under this epoch of the hub."""


@dataclass(frozen=True, slots=True)
class OutboxRefused:
    """The hub keeps this item in quarantine, for this reason."""

    epoch: int
    number: int
    reason: int
    words: str


DeviceCommand = KeepItems | OweRollCall | FinishRollCall | SetLanguages | LanguagesDone | OutboxStored | OutboxRefused


@dataclass(slots=True)
class DeviceOutcome:
    """What a commit on a device led to. Keys are alert identities."""

    position: Position
    arrived: list[str] = field(default_factory=list)
    """New alerts, stored for the first time."""
    changed: list[str] = field(default_factory=list)
    """Known alerts: other text, or in force again."""
    withdrawn: list[str] = field(default_factory=list)
    """No longer in force: replaced or cancelled."""
    ended: list[str] = field(default_factory=list)
    """No longer in force for this device."""
    lost: list[str] = field(default_factory=list)
    """The hub no longer knows them: kept, marked unconfirmed."""
    quarantined: list[tuple[int, int, str]] = field(default_factory=list)
    """(epoch, number, reason) of what could not be used."""
    lacking: tuple[Group, ...] = ()
    epochs: tuple[int, ...] = ()


# -- on the hub -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakeUplink:
    """Store uplink items: those above the hub's number of this outbox epoch take effect, once."""

    epoch: int
    after: int
    upto: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ReadStand:
    """How far does the hub have these outbox epochs?"""

    epochs: tuple[int, ...]


HubCommand = TakeUplink | ReadStand


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an uplink item went to quarantine."""

    number: int
    reason: int
    words: str


@dataclass(frozen=True, slots=True)
class HubOutcome:
    """`outboxes`: the hub's number of each epoch named; `gap`: the items began above it and were not taken."""

    outboxes: tuple[tuple[int, int], ...]
    gap: bool = False
    refusals: tuple[Refusal, ...] = ()


Command = DeviceCommand | HubCommand
Outcome = DeviceOutcome | HubOutcome
