"""A device's store in memory, as plain as can be, and its content as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alerts.session import inbox
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    KeepItems,
    LanguagesDone,
    OutboxRefused,
    OutboxStored,
    OweRollCall,
    SetLanguages,
)
from alerts.session.inbox import Alarm, Row, Standing
from alerts.session.uplink import Outbox
from alerts.wire.frames import Item
from alerts.wire.items import Purpose, Urgency, decode_item
from alerts.wire.uplink import Lost, Quarantined, pack_uplink
from tests.vectors.meanings import Json

UNUSABLE = "not usable"
"""The words that this store reports; what an implementation says here is its own."""


@dataclass
class OutboxEpoch:
    """The items that are kept of one opening of the store."""

    epoch: int
    stored: int = 0
    items: list[Item] = field(default_factory=list)


class Store:
    """Inbox and outbox; the rows that `alerts.session.inbox` asks for, and the outbox that a session reads."""

    def __init__(self, outbox_epoch: int) -> None:
        self.outbox_epoch = outbox_epoch
        self.at = Standing()
        self.rows: dict[str, Row] = {}
        self.withdrawals: set[str] = set()
        self.tries: dict[tuple[int, int], int] = {}
        self.quarantined: dict[tuple[int, int], bytes] = {}
        self.outbox: dict[int, OutboxEpoch] = {}
        self.compared = 0
        self.refused: list[tuple[int, int, int]] = []
        self.now = 0

    # -- commits ------------------------------------------------------------------------------------------------------

    def commit(self, command: DeviceCommand) -> DeviceOutcome:
        """Carry out one command."""
        self.now = getattr(command, "now", self.now)
        match command:
            case KeepItems():
                return inbox.keep_items(self, command, inbox.begin_items(self, command), decode_item)
            case OweRollCall():
                return inbox.owe_roll_call(self, command)
            case FinishRollCall():
                return inbox.finish_roll_call(self, command)
            case SetLanguages():
                return inbox.set_languages(self, command)
            case LanguagesDone():
                return inbox.languages_done(self, command)
            case OutboxStored(outboxes, hub_epoch):
                for epoch, number in outboxes:
                    if epoch in self.outbox:
                        self.outbox[epoch].stored = number
                self.compared = self.compared if hub_epoch is None else hub_epoch
            case OutboxRefused(epoch, number, reason, _):
                self.refused.append((epoch, number, reason))
        return DeviceOutcome(self.at.position())

    def welcome(self, opening: int) -> None:
        """The hub has welcomed this opening."""
        inbox.welcome(self, opening)

    def write(self, raw: bytes) -> int:
        """Write an item into the outbox; its number."""
        outbox = self.outbox.setdefault(self.outbox_epoch, OutboxEpoch(self.outbox_epoch))
        number = outbox.items[-1][0] + 1 if outbox.items else outbox.stored + 1
        outbox.items.append((number, raw))
        return number

    def choose_languages(self, languages: tuple[str, ...]) -> None:
        """The user chooses languages; what is in force is asked for again once connected."""
        inbox.set_languages(self, SetLanguages(languages, self.at.heard))

    # -- the rows of the inbox ----------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        return self.at

    def set_standing(self, standing: Standing) -> None:
        self.at = standing

    def get(self, key: str) -> Row | None:
        return self.rows.get(key)

    def has(self, epoch: int, number: int) -> bool:
        here = any((row.epoch, row.number) == (epoch, number) for row in self.rows.values())
        return here or (epoch, number) in self.quarantined

    def put(self, row: Row) -> None:
        self.rows[row.key] = row

    def numbered(self) -> Iterable[Row]:
        return [row for row in self.rows.values() if row.number is not None]

    def struck(self) -> Iterable[Row]:
        return [row for row in self.rows.values() if row.number is None]

    def has_unconfirmed(self) -> bool:
        return any(row.unconfirmed for row in self.rows.values())

    def is_withdrawn(self, key: str) -> bool:
        return key in self.withdrawals

    def set_withdrawn(self, key: str, withdrawn: bool) -> None:
        (self.withdrawals.add if withdrawn else self.withdrawals.discard)(key)
        if key in self.rows:
            self.rows[key].withdrawn = withdrawn

    def note_try(self, epoch: int, number: int, raw: bytes) -> int:
        self.tries[epoch, number] = self.tries.get((epoch, number), 0) + 1
        return self.tries[epoch, number]

    def forget_try(self, epoch: int, number: int) -> None:
        del self.tries[epoch, number]

    def quarantine(self, epoch: int, number: int, raw: bytes, reason: str) -> None:
        self.quarantined[epoch, number] = raw
        self.write(pack_uplink(Quarantined(self.now, epoch, number, UNUSABLE)))

    def report_lost(self, keys: list[str]) -> None:
        self.write(pack_uplink(Lost(self.now, tuple(keys))))

    # -- what a session reads of the outbox ---------------------------------------------------------------------------

    def outboxes(self) -> Sequence[Outbox]:
        return [
            Outbox(outbox.epoch, outbox.items[-1][0] if outbox.items else outbox.stored, outbox.stored)
            for outbox in self.outbox.values()
        ]

    def read(self, epoch: int, after: int, items_max: int) -> Sequence[Item]:
        return [item for item in self.outbox[epoch].items if item[0] > after][:items_max]

    def compared_with(self) -> int:
        return self.compared


# -- as JSON ----------------------------------------------------------------------------------------------------------


def to_json(store: Store) -> Json:
    """The whole content."""
    return {
        "standing": _standing_out(store.at),
        "inbox": [_row_out(row) for row in sorted(store.rows.values(), key=lambda row: row.key)],
        "withdrawals": sorted(store.withdrawals),
        "tries": [_entry(at, tries=count) for at, count in sorted(store.tries.items())],
        "quarantine": [_entry(at, hex=raw.hex()) for at, raw in sorted(store.quarantined.items())],
        "outbox_epoch": store.outbox_epoch,
        "outboxes": [_outbox_out(outbox) for outbox in store.outbox.values()],
        "compared_with": store.compared,
        "refused": [_entry(at[:2], reason=at[2]) for at in store.refused],
    }


def from_json(value: Json) -> Store:
    """The store that has this content."""
    store = Store(value["outbox_epoch"])
    store.at = _standing_in(value["standing"])
    store.rows = {row["identity"]: _row_in(row) for row in value["inbox"]}
    store.withdrawals = set(value["withdrawals"])
    store.tries = {(at["epoch"], at["number"]): at["tries"] for at in value["tries"]}
    store.quarantined = {(at["epoch"], at["number"]): bytes.fromhex(at["hex"]) for at in value["quarantine"]}
    for outbox in value["outboxes"]:
        items = [(item["number"], bytes.fromhex(item["hex"])) for item in outbox["items"]]
        store.outbox[outbox["epoch"]] = OutboxEpoch(outbox["epoch"], outbox["stored"], items)
    store.compared = value["compared_with"]
    store.refused = [(at["epoch"], at["number"], at["reason"]) for at in value["refused"]]
    return store


def _entry(at: tuple[int, int], **more: Any) -> Json:
    return {"epoch": at[0], "number": at[1], **more}


def _standing_out(at: Standing) -> Json:
    return {
        "epoch": at.epoch,
        "cursor": at.cursor,
        "as_of": at.as_of,
        "held": sorted(at.held),
        "owes": at.owes,
        "unconfirmed": at.unconfirmed,
        "heard": at.heard,
        "marks": [{"epoch": epoch, "cursor": cursor} for epoch, cursor in at.marks],
        "languages": list(at.languages),
        "languages_due": at.languages_due,
        "welcomed": at.welcomed,
    }


def _standing_in(value: Json) -> Standing:
    marks = tuple((mark["epoch"], mark["cursor"]) for mark in value["marks"])
    frozen = {"held": frozenset(value["held"]), "marks": marks, "languages": tuple(value["languages"])}
    return Standing(**{**value, **frozen})


def _row_out(row: Row) -> Json:
    words = {"purpose": row.purpose.name.lower(), "urgency": row.urgency.name.lower(), "alarm": row.alarm.name.lower()}
    return {
        "identity": row.key,
        "epoch": row.epoch,
        "number": row.number,
        **words,
        "expires": row.expires,
        "listed": row.listed,
        "withdrawn": row.withdrawn,
        "unconfirmed": row.unconfirmed,
        "stale": row.stale,
        "item": row.item.hex(),
    }


def _row_in(value: Json) -> Row:
    return Row(
        value["identity"],
        value["epoch"],
        value["number"],
        Purpose[value["purpose"].upper()],
        Urgency[value["urgency"].upper()],
        value["expires"],
        bytes.fromhex(value["item"]),
        value["listed"],
        value["withdrawn"],
        value["unconfirmed"],
        Alarm[value["alarm"].upper()],
        value["stale"],
    )


def _outbox_out(outbox: OutboxEpoch) -> Json:
    items = [{"number": number, "hex": raw.hex()} for number, raw in outbox.items]
    return {"epoch": outbox.epoch, "stored": outbox.stored, "items": items}
