"""The general form of an alert: lossless, small, open to newer writers, and safe against any bytes."""

from __future__ import annotations

import base64
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.terms import Category, ResponseType
from alerts.cap.times import parse
from alerts.cap.to_xml import to_xml
from alerts.errors import RemoteProtocolError
from alerts.wire.packing import pack
from alerts.wire.records import pack_alert, unpack_alert
from tests.support import cap_alerts
from tests.support.cap_alerts import example


def alert(**changes: Any) -> Alert:
    return Alert.from_json(example(**changes))


def row(**changes: Any) -> list[Any]:
    unpacked: list[Any] = msgpack.unpackb(pack_alert(alert(**changes)))
    return unpacked


def with_info(**changes: Any) -> Alert:
    return alert(info=[{**example()["info"][0], **changes}])


@given(cap_alerts.alerts, st.sampled_from([None, ("*",), ("sw", "*")]))
def test_any_alert_comes_back(any_alert: Alert, languages: tuple[str, ...] | None) -> None:
    assert unpack_alert(pack_alert(any_alert, languages)) == any_alert
    assert from_xml(to_xml(unpack_alert(pack_alert(any_alert, languages)))).alert == any_alert


def test_the_record_of_an_alert_byte_for_byte() -> None:
    record = row(info=None)
    assert record == ["KE-2026-17", "moh.example", 1772343000, 180, 0, 0, 0]
    area = ["Kisumu County", None, ["0.1,34.6 0.1,34.9 -0.2,34.9 0.1,34.6"]]
    info = ["en", [6], "Cholera", 0, 1, 1, "Boil all drinking water", None, None, [area], 172800]
    assert row() == [*record, [info]]


def test_a_device_gets_the_infos_of_its_language() -> None:
    infos = [{**example()["info"][0], "language": language} for language in ("en", "sw", "sw")]
    record = pack_alert(alert(info=infos), ["sw-KE"])
    assert unpack_alert(record).languages == ("sw", "sw")
    assert unpack_alert(pack_alert(alert(info=infos), [])).languages == ("en",)


def test_an_identifier_that_the_reader_derives_is_left_out() -> None:
    record = pack_alert(alert(), omit_identifier=True)
    assert len(record) == len(pack_alert(alert())) - len("KE-2026-17")
    assert unpack_alert(record, identifier="KE-2026-17") == alert()
    with pytest.raises(RemoteProtocolError, match="none was derived"):
        unpack_alert(record)


def test_an_identifier_in_the_record_wins() -> None:
    assert unpack_alert(pack_alert(alert()), identifier="other") == alert()


def test_a_time_with_another_offset_keeps_it() -> None:
    for text in ("2026-03-03T05:30:00+00:00", "2026-03-03T05:30:00-00:00", "2026-03-03T08:30:00+03:00"):
        assert unpack_alert(pack_alert(with_info(expires=text))).info[0].expires == parse(text)


@pytest.mark.parametrize("text", ["", "aGVsbG8=", "aGVs\nbG8=", "aGVsbG8", "AB==", "not base64", "é"])
def test_base64_travels_as_bytes_where_exactly_it_comes_back(text: str) -> None:
    resource = {"resourceDesc": "x", "mimeType": "y", "derefUri": text}
    assert unpack_alert(pack_alert(with_info(resource=[resource]))).info[0].resource[0].deref_uri == text
    big = base64.b64encode(bytes(3000)).decode()
    assert len(pack_alert(with_info(resource=[{**resource, "derefUri": big}]))) < 3300


def test_a_reader_ignores_what_a_newer_writer_adds() -> None:
    record = row(references="a,1,2026-03-01T08:30:00+03:00")
    record[7][0] += [None] * (21 - len(record[7][0])) + ["new", [[1]]]
    record += [None] * (15 - len(record)) + [[1, [2]], {"a": 1}]
    newer = unpack_alert(pack(record))
    assert newer == alert(references="a,1,2026-03-01T08:30:00+03:00")


def test_a_newer_term_is_passed_over_where_cap_does_not_require_one() -> None:
    record = row()
    record[7][0][1] = [6, 99]
    record[7][0] += [None, None, [99, 1]]
    info = unpack_alert(pack(record)).info[0]
    assert (info.category, info.response_type) == ((Category.HEALTH,), (ResponseType.EVACUATE,))
    record[7][0][1] = [99]
    assert unpack_alert(pack(record)).info[0].category == (Category.OTHER,)


@pytest.mark.parametrize(
    ("position", "value", "problem"),
    [
        (1, None, "sender: must be text"),
        (1, 5, r"alert\[1\]: must be a string, found int"),
        (1, "a b", "sender: 'a b'"),
        (2, None, r"alert\[2\]: the time of sending is missing"),
        (2, 10**18, r"alert\[2\]: .* outside the years"),
        (2, True, "must be an integer, found bool"),
        (3, 5000, "more than 14 hours"),
        (4, 99, r"alert\[4\]: 99 is no Status"),
        (4, None, "None is no Status"),
        (7, "x", r"alert\[7\]: must be an array"),
        (7, [5], r"alert\[7\]\[0\]: must be an array"),
        (7, [[]], r"alert\[7\]\[0\]\[3\]: None is no Urgency"),
        (8, b"x", "must be a string, found bytes"),
    ],
)
def test_a_wrong_record_says_where_and_what(position: int, value: object, problem: str) -> None:
    record = [*row(), None]
    record[position] = value
    with pytest.raises(RemoteProtocolError, match=problem):
        unpack_alert(pack(record))


@pytest.mark.parametrize("value", [None, 5, {}, "alert", []])
def test_no_record_at_all(value: object) -> None:
    with pytest.raises(RemoteProtocolError):
        unpack_alert(pack(value))


def test_a_name_without_a_value() -> None:
    record = row()
    record[7][0] += [None] * 5 + [["a", "b", "c"]]
    with pytest.raises(RemoteProtocolError, match="has no value"):
        unpack_alert(pack(record))


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5) | st.binary(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=12), max_leaves=40)


def _only_protocol_errors(data: bytes) -> None:
    try:
        unpack_alert(data, identifier="x")
    except RemoteProtocolError as error:
        assert str(error)


@given(st.lists(VALUES, max_size=16))
def test_any_array_is_an_alert_or_a_protocol_error(values: list[Any]) -> None:
    _only_protocol_errors(pack(values))


@given(cap_alerts.alerts, st.data())
def test_a_damaged_record_is_an_alert_or_a_protocol_error(any_alert: Alert, draw: st.DataObject) -> None:
    data = bytearray(pack_alert(any_alert))
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
        data[at] = draw.draw(st.integers(0, 255))
    _only_protocol_errors(bytes(data))
    _only_protocol_errors(bytes(data[: draw.draw(st.integers(0, len(data)))]))
