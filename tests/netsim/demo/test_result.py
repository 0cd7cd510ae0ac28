"""The end of the demo says what is wrong, in words, and its exit code follows the verdict."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from netsim.demo.result import WORDS, Bytes, Result
from netsim.judge.stores import Pair, Verdict

FINDINGS = (*WORDS, "excused")


def _result(**found: tuple[Pair, ...]) -> Result:
    verdict = Verdict(7, 5, 4, 4, 2, 2, 4, 0, dict.fromkeys(FINDINGS, ()) | found)
    link = Bytes("Amina", "2G", 2000, 500, {4: 900, 5: 400}, 0.005)
    return Result(verdict, [link], ["own.xml: 422: sender: is missing"])


def _printed(result: Result) -> str:
    console = Console(file=StringIO(), width=100)
    result.print(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_clean_verdict() -> None:
    result = _result(excused=(("device-1", "hub.example,2"),))
    assert result.exit_code == 0
    printed = _printed(result)
    assert "Nothing was lost, nothing came twice." in printed
    assert "own.xml: 422: sender: is missing" in printed
    assert "1,200" in printed  # bytes that carried no alert
    assert result.as_json()["bytes_on_the_wire"] == 2500


def test_every_finding_fails_it_and_is_told() -> None:
    for name, words in WORDS.items():
        result = _result(**{name: (("device-1", "hub.example,2"),)})
        assert result.exit_code == 1
        assert result.as_json()["ok"] is False
        printed = _printed(result)
        assert f"WRONG  {words}: hub.example,2 on device-1" in printed
        assert "Nothing was lost" not in printed
