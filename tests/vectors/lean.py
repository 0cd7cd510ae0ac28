"""Vectors of dictionaries and of lean messages: compressed bytes differ between versions of zstd, so they are to be read only."""

from __future__ import annotations

from functools import cache
from itertools import islice

from alerts.dictionary.generator import generate
from alerts.dictionary.making import item_of
from alerts.dictionary.training import Sample, train
from alerts.wire.blocks import BlockWriter
from alerts.wire.dictionary import Dictionary, read_dictionary
from alerts.wire.frames import Ahead, Data
from alerts.wire.items import pack_withdrawal
from alerts.wire.lean_frames import Earlier, write_lean
from tests.vectors import meanings
from tests.vectors.meanings import Json

EPOCH = 0xABCDEF01
MADE = 1_767_225_600
NOW = MADE + 40 * 86_400
TEXT_BYTES = 2048


@cache
def dictionary() -> Dictionary:
    """A small one."""
    return train((Sample(item) for item in _items()[:60]), made=MADE, text_bytes_max=TEXT_BYTES)


@cache
def _items() -> tuple[bytes, ...]:
    return tuple(item_of(alert, EPOCH, n) for n, alert in enumerate(islice(generate("fr", 90, 3), 90), 1))


def _earlier(number: int) -> Earlier:
    return Earlier(EPOCH, number, _items()[number - 1])


def _data(*numbers: int) -> Data:
    items = tuple((number, _items()[number - 1]) for number in numbers)
    return Data(EPOCH, numbers[0] - 1, numbers[-1], items, numbers[-1])


FRAMES: dict[str, tuple[Data | Ahead, tuple[int, ...]]] = {
    "a new alert": (_data(70), ()),
    "a new alert that refers to an earlier one": (_data(71), (70,)),
    "a new alert that refers to two": (_data(72), (66, 70)),
    "an alert of another epoch": (Data(7, 9, 10, ((10, _items()[9]),), 12, EPOCH), ()),
    "several alerts": (_data(73, 74, 75, 76), ()),
    "several alerts that refer to an earlier one": (_data(73, 74, 75, 76), (72,)),
    "a bare withdrawal, whole": (Data(EPOCH, 76, 77, ((77, pack_withdrawal(["moh@x,7"])),), 77), ()),
    "ahead": (Ahead(EPOCH, ((80, _items()[79]), (78, _items()[77])), 80), ()),
    "ahead, in answer": (Ahead(EPOCH, ((78, _items()[77]),), 80, None, 2), (70,)),
}


def dictionaries() -> list[Json]:
    """The dictionary that the other file needs."""
    one = dictionary()
    meaning = {
        "made": one.made,
        "zstd": one.zstd.hex(),
        "skeletons": [skeleton.hex() for skeleton in one.skeletons],
        "senders": list(one.senders),
        "times": list(one.times),
    }
    return [{"name": "a small one", "hex": one.data.hex(), "address": one.address.hex(), "meaning": meaning}]


def from_file(case: Json) -> Dictionary:
    """The dictionary of a case."""
    return read_dictionary(bytes.fromhex(case["hex"]))


def messages() -> list[Json]:
    """Lean messages, each with all that its reader must know."""
    blocks = BlockWriter(dictionary().zstd)
    made = []
    for name, (frame, numbers) in FRAMES.items():
        earlier = [_earlier(number) for number in numbers]
        message = write_lean(frame, dictionary(), blocks, newest=EPOCH, now=NOW, earlier=earlier)
        assert message is not None, name
        made.append(
            {
                "name": name,
                "hex": message.hex(),
                "dictionary": dictionary().address.hex(),
                "reading": {"newest": EPOCH, "now": NOW + 20, "cursor": frame.after if isinstance(frame, Data) else 60},
                "earlier": [{"epoch": one.epoch, "number": one.number, "hex": one.item.hex()} for one in earlier],
                "meaning": meanings.of_frame(frame),
            }
        )
    return made + [_refused(made[1], *how) for how in DAMAGES]


DAMAGES: tuple[tuple[str, int, list[int] | None], ...] = (
    ("a new alert, damaged", 8, None),
    ("a new alert, cut off", -1, None),
    ("a new alert, what it refers to is not here", 0, []),
    ("a new alert, what it refers to has another text", 0, [70, 69]),
)


def _refused(case: Json, name: str, damage: int, earlier: list[int] | None) -> Json:
    raw = bytearray.fromhex(case["hex"])
    if damage > 0:
        raw[damage] ^= 0x10
    others = case["earlier"]
    if earlier == []:
        others = []
    elif earlier:
        others = [{**others[0], "hex": _items()[earlier[1] - 1].hex()}]
    return {
        **{key: value for key, value in case.items() if key != "meaning"},
        "name": name,
        "hex": bytes(raw[:damage] if damage < 0 else raw).hex(),
        "earlier": others,
        "refused": "lean",
    }
