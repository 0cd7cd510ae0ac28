"""Files and flags → the body of a publish."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from alerts.cap.model import Alert
from alerts.errors import UserError
from server.commands.composing import STDIN, For, Words, body_of, read_file, until

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


# -- flags ------------------------------------------------------------------------------------------------------------


def test_three_flags_make_an_alert_that_cap_takes() -> None:
    info = Words(event="Cholera", severity="Severe", headline="Boil all water").info("Nairobi", NOW)
    alert = {"identifier": "1", "sender": "a@b.example", "sent": "2026-11-28T12:00:00-00:00", "status": "Actual"}
    taken = Alert.from_json({**alert, "msgType": "Alert", "scope": "Public", "info": [info]})
    assert taken.info[0].area[0].area_desc == "Nairobi" and taken.info[0].language == "en"
    assert (info["urgency"], info["certainty"], info["category"]) == ("Unknown", "Unknown", ["Health"])


def test_what_is_missing_is_named_at_once() -> None:
    with pytest.raises(UserError, match="needs --severity, --headline") as told:
        Words(event="Cholera").info("Nairobi", NOW)
    assert told.value.exit_code == 2


def test_flags_change_what_they_name_and_nothing_else() -> None:
    old = {"event": "Cholera", "headline": "Old", "severity": "Severe", "parameter": [{"valueName": "x", "value": "1"}]}
    assert Words(headline="New").over(old, NOW) == {**old, "headline": "New"}


def test_a_question_takes_the_place_of_the_one_before() -> None:
    old = [{"valueName": "x", "value": "1"}, {"valueName": "tocsin.question", "value": "Old?"}]
    new = Words(question="How?", choice=["well", "badly"]).over({"parameter": old}, NOW)["parameter"]
    assert [(one["valueName"], one["value"]) for one in new] == [
        *(("x", "1"), ("tocsin.question", "How?"), ("tocsin.answer", "one-of")),
        *(("tocsin.choice", "well"), ("tocsin.choice", "badly")),
    ]
    plain = Words(question="Cold?").over({}, NOW)["parameter"]
    assert plain[1] == {"valueName": "tocsin.answer", "value": "yes-no"}
    counted = Words(question="How many?", answer="number", unit="doses").over({}, NOW)["parameter"]
    assert counted[-1] == {"valueName": "tocsin.unit", "value": "doses"}
    with pytest.raises(UserError, match="belong to a question"):
        Words(unit="doses").over({}, NOW)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("45m", "2026-11-28T12:45:00+00:00"),
        ("2h", "2026-11-28T14:00:00+00:00"),
        ("3d", "2026-12-01T12:00:00+00:00"),
        ("1w", "2026-12-05T12:00:00+00:00"),
        ("2026-12-01T18:00+03:00", "2026-12-01T18:00:00+03:00"),
        ("2026-12-01T18:00Z", "2026-12-01T18:00:00+00:00"),
    ],
)
def test_an_end_is_a_span_or_a_time(text: str, time: str) -> None:
    assert until(text, NOW) == time


@pytest.mark.parametrize(
    "text", ["", "2", "2 hours", "h", "-2h", "2026-12-01", "2026-12-01T18:00", "999999w", "tomorrow"]
)
def test_what_is_no_end_is_told(text: str) -> None:
    with pytest.raises(UserError, match="is no time"):
        until(text, NOW)


def test_whom_it_is_for_stands_in_a_body_or_an_address() -> None:
    some = For(area=["KE"], role=["chw"])
    assert some.body() == {"areas": ["KE"], "roles": ["chw"], "devices": [], "everyone": False}
    assert some.query() == {"area": ["KE"], "role": ["chw"], "device": None, "everyone": None}
    assert For().body() is None and (For(everyone=True).body() or {})["everyone"] is True


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_told_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "alert"
    file.write_text('\ufeff {"sender": "x"}', encoding="utf-8")
    assert read_file(file).value == {"sender": "x"}
    for text in ("<alert/>", "  <?xml version='1.0'?>", "\ufeff<alert/>"):
        file.write_text(text, encoding="utf-8")
        assert read_file(file).value is None and read_file(file).raw == text.encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"<alert/>")))
    assert read_file(STDIN).raw == b"<alert/>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"a": ', "is not JSON"),
        (b'{"a": "\xff"}', "is not JSON"),
        (b"[1]", "is a list"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_alert_is_told_before_it_is_sent(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "alert"
    file.write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_file(file)
    with pytest.raises(UserError, match="cannot read"):
        read_file(tmp_path / "none")


def test_an_alert_alone_is_put_beside_its_audience() -> None:
    alert, audience, file = {"sender": "x"}, {"everyone": True}, Path("a.json")
    assert body_of(alert, audience, file) == {"alert": alert, "audience": audience}
    assert body_of({"alert": alert, "audience": audience}, None, file) == {"alert": alert, "audience": audience}
    assert body_of({"alert": alert}, audience, file)["audience"] == audience
    with pytest.raises(UserError, match="says whom it is for, and so do the flags"):
        body_of({"alert": alert, "audience": audience}, audience, file)
    assert json.dumps(alert)  # the file's own value stays as it was
