"""`tocsin-hub device`, beside a running hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
from tests.support.hub import running_hub


def test_a_code_of_the_command_line_enrols_and_the_device_can_be_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_hub(tmp_path) as hub:
        flags = ["--area", "KE-047", "--area", "KE-030", "--role", "nurse", "--language", "sw", "--name", "Seven"]
        code, made, note = run(capsys, "device", "code", *flags, "--data", tmp_path)
        assert code == 0 and "tocsin-field join" in note and "could not be checked" in note
        enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": made.strip()}).json()
        assert (enrolled["areas"], enrolled["roles"], enrolled["name"]) == (["KE-047", "KE-030"], ["nurse"], "Seven")
        _, listed, _ = run(capsys, "device", "list", "--data", tmp_path, "--json")
        assert [row["device"] for row in json.loads(listed)] == [enrolled["device"]]
        assert run(capsys, "device", "revoke", enrolled["device"], "--data", tmp_path)[0] == 0
        assert hub.ask("GET", f"/v1/devices/{enrolled['device']}").json()["revoked_at"]
        assert enrolled["device"][:6] in run(capsys, "device", "list", "--data", tmp_path)[1]


@pytest.mark.parametrize(
    "words",
    [
        ("code", "--area", "not a code"),
        ("code", "--role", " "),
        ("code", "--language", "not a tag"),
        ("code", "--days", "0"),
        ("revoke", "d-none"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    run(capsys, "device", "code", "--data", tmp_path)
    code, _, errors = run(capsys, "device", *words, "--data", tmp_path)
    assert code != 0 and errors and "Traceback" not in errors


def test_a_device_is_moved_renamed_and_given_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        device, _ = hub.enrol(areas=("KE-047",), roles=("chw",))

        def changed(*words: str) -> dict[str, object]:
            code, out, errors = run(capsys, "device", *words, "--json", "--data", tmp_path)
            assert code == 0, errors
            found: dict[str, object] = json.loads(out)
            return found

        assert changed("move", device, "--area", "KE-030", "--area", "KE-031")["areas"] == ["KE-030", "KE-031"]
        found = changed("move", device, "--role", "nurse", "--no-area")
        assert (found["areas"], found["roles"]) == ([], ["nurse"])
        assert changed("move", device, "--no-role")["roles"] == []
        assert changed("rename", device, "Clinic 7")["name"] == "Clinic 7"
        assert changed("languages", device, "sw", "en")["languages"] == ["sw", "en"]
        hub.ask("POST", "/v1/contacts", json={"name": "wanjiru", "url": "mailto://a:b@example.org"})
        assert changed("supervisor", device, "wanjiru")["supervisor"] == "wanjiru"
        assert "supervisor: wanjiru" in run(capsys, "device", "show", device, "--data", tmp_path)[1]
        assert changed("supervisor", device, "")["supervisor"] is None
        _, page, _ = run(capsys, "device", "show", device, "--data", tmp_path)
        assert (
            f"{device}  Clinic 7\n  areas: none\n" in page and "languages: sw en" in page and "last seen: never" in page
        )
        for words, expected in (
            (("move", device), "where to?"),
            (("move", device, "--area", "KE", "--no-area"), "both given"),
            (("languages", device), "which languages?"),
            (("show", "d-none"), "device list"),
        ):
            code, _, errors = run(capsys, "device", *words, "--data", tmp_path)
            assert code != 0 and expected in errors


def test_a_code_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, errors = run(capsys, "device", "code", "--json", "--data", tmp_path)
    assert code == 0 and set(json.loads(out)) == {"code", "expires", "reports"} and not errors


def test_expected_devices_are_imported_printed_enrolled_and_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data", tmp_path)
    with running_hub(tmp_path) as hub:
        table, page = tmp_path / "staff.csv", tmp_path / "sheet.html"
        table.write_text("reference,name,areas,languages,phone\nA1,Amina <b>,KE-1,sw,0700123456\nB2,Baraka,KE-2,,\n")
        looked = run(capsys, "device", "import", table, "--dry-run", *where)[1]
        assert "new      A1  Amina <b>" in looked and "2 new" in looked
        assert run(capsys, "device", "import", table, *where)[0] == 0
        code, out, _ = run(capsys, "device", "sheet", "--expected", "--page", page, *where)
        assert code == 0 and "2 codes" in out and page.stat().st_mode & 0o77 == 0
        text = page.read_text()
        assert "Amina &lt;b&gt;" in text and text.count("<svg") == 2 and 'lang="sw"' in text
        made = json.loads(run(capsys, "device", "sheet", "A1", "--json", *where)[1])["entries"][0]
        assert made["code"] not in text
        hub.ask("POST", "/v1/enrolments", role=None, json={"code": made["code"]})
        listed = run(capsys, "device", "roster", *where)[1]
        assert "enrolled" in listed and "printed" in listed
        assert "TOCSIN:" in run(capsys, "device", "sheet", "--count", "1", "--area", "KE-1", *where)[1]
        moved = run(capsys, "device", "move", "--in", "KE-1", "--area", "KE-3", "--dry-run", *where)[1]
        assert "1 would be moved" in moved
        assert "1 moved" in run(capsys, "device", "move", "--in", "KE-1", "--area", "KE-3", *where)[1]
        assert "1 device of 1; 0 connected now" in run(capsys, "device", "reach", "--area", "KE", *where)[1]
        assert "0700123456" in run(capsys, "device", "export", *where)[1]
        assert run(capsys, "device", "forget", "B2", *where)[1] == "B2 is not in the roster any more.\n"
        device = hub.ask("GET", "/v1/devices").json()["devices"][0]["device"]
        assert "phone: 0711222333" in run(capsys, "device", "phone", device, "0711222333", *where)[1]
        for words, expected in (
            (("sheet",), "for whom?"),
            (("sheet", "A1", "--expected"), "for whom?"),
            (("move", "--area", "KE"), "which devices?"),
            (("import", tmp_path / "none.csv"), "cannot read"),
        ):
            code, _, errors = run(capsys, "device", *words, *where)
            assert code != 0 and expected in errors
