"""What a corpus says becomes alerts with everything in them; what is wrong with it is told with file and line."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from alerts.cap.from_xml import from_xml
from alerts.cap.terms import MsgType, Severity
from alerts.cap.to_xml import to_xml
from alerts.errors import UserError
from alerts.wire.items import Purpose, hub_identifier
from netsim.bench.wire.corpus import (
    FIRST_NUMBER,
    halves,
    in_log,
    is_for_training,
    read_corpus,
    replacing_nothing,
)
from netsim.virtual.meeting import EPOCH
from netsim.workload import sample_folder
from tests.netsim.bench.wire.lines import line, write_lines

SAMPLES = Path(str(sample_folder()))


def test_a_line_becomes_an_alert_that_says_the_same(tmp_path: Path) -> None:
    (row,) = read_corpus(write_lines(tmp_path / "a.jsonl", line()))
    (one,) = in_log([row])
    assert one.alert.to_json() == {
        "identifier": hub_identifier(EPOCH, FIRST_NUMBER),
        "sender": "ops@health.example",
        "sent": "2023-11-14T22:13:20-00:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "info": [
            {
                "language": "en",
                "category": ["Health"],
                "event": "Cholera",
                "urgency": "Expected",
                "severity": "Severe",
                "certainty": "Observed",
                "expires": "2023-11-15T22:13:20-00:00",
                "headline": "Boil all water",
                "description": "Nine cases since Monday.",
                "instruction": "Boil it for a minute.",
                "area": [{"areaDesc": "Al Fanar", "geocode": [{"valueName": "code", "value": "YE-AD-0103"}]}],
            }
        ],
    }
    assert from_xml(to_xml(one.alert)).alert == one.alert
    assert (one.source, one.entry.expires, one.entry.number) == ("ministry", 1_700_086_400, FIRST_NUMBER)
    assert one.chars == len("Boil all waterNine cases since Monday.Boil it for a minute.")


def test_what_is_empty_is_absent(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", line(headline="", instruction="", area="", geocodes=[], language=""))
    (info,) = read_corpus(file)[0].alert.info
    assert (info.headline, info.instruction, info.area, info.language) == (None, None, (), None)


def test_an_update_names_the_alert_before_it_in_its_group(tmp_path: Path) -> None:
    lines = (
        line(sent=30, msgType="Update"),
        line(sent=10),
        line(sent=20, msgType="Cancel", group="another"),
    )
    first, alone, update = in_log(read_corpus(write_lines(tmp_path / "a.jsonl", *lines)))
    assert [one.alert.sent.seconds for one in (first, alone, update)] == [10, 20, 30]
    assert alone.alert.msg_type is MsgType.ALERT, "there is nothing that it could name"
    assert update.alert.msg_type is MsgType.UPDATE
    assert update.alert.reference_keys == (first.alert.key,)
    assert update.entry.replaces == {first.alert.key}
    alike = replacing_nothing(update)
    assert (alike.alert, alike.entry.replaces, alike.entry.purpose) == (update.alert, frozenset(), Purpose.ALERT)


def test_what_cap_demands_of_a_line_is_added(tmp_path: Path) -> None:
    lines = line(sender="NWS Austin/San Antonio", scope="Restricted", description="a\x19b"), line(scope="Private")
    restricted, private = (row.alert for row in read_corpus(write_lines(tmp_path / "a.jsonl", *lines)))
    assert restricted.sender == "NWS_Austin/San_Antonio"
    assert restricted.restriction == private.addresses == "unstated"
    assert restricted.info[0].description == "a b"


def test_shortness_is_counted_in_characters(tmp_path: Path) -> None:
    texts = {"headline": "", "instruction": ""}
    lines = line(description="あ" * 299, **texts), line(description="x" * 300, **texts)
    short, long = in_log(read_corpus(write_lines(tmp_path / "a.jsonl", *lines)))
    assert short.is_short
    assert not long.is_short


def test_cap_xml_carries_its_identifiers(tmp_path: Path) -> None:
    for name in ("001-cholera-nairobi.xml", "017-cholera-nairobi-update-1.xml"):
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    (tmp_path / "again.cap").write_bytes((SAMPLES / name).read_bytes())
    (tmp_path / "README.md").write_text("no alert")
    alert, update = in_log(read_corpus(tmp_path))
    assert [one.alert.identifier for one in (alert, update)] == ["tocsin-sample-001", "tocsin-sample-017"]
    assert update.entry.replaces == {alert.alert.key}
    assert alert.alert.severity is not Severity.UNKNOWN


def test_the_samples_are_a_corpus() -> None:
    rows = read_corpus(SAMPLES)
    assert len(rows) == len(list(SAMPLES.glob("*.xml")))
    assert rows == sorted(rows, key=lambda row: row.alert.sent.seconds)


def test_a_folder_with_lines_is_read_by_its_lines(tmp_path: Path) -> None:
    write_lines(tmp_path / "alerts.jsonl", line())
    (tmp_path / "broken.xml").write_text("<alert")
    assert len(read_corpus(tmp_path)) == 1


def test_no_group_is_in_both_halves(tmp_path: Path) -> None:
    lines = [line(group=f"group {index % 10}", sent=index + 1) for index in range(40)]
    rows = read_corpus(write_lines(tmp_path / "a.jsonl", *lines))
    training, measured = halves(rows)
    assert training
    assert measured
    assert len(training) + len(measured) == len(rows)
    assert not {row.group for row in training} & {row.group for row in measured}
    assert all(is_for_training(row) == (sha256(row.group.encode()).hexdigest() < "80") for row in rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"severity": "Terrible"}, "severity"),
        ({"msgType": "Alarm"}, "msgType: expected Alert, Update"),
        ({"sent": "today"}, "sent: expected seconds since 1970, found 'today'"),
        ({"sent": 10**15}, "seconds since 1970 lies outside"),
        ({"expires": True}, "expires: expected seconds"),
        ({"expires": -5}, "expires: expected seconds"),
        ({"geocodes": "KE"}, "geocodes: expected an array"),
        ({"headline": None}, "headline: expected a text, found NoneType"),
        ({"event": ""}, "event"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_line(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    file = write_lines(tmp_path / "a.jsonl", line(), line(**changes))
    with pytest.raises(UserError) as caught:
        read_corpus(file)
    assert f"{file}, line 2: " in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"id": "a"', "is not JSON: "),
        (b"[1]", "expected an object, found list"),
        (b"\xff\xfe{", "is not UTF-8"),
        (b'{"id": "a"}', "lacks sender, event"),
        (b"[" * 100_000, "too deep"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    file = write_lines(tmp_path / "a.jsonl", line())
    file.write_bytes(file.read_bytes() + b"\n" + text + b"\n")
    with pytest.raises(UserError) as caught:
        read_corpus(file)
    assert f"{file}, line 3: " in str(caught.value)
    assert said in str(caught.value)


def test_a_field_that_is_missing_is_named(tmp_path: Path) -> None:
    fields = line()
    del fields["geocodes"], fields["expires"]
    with pytest.raises(UserError, match=r"line 1: lacks expires, geocodes$"):
        read_corpus(write_lines(tmp_path / "a.jsonl", fields))


def test_files_of_a_folder_that_are_no_alerts_can_be_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<alert/>")
    (tmp_path / "b.xml").write_bytes((SAMPLES / "001-cholera-nairobi.xml").read_bytes())
    told: list[str] = []
    assert len(read_corpus(tmp_path, told.append)) == 1
    assert len(told) == 1 and "a.xml: is no alert" in told[0]
    (tmp_path / "b.xml").unlink()
    with pytest.raises(UserError, match="has no alerts"):
        read_corpus(tmp_path, told.append)


def test_a_file_that_is_no_alert_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text('<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n<sender>x</sender></alert>')
    with pytest.raises(UserError) as caught:
        read_corpus(tmp_path)
    assert "a.xml: is no alert: " in str(caught.value)
    assert "identifier: is missing" in str(caught.value)


def test_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no alerts"):
        read_corpus(tmp_path)
    with pytest.raises(UserError, match="has no alerts"):
        read_corpus(write_lines(tmp_path / "a.jsonl"))
    with pytest.raises(UserError, match="is not there"):
        read_corpus(tmp_path / "nowhere")
