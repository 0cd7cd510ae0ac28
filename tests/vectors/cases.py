"""The valid cases: what is meant, to be written as bytes."""

from __future__ import annotations

from typing import Any

import msgpack
import zstandard

from alerts.limits import EPOCH_MAX, NUMBER_MAX
from alerts.wire.codec import LEVEL_SHARED, PLAIN, ZSTD, Codec
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
    Unknown,
    Want,
    Welcome,
    to_array,
)
from alerts.wire.handshake import Hello, pack_hello
from alerts.wire.items import Urgency, hub_identifier, pack_full, pack_withdrawal
from alerts.wire.uplink import Answer, Lost, Quarantined, Receipt, ReceiptState, UplinkItem, pack_uplink
from tests.vectors import meanings, samples
from tests.vectors.meanings import Json

A, B = 0xA1B2C3D4, 0x0000BEEF
"""Two epochs."""

FRAMES: dict[str, Frame] = {
    "ping": Ping(7),
    "pong, the largest token": Pong(65_535),
    "welcome": Welcome(1_772_343_000, A),
    "welcome, the first dictionary named is agreed on": Welcome(1_772_343_000, A, 0),
    "data, one item, judged by itself": Data(A, 41, 42, ((42, b"\x02"),), 42),
    "data without items moves the cursor": Data(A, 5, 900, (), 900),
    "data, several items, upto beyond the last": Data(A, 5, 20, ((6, b"\x01"), (9, b""), (18, b"\xff\x00")), 25),
    "data, judged in a later epoch": Data(B, 0, 3, ((1, b"x"), (3, b"y")), 17, A),
    "data of the uplink has no as-of": Data(B, 0, 2, ((1, b"one"), (2, b"two"))),
    "data of the uplink passes over what is no longer kept": Data(B, 7, 90, ()),
    "data, the largest numbers": Data(EPOCH_MAX, NUMBER_MAX - 1, NUMBER_MAX, ((NUMBER_MAX, b""),), NUMBER_MAX),
    "ahead": Ahead(A, ((44, b"z"),), 50),
    "ahead, judged in a later epoch": Ahead(B, ((3, b"z"), (2, b"a")), 50, A),
    "ahead answers a want": Ahead(A, ((44, b"z"),), 50, None, 1),
    "ahead answers that nothing wanted is in force": Ahead(A, (), 50, None, 3),
    "stored, a cursor alone": Stored(A, 12),
    "stored, as a device says it": Stored(A, 12, 15, (14, 15), 0, 1_772_343_010),
    "stored, a roll-call owed and alerts unconfirmed": Stored(A, 12, 12, (), 3, 1_772_343_010),
    "stored of the hub": Stored(B, 9),
    "resume, a gap": Resume(A, 12, 15, (14,), 0, 1_772_343_010),
    "resume asks for a roll-call": Resume(A, 12, 15, (), 1, 1_772_343_010),
    "resume of the hub": Resume(B, 4),
    "roll, nothing in force": Roll(A, 12, ()),
    "roll, most urgent first": Roll(A, 900, ((A, (880, 13)), (B, (2,)), (A, (12, 14, 15)), (B, (1, 3)))),
    "want, the first of a list": Want(((A, (880,)),), 900),
    "want, the last, and epochs": Want(((B, (1, 3)),), 900, True, (B, A)),
    "want, nothing is lacking": Want((), 900, True, (A,)),
    "want again in other languages": Want(((A, (12, 14, 15)),)),
    "rolled": Rolled(A, 900, ((B, 11), (A, 900)), 900),
    "rolled, an epoch is not on the path": Rolled(A, 900, (), 901),
    "rolled, judged in a later epoch": Rolled(B, 11, (), 900, A),
    "offer": Offer(((B, 9), (A, 2))),
    "offer, nothing is kept": Offer(()),
    "stand": Stand(((B, 9), (A, 0))),
    "refused": Refused(B, 4, 1, "the right to report was withdrawn"),
    "refused without words": Refused(B, 4, 1),
    "languages": Languages(("sw", "en")),
    "languages, all": Languages(("*",)),
    "goodbye, stopping": Goodbye(0, 5),
    "goodbye, replaced": Goodbye(1, 600, "this store of the device has connected again"),
    "goodbye, no time to come back": Goodbye(8),
    "dictionary, behind the second one named": Dictionary(bytes.fromhex("0102030405ff"), 35_263, 41, 97, 1),
    "dictionary, behind none": Dictionary(bytes.fromhex("0102030405ff"), 88_012, 41, 0),
}

