"""What bytes mean, as JSON that needs no knowledge of Python: bytes are hexadecimal, enumerations are words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from alerts.cap.model import Alert
from alerts.wire.frames import KINDS, Frame, Resume, Unknown
from alerts.wire.handshake import Hello
from alerts.wire.items import FULL_OF_HUB, Arrival, alert_of, decode_item, pack_full, pack_withdrawal
from alerts.wire.items import Urgency as ItemUrgency
from alerts.wire.uplink import Answer, Lost, Quarantined, Receipt, ReceiptState, UplinkItem

Json = dict[str, Any]
PAIRS = {"items": ("number", "hex"), "groups": ("epoch", "numbers"), "ends": ("epoch", "number")}
PAIRS["outboxes"] = PAIRS["ends"]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [_plain(element) for element in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(element) for element in value) if isinstance(value, list) else value


def pairs(name: str, values: Any) -> list[Json]:
    """Pairs as objects, their two names given by the position that holds them."""
    first, second = PAIRS[name]
    return [{first: _plain(one), second: _plain(other)} for one, other in values]


def from_pairs(name: str, values: list[Json]) -> tuple[Any, ...]:
    """The pairs in objects."""
    first, second = PAIRS[name]
    read = bytes.fromhex if second == "hex" else _frozen
    return tuple((_frozen(value[first]), read(value[second])) for value in values)


def of_frame(frame: Frame) -> Json:
    """A frame by its kind's name and its positions' names; what is absent is null or its default."""
    if isinstance(frame, Unknown):
        return {"frame": "Unknown", "kind": frame.kind}
    values = {field.name: getattr(frame, field.name) for field in fields(frame)}
    meant = {name: pairs(name, value) if name in PAIRS else _plain(value) for name, value in values.items()}
    return {"frame": type(frame).__name__, **meant}


def to_frame(meaning: Json) -> Frame:
    """The frame that is meant."""
    values = dict(meaning)
    name = values.pop("frame")
    if name == "Unknown":
        return Unknown(**values)
    kind = next(kind for kind in KINDS.values() if kind.__name__ == name)
    return kind(**{name: _of_meaning(name, value) for name, value in values.items()})


def _of_meaning(name: str, value: Any) -> Any:
    if name in PAIRS:
        return from_pairs(name, value)
    return bytes.fromhex(value) if name == "address" else _frozen(value)


def of_hello(hello: Hello) -> Json:
    """A handshake value; the position in it lies flat."""
    at = hello.at
    return {
        "opening": hello.opening,
        "epoch": at.epoch,
        "cursor": at.cursor,
        "as_of": at.as_of or 0,
        "held": list(at.held),
        "flags": at.flags,
        "heard": at.heard,
        "languages": list(hello.languages),
        "earlier": {"epoch": hello.earlier[0], "cursor": hello.earlier[1]},
        "dictionaries": list(hello.dictionaries),
        "unlike": hello.unlike,
        "before": hello.before,
    }


def to_hello(meaning: Json) -> Hello:
    """The handshake value that is meant."""
    names = ("epoch", "cursor", "as_of", "held", "flags", "heard")
    at = Resume(*(_frozen(meaning[name]) for name in names))
    earlier = meaning["earlier"]["epoch"], meaning["earlier"]["cursor"]
    dictionaries = tuple(meaning["dictionaries"])
    rest = tuple(meaning["languages"]), earlier, dictionaries, meaning["unlike"], meaning["before"]
    return Hello(meaning["opening"], at, *rest)


def of_item(raw: bytes, epoch: int, number: int) -> Json:
    """A downlink item: what it is to the inbox, and the alert that it carries."""
    arrival = decode_item(raw, epoch, number)
    if arrival.key is None:
        return {"form": "withdrawal", "replaces": sorted(arrival.replaces)}
    alert = alert_of(raw, epoch, number)
    return {
        "form": "full of the hub" if raw[1] == FULL_OF_HUB else "full",
        "identity": arrival.key,
        "replaces": sorted(arrival.replaces),
        "purpose": arrival.purpose.name.lower(),
        "urgency": arrival.urgency.name.lower(),
        "expires": arrival.expires,
        "alert": alert.to_json(),
    }


def to_item(meaning: Json) -> bytes:
    """The item that is meant, as a hub makes it."""
    if meaning["form"] == "withdrawal":
        return pack_withdrawal(meaning["replaces"])
    return pack_full(
        Alert.from_json(meaning["alert"]),
        expires=meaning["expires"],
        urgency=ItemUrgency[meaning["urgency"].upper()],
        replaces=frozenset(meaning["replaces"]),
        languages=("*",),
        hub_made=meaning["form"] == "full of the hub",
    )


def of_arrival(arrival: Arrival) -> Json:
    """What a decoded item is to the inbox."""
    return {"identity": arrival.key, "purpose": arrival.purpose.name.lower(), "expires": arrival.expires}


def of_uplink(item: UplinkItem) -> Json:
    """An uplink item."""
    match item:
        case Receipt(at, state, epoch, number, key):
            entry = {"epoch": epoch, "number": number} if number else {"identity": key}
            return {"item": "receipt", "at": at, "state": state.name.lower(), **entry}
        case Quarantined(at, epoch, number, reason):
            return {"item": "quarantined", "at": at, "epoch": epoch, "number": number, "reason": reason}
        case Lost(at, keys):
            return {"item": "lost", "at": at, "identities": list(keys)}
        case Answer(at, value, epoch, number, key):
            entry = {"epoch": epoch, "number": number} if number else {"identity": key}
            return {"item": "answer", "at": at, "value": value, **entry}


def to_uplink(meaning: Json) -> UplinkItem:
    """The uplink item that is meant."""
    match meaning["item"]:
        case "receipt":
            state = ReceiptState[meaning["state"].upper()]
            return Receipt(
                meaning["at"], state, meaning.get("epoch", 0), meaning.get("number"), meaning.get("identity")
            )
        case "quarantined":
            return Quarantined(meaning["at"], meaning["epoch"], meaning["number"], meaning["reason"])
        case "lost":
            return Lost(meaning["at"], tuple(meaning["identities"]))
        case "answer":
            return Answer(
                meaning["at"], meaning["value"], meaning.get("epoch", 0), meaning.get("number"), meaning.get("identity")
            )
    raise ValueError(f"no uplink item is called {meaning['item']}")
