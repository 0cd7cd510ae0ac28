"""`tocsin-hub dictionary`: on a hub's own history, on files, beside a running hub."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.cap.to_xml import to_xml
from alerts.dictionary.shipped import shipped
from server.commands.dictionary import TOLD_MAX
from tests.server.commands.test_token import run
from tests.support.history import history
from tests.support.hub import running_hub
from tests.support.stores import EVERYONE, PUBLISHER


def as_lines(path: Path, count: int, days: float = 10) -> Path:
    path.write_text("".join(json.dumps(alert.to_json()) + "\n" for alert in history(count, days=days)))
    return path


def addresses(capsys: pytest.CaptureFixture[str], data: Path) -> dict[str, bool]:
    said = run(capsys, "dictionary", "list", "--data", data, "--json")[1]
    listed = json.loads(
        next(line for line in said.splitlines() if line.startswith("[{"))
    )  # the hub's log stands there too
    return {row["address"]: row["in_use"] for row in listed}


def test_a_hub_that_runs_trains_on_what_it_has_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        for alert in history(120, days=1, beginning=datetime.now(UTC)):
            hub.do(hub.hub.publish(alert, EVERYONE, by=PUBLISHER))
        code, said, _ = run(capsys, "dictionary", "train", "--data", tmp_path, "--size", "16", "--dry-run")
        assert code == 0 and "120 alerts" in said and "In use" not in said
        assert addresses(capsys, tmp_path) == {shipped().address.hex(): True}
        code, said, _ = run(capsys, "dictionary", "train", "--data", tmp_path, "--size", "16")
        assert code == 0 and "In use" in said
    trained, ships = addresses(capsys, tmp_path).items()
    assert trained[1] and ships == (shipped().address.hex(), False)
    assert trained[0] in run(capsys, "dictionary", "list", "--data", tmp_path)[1]
    assert run(capsys, "dictionary", "use", "shipped", "--data", tmp_path)[0] == 0
    assert addresses(capsys, tmp_path) == {trained[0]: False, shipped().address.hex(): True}
    assert run(capsys, "dictionary", "use", trained[0][:5], "--data", tmp_path)[0] == 0
    assert addresses(capsys, tmp_path)[trained[0]]


def test_files_and_folders_are_taken_and_what_is_no_alert_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "token", "make", "--role", "viewer", "--name", "a", "--data", tmp_path / "data")
    folder = tmp_path / "cap"
    (folder / "deeper").mkdir(parents=True)
    for number, alert in enumerate(history(50, days=2)):
        (folder / "deeper" / f"{number}.xml").write_bytes(to_xml(alert))
    (folder / "broken.xml").write_text("<alert>")
    (folder / "notes.txt").write_text("not looked at")
    code, said, errors = run(capsys, "dictionary", "train", folder, "--size", "8", "--data", tmp_path / "data")
    assert code == 0 and "50 alerts" in said and "In use" in said
    assert "broken.xml" in errors and "notes.txt" not in errors


def test_of_many_that_are_no_alerts_a_few_are_named_and_the_rest_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "token", "make", "--role", "viewer", "--name", "a", "--data", tmp_path)
    file = tmp_path / "other.jsonl"
    file.write_text('{"headline": "x"}\n' * (TOLD_MAX + 7))
    code, _, errors = run(capsys, "dictionary", "train", file, "--dry-run", "--data", tmp_path)
    assert code != 0 and errors.count("other.jsonl: line") == TOLD_MAX
    assert "7 more that are no alerts" in errors


def test_what_is_not_worth_its_transfer_is_not_put_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "token", "make", "--role", "viewer", "--name", "a", "--data", tmp_path)
    rare = as_lines(tmp_path / "rare.jsonl", 60, days=3000)
    code, said, _ = run(capsys, "dictionary", "train", rare, "--size", "8", "--data", tmp_path)
    assert code == 1 and "None is worth its transfer" in said
    assert addresses(capsys, tmp_path) == {shipped().address.hex(): True}


def test_what_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "token", "make", "--role", "viewer", "--name", "a", "--data", tmp_path)
    for words, expected in (
        (("train",), "too little history: 0 alerts"),
        (("train", "--size", "huge"), "is no size"),
        (("train", "--size", "100000"), "is no size"),
        (("train", tmp_path / "none"), "no such file"),
        (("use", "zz"), "no dictionary is here"),
    ):
        code, _, errors = run(capsys, "dictionary", *words, "--data", tmp_path)
        assert code != 0 and expected in errors and "Traceback" not in errors
