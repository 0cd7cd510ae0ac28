"""Page and code cannot drift: what docs/protocol.md leaves out, or says differently, fails."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from alerts import limits
from alerts.cap import terms
from alerts.errors import RemoteProtocolError
from alerts.session.commits import DeviceCommand, DeviceOutcome
from alerts.session.goodbye import FAREWELLS, NEVER, Reason
from alerts.session.states import ReaderEvent, Reading, SenderEvent, Sending
from alerts.wire import frames, handshake, items, records, uplink
from alerts.wire.frames import KINDS, Field, Frame
from tests.project import states
from tests.vectors import invalid, write

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

TYPES = {
    "epoch": frames.EPOCH,
    "number": frames.NUMBER,
    "small": frames.SMALL,
    "bool": frames.BOOL,
    "numbers": frames.NUMBERS,
    "groups": frames.GROUPS,
    "ends": frames.ENDS,
    "epochs": frames.EPOCHS,
    "items": frames.ITEMS,
    "address": frames.ADDRESS,
    "languages": frames.LANGUAGES,
    "words": frames.WORDS,
}
DEFAULTS: dict[Any, str] = {None: "nil", (): "empty", 0: "0", "": '""', (0, 0): "`[0, 0]`"}


def _section(title: str) -> str:
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/protocol.md has no section {title!r}"
    return found[2]


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _default(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else DEFAULTS[value]


def _accepts(field: Field, value: Any) -> bool:
    try:
        field.unpack(value, "")
    except RemoteProtocolError:
        return False
    return True


def _type(field: Field) -> str:
    named = next((name for name, known in TYPES.items() if known is field), None)
    if named:
        return named
    assert _accepts(field, None), "a type that the page has no name for"
    kinds = (("number", limits.NUMBER_MAX), ("epoch", limits.EPOCH_MAX), ("small", 65_535))
    return f"{next(name for name, most in kinds if _accepts(field, most))} or nil"


# -- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_a_kind_of_frame_is_described_as_it_is(kind: type[Frame]) -> None:
    described = [row[:4] for row in _rows(_section(f"{kind.KIND} {kind.__name__}"))[1:]]
    assert described == [
        [
            str(at),
            f"`{field.name}`",
            _type(layout),
            "required" if field.default is MISSING else _default(field.default),
        ]
        for at, (field, layout) in enumerate(zip(fields(kind), kind.LAYOUT, strict=True), 1)
    ]
    assert sum(row[3] == "required" for row in described) == kind.REQUIRED


def test_no_other_kind_is_described() -> None:
    assert [int(number) for number in re.findall(r"^### (\d+) ", PAGE, re.MULTILINE)] == list(KINDS)


def test_the_handshake_is_described_as_it_is() -> None:
    described = [row[:4] for row in _rows(_section("The handshake value"))[1:]]
    named = {"pair `[epoch, number]`": "earlier", "array of at most 8 smalls": "dictionaries"}
    layout = handshake._LAYOUT
    assert [(row[0], row[1], row[3]) for row in described] == [
        (str(at), f"`{name}`", _default(default)) for at, (name, _, default) in enumerate(layout)
    ]
    for row, (name, field, _) in zip(described, layout, strict=True):
        assert named.get(row[2]) == name or _type(field) == row[2]


def test_the_words_of_the_handshake_are_on_the_page() -> None:
    for word in (handshake.SUBPROTOCOL, handshake.HEADER, f"{handshake.AT_PREFIX}<", f"{handshake.KEY_PREFIX}<"):
        assert word in _section("The pipe")


# -- items and records ------------------------------------------------------------------------------------------------


def test_the_forms_of_items_are_described() -> None:
    forms = {row[0] for row in _rows(_section("Items of the downlink"))[1:]}
    assert forms == {str(form) for form in (items.FULL, items.WITHDRAWAL, items.FULL_OF_HUB)}
    assert {row[0] for row in _rows(_section("Items of the uplink"))[1:]} == {str(int(kind)) for kind in uplink.Kind}


def test_the_reasons_of_refused_are_described() -> None:
    assert all(f"{int(reason)}: " in _section("12 Refused") for reason in uplink.RefusalReason)


def test_the_positions_of_a_record_are_those_of_the_code() -> None:
    written = records.__doc__ or ""
    for part in ("alert", "info", "area", "resource"):
        layout = re.search(rf"^    {part}\s+\[(.*?)\](?=\n    \w|\n*\Z)", written, re.MULTILINE | re.DOTALL)
        assert layout
        names = [re.sub(r"[\[\]… ]", "", name) for name in re.split(r",\s*", layout[1])]
        table = re.search(rf"^\| # \| {part} \| form \|\n(.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
        assert table
        described = [row[1].strip("`") for row in _rows(table[1])]
        singular = {"offset of `sent": "offset"}
        assert [singular.get(name, name) for name in described] == names


def test_the_numbers_of_terms_are_those_of_the_code() -> None:
    section = _section("The record of an alert")
    for kind in terms.Term.__subclasses__():
        name = kind.__name__[0].lower() + kind.__name__[1:]
        row = next(row for row in _rows(section) if row[0] == name and row[1] != "text")
        assert {word: number for number, word in enumerate(row[1:]) if word} == {
            str(term): term.number for term in kind
        }


# -- the session ------------------------------------------------------------------------------------------------------


def test_the_tables_of_states_are_drawn_from_the_code() -> None:
    assert states.drawn(PAGE) == PAGE, "draw them anew: python -m tests.project.states"


@pytest.mark.parametrize("kind", [Reading, ReaderEvent, Sending, SenderEvent])
def test_every_state_and_event_is_on_the_page(kind: type[Reading | ReaderEvent | Sending | SenderEvent]) -> None:
    assert all(member.value in _section("States") for member in kind)


def test_goodbyes_are_described_as_they_are() -> None:
    described = {int(row[0]): row[1:] for row in _rows(_section("Goodbye"))[1:]}
    assert set(described) == set(Reason)
    for reason, farewell in FAREWELLS.items():
        name, code, words, back = described[reason]
        assert [name, code, words] == [reason.name.lower().replace("_", " "), str(farewell.close_code), farewell.words]
        if farewell.retry_after is None:
            assert back == "by the usual backoff"
        else:
            assert back.startswith("never" if farewell.retry_after == NEVER else f"after {farewell.retry_after} s")


def _value(words: str) -> float:
    power = re.match(r"2⁵³−1|2³²−1", words)
    if power:
        return {"2⁵³−1": 2**53 - 1, "2³²−1": 2**32 - 1}[power[0]]
    number, _, unit = words.replace(",", "").partition(" ")
    return float(number) * {"MiB": 1 << 20, "KiB": 1 << 10}.get(unit, 1)


def test_limits_are_those_of_the_code() -> None:
    bounds = {name: value for name, value in vars(limits).items() if name.isupper()}
    described = {row[0].strip("`"): _value(row[1]) for row in _rows(_section("Limits"))[1:]}
    assert described.items() <= bounds.items()
    assert {name for name in bounds if not name.startswith(("CAP_", "XML_"))} == set(described)


def test_every_commit_of_a_device_is_named() -> None:
    for command in DeviceCommand.__args__:
        assert f"`{command.__name__}`" in _section("Test vectors")
    for field in fields(DeviceOutcome):
        assert f"`{field.name}`" in _section("Test vectors")


def test_the_vectors_are_described() -> None:
    for file in write.FILES:
        assert f"`{file}`" in _section("Test vectors")
    refused = _section("What is refused")
    session = {step["refused"] for case in write.read("sessions.json") for step in case["steps"] if "refused" in step}
    for word in {*invalid.CLASSES, *session}:
        assert f"`{word}`" in refused
    events = {step["event"] for case in write.read("sessions.json") for step in case["steps"]}
    assert all(f"`{event}`" in _section("Test vectors") for event in events)


def test_every_link_within_the_page_leads_somewhere() -> None:
    titles = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", PAGE, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= titles
