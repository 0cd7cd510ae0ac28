"""`tocsin-hub area`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
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
    assert run(capsys, "area", "import", file, "--data", tmp_path) == (0, "2 areas imported.\n", "")
    _, listed, _ = run(capsys, "area", "list", "--json", "--data", tmp_path)
    assert json.loads(listed) == [{"code": "KE", "name": "Kenya"}, {"code": "KE-047", "name": "Nairobi"}]
    assert "Nairobi" in run(capsys, "area", "list", "--data", tmp_path)[1]


def test_a_running_hub_knows_imported_areas_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        assert run(capsys, "area", "import", SAMPLES, "--data", tmp_path)[0] == 0
        assert len(hub.ask("GET", "/v1/areas").json()["areas"]) > 10
        assert hub.ask("POST", "/v1/enrolment-codes", json={"areas": ["XX"]}).status_code == 422


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code,name\nKE,Kenya\n\nKE 047,Nairobi\n", "line 4: 'KE 047'"),
        (b"KE,Kenya\nKE-047\n", "line 2"),
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
