"""`tocsin-hub cap check` and `cap convert`: what is wrong, where, and what would be published."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from server import cli
from tests.support.cap_alerts import example
from tests.support.cap_compare import differences

GOOD = to_xml(Alert.from_json(example()))
VENDOR = GOOD.replace(b"</info>", b'</info>\n<x:y xmlns:x="urn:x"/><x:y xmlns:x="urn:x"/>')
BAD = GOOD.replace(b"<status>Actual</status>", b"\n<status>actual</status>").replace(b"<scope>Public</scope>", b"")


class Ran:
    """One run of the command line."""

    def __init__(self, capfd: pytest.CaptureFixture[str], *tokens: str | Path) -> None:
        with pytest.raises(SystemExit) as ended:
            cli.main(["cap", *map(str, tokens)])
        self.code = ended.value.code
        self.out, self.err = capfd.readouterr()


def file(folder: Path, data: bytes, name: str = "alert.xml") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_good_file_is_fine(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, GOOD)
    ran = Ran(capfd, "check", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"fine    {path}  CAP 1.2: Actual Alert; Cholera, Severe; en\n"


def test_violations_come_with_line_and_path(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, BAD)
    ran = Ran(capfd, "check", path)
    assert ran.code == 1
    shown = ran.out.splitlines()
    assert shown[0] == f"refused {path}"
    assert "line 2     scope  is missing; CAP requires it" in ran.out
    assert "line 3     status  'actual' is not one of" in ran.out
    assert "did you mean Actual?" in ran.out


def test_remarks_of_a_kind_are_counted_and_only_strict_minds_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = file(tmp_path, VENDOR)
    ran = Ran(capfd, "check", path)
    assert ran.code == 0
    assert "x:y  is outside CAP (namespace urn:x); left out (and 1 more like it, the last in line 3)" in ran.out
    assert Ran(capfd, "check", "--strict", path).code == 1


def test_several_files_end_in_a_sum(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = [file(tmp_path, data, f"{name}.xml") for name, data in enumerate((GOOD, VENDOR, BAD, b"", b"<x>"))]
    ran = Ran(capfd, "check", *paths)
    assert ran.code == 1
    assert ran.out.endswith("\n5 alerts: 2 fine, 1 of them with remarks; 3 refused\n")


def test_a_file_that_cannot_be_read_keeps_none_of_the_others_from_being_checked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = Ran(capfd, "check", tmp_path / "none.xml", file(tmp_path, BAD, "bad.xml"), tmp_path, file(tmp_path, GOOD))
    assert ran.code == 2
    assert "bad.xml" in ran.out and "2 alerts: 1 fine, 0 of them with remarks; 1 refused" in ran.out
    assert "none.xml: No such file" in ran.err and "Is a directory" in ran.err


def test_each_alert_inside_another_document_is_checked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inside = b"".join(f"<entry>{data.decode().split('?>')[1]}</entry>".encode() for data in (GOOD, BAD))
    ran = Ran(capfd, "check", file(tmp_path, b"<feed>\n" + inside + b"</feed>"))
    assert ran.code == 1
    assert "feed/entry[1]/alert (line 3)" in ran.out
    assert "2 alerts: 1 fine, 0 of them with remarks; 1 refused" in ran.out
    ran = Ran(capfd, "convert", file(tmp_path, b"<feed>\n" + inside + b"</feed>"))
    assert ran.code == 1
    assert "with 2 CAP alerts inside; send each alone" in ran.err


def test_json_is_checked_as_the_api_would(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert Ran(capfd, "check", file(tmp_path, json.dumps(example()).encode())).code == 0
    ran = Ran(capfd, "check", file(tmp_path, json.dumps(example(colour="red")).encode()))
    assert ran.code == 1
    assert "colour  is not a name that CAP has here" in ran.out


@pytest.mark.parametrize("data", [b'{"a":\n x}', b"{" * 100_000, b'{"a": ' + b"[" * 100_000, b'{"a": ' + b"1" * 5000])
def test_json_that_is_none_is_refused_in_words(data: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capfd, "check", file(tmp_path, data))
    assert ran.code == 1
    assert "is not JSON" in ran.out


def test_standard_input_and_output(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, GOOD)
    ran = Ran(capfd, "convert", "-")
    assert (ran.code, ran.err) == (0, "")
    assert differences(GOOD, ran.out.encode()) == []
    standard_input(monkeypatch, ran.out.encode())
    assert "fine    standard input" in Ran(capfd, "check", "-").out


def test_convert_prints_what_would_be_published_and_remarks_beside_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = file(tmp_path, VENDOR)
    ran = Ran(capfd, "convert", path, "--to", "json")
    assert ran.code == 0
    assert json.loads(ran.out) == from_xml(VENDOR).alert.to_json() == example()
    assert "x:y" in ran.err


def test_convert_of_a_bad_file_prints_no_alert(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capfd, "convert", file(tmp_path, BAD))
    assert (ran.code, ran.out) == (1, "")
    assert "scope  is missing" in ran.err


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (("check",), "no file to check"),
        (("check", "--bogus"), "there is no option --bogus"),
        (("check", "."), "Is a directory"),
        (("convert", "no-such"), "No such file"),
    ],
)
def test_what_cannot_be_read_is_said(tokens: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capfd, *tokens)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
