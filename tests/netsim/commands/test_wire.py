"""The command reads what it is told to, shows tables or JSON, and draws; what is wrong with the input is told in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from alerts.errors import UserError
from netsim.bench.wire import capture as capturing
from netsim.bench.wire import measure as measuring
from netsim.bench.wire.capture import Captured, Traffic
from netsim.bench.wire.corpus import Row, in_log
from netsim.bench.wire.measure import Report, Sizes
from netsim.bench.wire.reconnect import CatchUp, Empty
from netsim.bench.wire.speed import Speed
from netsim.commands.bench import TOCSIN, bench
from netsim.workload import load_samples
from tests.netsim.bench.wire.lines import line, write_lines

SPEED = Speed(0.4, 2.5, 40.0, 90.0, 1.5, 30.0)


def _run(*arguments: str) -> object:
    return bench(["wire", *arguments], result_action="return_value")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Row]]:
    asked: dict[str, list[Row]] = {}

    def measured(rows: Sequence[Row], training: Sequence[Row], *, done: Callable[[str], None]) -> Report:
        asked.update(measured=list(rows), training=list(training))
        done("json")
        sizes = {name: Sizes((1234,) * len(rows), (2345,) * len(rows)) for name in ("json", "tocsin_shipped")}
        catch_up = CatchUp(20, 3, 300.0, 350.0, 411.4, 420.0)
        return Report(tuple(in_log(rows)), len(training) or None, sizes, catch_up, Empty(347, 373, 380, 66), SPEED)

    monkeypatch.setattr(measuring, "report", measured)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("TOCSIN_CORPUS", raising=False)
    return asked


def _corpus(tmp_path: Path, count: int = 12) -> str:
    lines = [line(group=f"group {index}", sent=index + 1) for index in range(count)]
    return str(write_lines(tmp_path / "corpus.jsonl", *lines))


def test_the_tables_are_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("--corpus", _corpus(tmp_path))
    printed = capsys.readouterr().out
    rows = [row.split() for row in printed.splitlines()]
    assert ["json", "1,234", "1,234", "1,234", "2,345", "2,345", "2,345"] in rows
    assert "missed 20: 411 bytes for each down to IP, 420 with TLS records" in printed
    assert "720 bytes of HTTP and WebSocket, 347 up and 373 down" in printed
    assert max(len(row) for row in printed.splitlines() if row.startswith("json")) <= 80


def test_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("--corpus", _corpus(tmp_path), "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["encodings"]["json"] == {"median": 1234, "mean": 1234.0, "short_median": 1234}
    assert told["catch_up_20_bytes_per_alert"] == 411.4
    assert told["reconnect_empty_bytes"] == 720


def test_real_packets_are_shown_beside_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = Captured("tocsin", 20, Traffic(12_258, 64, 15_586), Traffic(12_258, 60, 15_378))
    monkeypatch.setattr(capturing, "capture", lambda subject: [captured] if subject is TOCSIN else [])
    _run("--corpus", _corpus(tmp_path), "--capture")
    printed = capsys.readouterr().out
    assert "12,258 bytes of payload, counted here 12,258; 64 packets, here 60;" in printed
    assert "15,586 bytes in all, here 15,378 (-1.3%)" in printed
    _run("--corpus", _corpus(tmp_path), "--capture", "--json")
    assert json.loads(capsys.readouterr().out)["capture"] == [captured.as_json()]


def test_a_corpus_is_split_by_group_unless_another_is_trained_on(tmp_path: Path, asked: dict[str, list[Row]]) -> None:
    corpus = _corpus(tmp_path)
    _run("--corpus", corpus)
    assert asked["training"]
    assert len(asked["training"]) + len(asked["measured"]) == 12
    other = write_lines(tmp_path / "other.jsonl", line())
    _run("--corpus", corpus, "--train", str(other))
    assert (len(asked["measured"]), len(asked["training"])) == (12, 1)


def test_without_a_corpus_the_variable_says_and_else_the_samples(
    tmp_path: Path, asked: dict[str, list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run()
    assert len(asked["measured"]) + len(asked["training"]) == len(load_samples())
    (tmp_path / "named").mkdir()
    write_lines(tmp_path / "named" / "alerts.jsonl", *(line(group=f"g{index}") for index in range(5)))
    monkeypatch.setenv("TOCSIN_CORPUS", str(tmp_path / "named"))
    _run()
    assert len(asked["measured"]) + len(asked["training"]) == 5


def test_pictures_go_into_a_folder(tmp_path: Path) -> None:
    _run("--corpus", _corpus(tmp_path), "--plot", str(tmp_path / "made" / "here"))
    assert {file.name for file in (tmp_path / "made" / "here").iterdir()} == {"wire.svg", "wire-distribution.svg"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path)
    with pytest.raises(UserError, match=r"cannot be written into .*corpus\.jsonl"):
        _run("--corpus", corpus, "--plot", corpus)


def test_a_corpus_of_one_group_may_leave_nothing_to_measure(tmp_path: Path) -> None:
    lines = [line(group="group 0")] * 3
    with pytest.raises(UserError, match="all 3 alerts belong to the half that is trained on") as caught:
        _run("--corpus", str(write_lines(tmp_path / "a.jsonl", *lines)))
    assert "--train" in str(caught.value.hint)


def test_what_is_wrong_with_a_line_is_told(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", line(), line(severity="Terrible"))
    with pytest.raises(UserError, match="line 2: "):
        _run("--corpus", str(file))
