"""The vectors: bytes and what they mean, read in both directions, and still what the code makes today."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from alerts.errors import LeanFrameError, RemoteProtocolError
from alerts.wire.codec import Codec, Reading
from alerts.wire.frames import KINDS, to_array
from alerts.wire.handshake import pack_hello, unpack_hello
from alerts.wire.items import decode_item
from alerts.wire.lean_codec import LeanCodec
from alerts.wire.lean_frames import Earlier
from alerts.wire.packing import pack
from alerts.wire.uplink import pack_uplink, unpack_uplink
from tests.vectors import invalid, lean, meanings, write
from tests.vectors.meanings import Json

NOT_CANONICAL = {"compressed.json", "dictionaries.json", "lean.json", "sessions.json"}
"""What zstd made may come out otherwise in its next version; sessions have a test of their own."""


def _cases(file: str) -> pytest.MarkDecorator:
    found = write.read(file)
    return pytest.mark.parametrize("case", found, ids=[case["name"] for case in found])


@_cases("frames.json")
def test_a_frame_means_what_the_vector_says(case: Json) -> None:
    message = bytes.fromhex(case["hex"])
    assert meanings.of_frame(Codec().decode(message)) == case["meaning"]
    if case["canonical"]:
        assert b"\x00" + pack(to_array(meanings.to_frame(case["meaning"]))) == message


@_cases("compressed.json")
def test_a_compressed_message_means_what_the_vector_says(case: Json) -> None:
    assert meanings.of_frame(Codec().decode(bytes.fromhex(case["hex"]))) == case["meaning"]


@_cases("dictionaries.json")
def test_a_dictionary_means_what_the_vector_says(case: Json) -> None:
    one, meaning = lean.from_file(case), case["meaning"]
    assert one.address.hex() == case["address"]
    assert [one.made, one.zstd.hex(), list(one.senders), list(one.times)] == [
        *(meaning[name] for name in ("made", "zstd", "senders", "times"))
    ]
    assert [skeleton.hex() for skeleton in one.skeletons] == meaning["skeletons"]


@_cases("lean.json")
def test_a_lean_message_means_what_the_vector_says(case: Json) -> None:
    known = {lean.from_file(one).address.hex(): lean.from_file(one) for one in write.read("dictionaries.json")}
    earlier = {
        one["number"]: Earlier(one["epoch"], one["number"], bytes.fromhex(one["hex"])) for one in case["earlier"]
    }
    codec = LeanCodec(known.values(), earlier.get)
    reading = Reading(**case["reading"], dictionary=bytes.fromhex(case["dictionary"]))
    if "refused" in case:
        with pytest.raises(LeanFrameError):
            codec.decode(bytes.fromhex(case["hex"]), reading)
    else:
        assert meanings.of_frame(codec.decode(bytes.fromhex(case["hex"]), reading)) == case["meaning"]


@_cases("handshakes.json")
def test_a_handshake_means_what_the_vector_says(case: Json) -> None:
    assert meanings.of_hello(unpack_hello(case["text"])) == case["meaning"]
    assert pack_hello(meanings.to_hello(case["meaning"])) == case["text"]


@_cases("items.json")
def test_an_item_means_what_the_vector_says(case: Json) -> None:
    raw = bytes.fromhex(case["hex"])
    assert meanings.of_item(raw, case["epoch"], case["number"]) == case["meaning"]
    if case["canonical"]:
        assert meanings.to_item(case["meaning"]) == raw


@_cases("uplink.json")
def test_an_uplink_item_means_what_the_vector_says(case: Json) -> None:
    raw = bytes.fromhex(case["hex"])
    assert meanings.of_uplink(unpack_uplink(raw)) == case["meaning"]
    assert pack_uplink(meanings.to_uplink(case["meaning"])) == raw


READERS: dict[str, Callable[[Json], object]] = {
    "message": lambda case: Codec().decode(bytes.fromhex(case["hex"])),
    "item": lambda case: decode_item(bytes.fromhex(case["hex"]), 1, 1),
    "uplink": lambda case: unpack_uplink(bytes.fromhex(case["hex"])),
    "handshake": lambda case: unpack_hello(case["text"]),
}


@_cases("invalid.json")
def test_what_is_invalid_is_refused_for_its_reason(case: Json) -> None:
    with pytest.raises(RemoteProtocolError) as refused:
        READERS[case["of"]](case)
    assert re.search(invalid.CLASSES[case["refused"]], str(refused.value))


def test_every_kind_of_frame_has_vectors() -> None:
    named = {case["meaning"]["frame"] for case in write.read("frames.json")}
    assert named == {kind.__name__ for kind in KINDS.values()} | {"Unknown"}


def test_every_class_of_refusal_has_vectors() -> None:
    assert {case["refused"] for case in write.read("invalid.json")} == set(invalid.CLASSES)


@pytest.mark.parametrize("file", [file for file in write.FILES if file not in NOT_CANONICAL])
def test_the_code_still_makes_the_vectors(file: str) -> None:
    text = (write.FOLDER / file).read_text(encoding="utf-8")
    assert write.text_of(write.FILES[file]()) == text, "see tests/vectors/write.py"
