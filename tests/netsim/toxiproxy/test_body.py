from __future__ import annotations

from collections.abc import Callable

import pytest

from netsim.toxiproxy.body import Fields, parse, parse_list
from netsim.toxiproxy.refusals import BadRequestBodyError


def test_the_first_value_counts() -> None:
    assert parse(b' \n{"a": 1} {"b"') == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{", b"nope", b"NaN", b"-Infinity", b"\xff", b"[" * 200_000, b"1" * 9_999]
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequestBodyError):
        parse(body)


def test_a_list_holds_objects() -> None:
    assert parse_list(b"null") == []
    assert [item.text("a", "?") for item in parse_list(b'[{"a": "x"}, null, {}]')] == ["x", "?", "?"]
    with pytest.raises(BadRequestBodyError, match="expected an array, found an object"):
        parse_list(b"{}")
    with pytest.raises(BadRequestBodyError, match=r"\[1\]: expected an object, found a string"):
        parse_list(b'[{}, "x"]')


def test_fields_are_found_whatever_their_case_and_null_is_absent() -> None:
    fields = Fields({"NAME": "x", "on": None, "inner": {"Count": 3}})
    assert fields.text("name", "") == "x"
    assert fields.flag("on", True)
    assert fields.fields("inner").integer("count", 0) == 3
    assert fields.fields("none").number("share", 0.5) == 0.5


def test_a_wrong_type_is_named_with_its_place() -> None:
    fields = Fields({"a": 1.5, "b": True, "c": {"d": []}, "e": 2**63, "f": -(2**63), "g": 10**400})
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: fields.integer("a", 0), "a: expected a whole number of 64 bits, found the number 1.5"),
        (lambda: fields.integer("b", 0), "b: expected a whole number of 64 bits, found a boolean"),
        (lambda: fields.integer("e", 0), "e: expected a whole number of 64 bits, found the number 9223372036854775808"),
        (lambda: fields.number("b", 0), "b: expected a number, found a boolean"),
        (lambda: fields.number("g", 0), "g: expected a number, found the number 1" + "0" * 39),
        (lambda: fields.text("a", ""), "a: expected a string, found the number 1.5"),
        (lambda: fields.flag("a", True), "a: expected true or false, found the number 1.5"),
        (lambda: fields.fields("c").text("d", ""), "c.d: expected a string, found an array"),
    ]
    for call, problem in cases:
        with pytest.raises(BadRequestBodyError) as caught:
            call()
        assert caught.value.detail == problem
    assert fields.integer("f", 0) == -(2**63)
