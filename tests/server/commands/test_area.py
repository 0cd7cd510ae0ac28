"""`tocsin-hub area`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
from tests.server.places.test_outline_file import file_of
from tests.server.places.test_shapes import square
from tests.support.hub import running_hub

SAMPLES = Path(__file__).resolve().parents[3] / "netsim" / "samples" / "areas.csv"


@pytest.mark.parametrize(
    "text",
    [
        "KE,Kenya\nKE-047,Nairobi\n",
        "code,name\nKE,Kenya\nKE-047,Nairobi\n",
        "\ufeffName,Other,Code\nKenya,x,KE\n\nNairobi,,KE-047\n",
        'KE,"Kenya"\r\nKE-047, Nairobi \r\n',
    ],
)
def test_a_list_is_imported_with_or_without_headings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(text, encoding="utf-8", newline="")
    notes = "Note: the column 'Other' is not known and was not read\n" if "Other" in text else ""
    imported = "2 areas imported: 2 new, 0 changed, 0 as they are.\n"
    assert run(capsys, "area", "import", file, "--data", tmp_path) == (0, imported, notes)
    _, listed, _ = run(capsys, "area", "list", "--json", "--data", tmp_path)
    assert [(row["code"], row["name"]) for row in json.loads(listed)] == [("KE", "Kenya"), ("KE-047", "Nairobi")]
    assert "Nairobi" in run(capsys, "area", "list", "--data", tmp_path)[1]


def test_a_running_hub_knows_imported_areas_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        assert run(capsys, "area", "import", SAMPLES, "--data", tmp_path)[0] == 0
        assert len(hub.ask("GET", "/v1/areas").json()["areas"]) > 10
        assert hub.ask("POST", "/v1/enrolment-codes", json={"areas": ["XX"]}).status_code == 422


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code,name\nKE,Kenya\n\nKE 047,Nairobi\n", "row 4, code 'KE 047'"),
        (b"KE,Kenya\nKE-047\n", "row 2"),
        (b"code,title\nKE,Kenya\n", "no column name"),
        (b"KE,Keny\xff\n", "UTF-8"),
        (b'KE,"Kenya\n', "CSV"),
    ],
)
def test_a_wrong_file_imports_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    file = tmp_path / "areas.csv"
    file.write_bytes(content)
    code, _, errors = run(capsys, "area", "import", file, "--data", tmp_path)
    assert code != 0 and words in errors and "Traceback" not in errors
    run(capsys, "area", "import", SAMPLES, "--data", tmp_path)
    assert "KE 047" not in run(capsys, "area", "list", "--data", tmp_path)[1]


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot read" in run(capsys, "area", "import", tmp_path / "none.csv", "--data", tmp_path)[2]


def test_a_look_says_what_would_change_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("KE,Kenya\nUG,Uganda\n")
    assert run(capsys, "area", "import", file, "--data", tmp_path)[0] == 0
    file.write_text("KE,Kenya\nUG,Uganda (UG)\nTZ,Tanzania\n")
    _, out, _ = run(capsys, "area", "import", file, "--dry-run", "--data", tmp_path)
    assert "new      TZ  Tanzania\n" in out and "changed  UG  name: 'Uganda' to 'Uganda (UG)'" in out
    assert "It would be 1 new, 1 changed, 1 as they are." in out
    assert "TZ" not in run(capsys, "area", "list", "--data", tmp_path)[1]
    _, out, _ = run(capsys, "area", "import", file, "--json", "--data", tmp_path)
    assert json.loads(out)["changes"][1]["key"] == "TZ"


def test_a_long_list_is_imported_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("".join(f"KE-{number:05},Village {number}\n" for number in range(4500)))
    assert run(capsys, "area", "import", file, "--data", tmp_path)[1].startswith("4500 areas imported: ")
    assert len(json.loads(run(capsys, "area", "list", "--json", "--data", tmp_path)[1])) == 4500


def test_places_are_added_exported_drawn_and_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data", tmp_path)
    with running_hub(tmp_path):
        assert run(capsys, "area", "add", "KE", "Kenya", *where)[1] == "KE is in the list.\n"
        table, outlines = tmp_path / "facilities.csv", tmp_path / "outlines.geojson"
        table.write_text("code,name,lat,lon\nKE-F1,Clinic,-1.5,36.5\n")
        assert run(capsys, "area", "import", table, "--facilities", *where)[1].startswith("1 facilities imported")
        outlines.write_bytes(file_of(("KE", square(36, -2))))
        looked = run(capsys, "area", "outlines", outlines, "--dry-run", *where)[1]
        assert looked == "new      KE  Kenya\nIt would be 1 new, 0 changed, 0 as they are.\n"
        assert run(capsys, "area", "outlines", outlines, *where)[0] == 0
        exported = run(capsys, "area", "export", "--facilities", *where)[1]
        assert exported == "code,name,kind,latitude,longitude\r\nKE-F1,Clinic,facility,-1.5,36.5\r\n"
        assert len(json.loads(run(capsys, "area", "map", *where)[1])["features"]) == 2
        found = run(capsys, "area", "within", "-1.4,36.4", "-1.4,36.6", "-1.6,36.6", *where)[1]
        assert "KE-F1" in found and "in part" in found
        code, _, errors = run(capsys, "area", "within", "nowhere", *where)
        assert code != 0 and "is no corner" in errors
        outlines.write_bytes(b"{}")
        code, _, errors = run(capsys, "area", "outlines", outlines, "--dry-run", *where)
        assert code == 1 and "no FeatureCollection" in errors
        outlines.write_bytes(file_of(("KE", square(36, -2)), ("XX", square(36, -2))))
        code, out, _ = run(capsys, "area", "outlines", outlines, "--dry-run", *where)
        assert code == 1 and "no area of the list" in out and "nothing would be imported" in out