LATER: dict[str, tuple[list[Any], Frame]] = {
    "an unknown kind is ignored": ([99, "whatever", 1], Unknown(99)),
    "trailing elements are ignored": ([0, 7, "more", [1]], Ping(7)),
    "trailing elements of a pair are ignored": ([11, [[B, 9, 1]]], Stand(((B, 9),))),
    "absent elements in the middle are nil": ([4, A, [], 50, None, 3], Ahead(A, (), 50, None, 3)),
    "defaults that are written out": ([12, B, 4, 1, ""], Refused(B, 4, 1)),
    "integers that are not in their shortest form": ([3, A, 0, 2, []], Data(A, 0, 2, ())),
}

LONG = Data(A, 0, 3, tuple((number, pack_withdrawal([f"{samples.SENDER},boil-{number}"])) for number in (1, 2, 3)), 3)

LIVE = Data(
    *(A, 11, 12),
    (
        (
            12,
            pack_full(
                samples.alert(samples.EVERYTHING),
                expires=1_772_947_800,
                urgency=Urgency.EXTREME,
                replaces=frozenset(),
                languages=("*",),
                hub_made=False,
            ),
        ),
    ),
    12,
)

HELLOS: dict[str, Hello] = {
    "the first time": Hello(1, Resume(0, 0, 0)),
    "the first time, with languages": Hello(0x12345678, Resume(0, 0, 0), ("sw", "en")),
    "a position": Hello(EPOCH_MAX, Resume(A, 12, 15, (14, 15), 0, 1_772_343_010), ("sw",), (B, 11)),
    "a roll-call is owed": Hello(2, Resume(A, 12, 15, (), 1, 1_772_343_010), ("*",)),
    "unconfirmed alerts": Hello(3, Resume(A, 12, 12, (), 2, 1_772_343_010)),
    "with dictionaries": Hello(4, Resume(A, 12, 12), ("fr",), (0, 0), (0x1B9C, 65_535)),
    "with a dictionary, after the languages changed": Hello(5, Resume(A, 12, 12), ("fr",), (0, 0), (65_535,), 9),
    "opened again": Hello(6, Resume(A, 12, 12), ("fr",), (B, 11), (), 0, 5),
}

UPLINK: dict[str, UplinkItem] = {
    "seen": Receipt(1_772_343_100, ReceiptState.SEEN, A, 12),
    "acknowledged": Receipt(1_772_343_160, ReceiptState.ACKNOWLEDGED, A, 12),
    "acknowledged by identity": Receipt(1_772_343_160, ReceiptState.ACKNOWLEDGED, key=f"{samples.SENDER},boil-7"),
    "not usable": Quarantined(1_772_343_100, A, 13, "item: form 9 is not known to this version"),
    "lost by the hub": Lost(1_772_343_100, (f"{samples.SENDER},boil-7", f"{samples.SENDER},boil-8")),
    "the answer yes": Answer(1_772_343_200, True, A, 12),
    "the answer no, by identity": Answer(1_772_343_200, False, key=f"{samples.SENDER},boil-7"),
    "the third choice": Answer(1_772_343_200, 2, A, 12),
    "a whole number": Answer(1_772_343_200, -40, A, 12),
    "a number with a fraction": Answer(1_772_343_200, 4.5, A, 12),
    "an answer in words": Answer(1_772_343_200, "Maji ya kisima si safi – tunahitaji dawa.", A, 12),
}

