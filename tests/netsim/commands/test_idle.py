"""`tocsin-netsim bench idle`: for people and for machines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from netsim.bench import idle as idling
from netsim.bench import resume
from netsim.bench.idle import Exchange, Report, Run
from netsim.commands.idle import idle


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    asked: dict[str, Any] = {}

    def measured(*_: object, **options: Any) -> Report:
        asked.update(options)
        back = resume.Run(0.0, 20, None, None, 406, 10_903, 30.0, 180.0)
        return Report(Exchange(114.0, 58.0, 0.0), (Run(55.0, 11_258),), (back,))

    monkeypatch.setattr(idling, "report", measured)
    return asked


def test_it_shows_tables_and_the_goal(capsys: pytest.CaptureFixture[str], asked: dict[str, Any]) -> None:
    idle(keep_alive_s=(55.0,), missed=(20,))
    shown = capsys.readouterr().out
    assert asked == {"keep_alives_s": (55.0,), "missed": (20,)}
    for words in ("114 bytes up, 58 down", "11,258", "is reached", "10,903"):
        assert words in shown


def test_it_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    idle(json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["runs"] == [{"keep_alive_s": 55.0, "bytes_per_hour": 11_258}]
    assert printed["reconnects"] == [{"missed": 20, "bytes_up": 406, "bytes_down": 10_903}]