DAY = 86_400
ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the least": (samples.MINIMAL, {}),
    "with an expiry": (samples.EXPIRING, {"expires": 2 * DAY, "urgency": Urgency.SEVERE}),
    "an update replaces what it references": (samples.UPDATE, {"expires": 2 * DAY, "urgency": Urgency.SEVERE}),
    "an update replaces more than it references": (samples.UPDATE, {"replaces": {f"{samples.SENDER},boil-1"}}),
    "a cancel": (samples.CANCEL, {"replaces": {f"{samples.SENDER},boil-7"}, "urgency": Urgency.SEVERE}),
    "a notice replaces nothing": (samples.NOTICE, {}),
    "times in several offsets": (samples.OFFSETS, {"expires": 12 * 3600}),
    "all languages": (samples.LANGUAGES, {"urgency": Urgency.EXTREME}),
    "every element of CAP": (samples.EVERYTHING, {"expires": 7 * DAY, "urgency": Urgency.EXTREME}),
}


def _plain(array: list[Any]) -> str:
    packed: bytes = msgpack.packb(array)
    return (bytes((PLAIN,)) + packed).hex()


def frames() -> list[Json]:
    """Every kind, plain."""
    canonical = [
        {"name": name, "hex": _plain(to_array(frame)), "canonical": True, "meaning": meanings.of_frame(frame)}
        for name, frame in FRAMES.items()
    ]
    later = [
        {"name": name, "hex": _plain(array), "canonical": False, "meaning": meanings.of_frame(frame)}
        for name, (array, frame) in LATER.items()
    ]
    later[-1]["hex"] = "009503ce" + f"{A:08x}cd0000d20000000290"
    return canonical + later


def compressed() -> list[Json]:
    """Messages of encoding 1; a decoder must read them, an encoder may write others."""
    codec = Codec()
    params = {"write_content_size": False, "write_checksum": False, "write_dict_id": False}
    stored = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            1, format=zstandard.FORMAT_ZSTD1_MAGICLESS, window_log=10, **params
        )
    )
    ping: bytes = stored.compress(msgpack.packb(to_array(Ping(7))))
    messages = {
        "for one reader": (codec.encode(LONG), LONG),
        "for many readers, with entropy tables": (codec.encode(LIVE, level=LEVEL_SHARED), LIVE),
        "a raw block, though it makes nothing smaller": (bytes((ZSTD,)) + ping, Ping(7)),
    }
    return [
        {"name": name, "hex": message.hex(), "meaning": meanings.of_frame(frame)}
        for name, (message, frame) in messages.items()
    ]


def handshakes() -> list[Json]:
    """The value behind `Tocsin-At:` and `at.`."""
    return [
        {"name": name, "text": pack_hello(hello), "canonical": True, "meaning": meanings.of_hello(hello)}
        for name, hello in HELLOS.items()
    ]


def items() -> list[Json]:
    """Downlink items."""
    made = [_item(name, value, dict(more), False) for name, (value, more) in ITEMS.items()]
    own = {**samples.MINIMAL, "identifier": hub_identifier(A, 12)}
    made.append(_item("the identifier is the hub's and costs nothing", own, {}, True))
    withdrawal = pack_withdrawal([f"{samples.SENDER},boil-8", f"{samples.SENDER},boil-7"])
    made.append(_case("a bare withdrawal", withdrawal, A, 13))
    made.append(
        _case("a bare withdrawal of an alert of the hub", pack_withdrawal([f"hub,{hub_identifier(B, 3)}"]), A, 14)
    )
    return made


def _item(name: str, value: dict[str, Any], more: dict[str, Any], hub_made: bool) -> Json:
    alert = samples.alert(value)
    replaces = frozenset(more.get("replaces", ()))
    if alert.msg_type in ("Update", "Cancel"):
        replaces |= frozenset(alert.reference_keys)
    raw = pack_full(
        alert,
        expires=alert.sent.seconds + more.get("expires", DAY),
        urgency=more.get("urgency", Urgency.ORDINARY),
        replaces=replaces,
        languages=("*",),
        hub_made=hub_made,
    )
    return _case(name, raw, A, 12)


def _case(name: str, raw: bytes, epoch: int, number: int) -> Json:
    meaning = meanings.of_item(raw, epoch, number)
    return {
        "name": name,
        "epoch": epoch,
        "number": number,
        "hex": raw.hex(),
        "canonical": True,
        "meaning": meaning,
    }


def uplink() -> list[Json]:
    """Uplink items."""
    return [
        {"name": name, "hex": pack_uplink(item).hex(), "canonical": True, "meaning": meanings.of_uplink(item)}
        for name, item in UPLINK.items()
    ]
