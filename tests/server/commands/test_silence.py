"""`tocsin-hub silence`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from server.commands.hub_api import HubApi
from tests.server.commands.test_hub_api import answering
from tests.server.commands.test_token import run
from tests.support.hub import running_hub

ROW = {"kind": "area", "name": "KE-047", "state": "silent", "words": "0 in 6 h", "since": "2026-11-28T12:00:00Z"}


def test_a_hub_that_has_just_started_has_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path):
        assert run(capsys, "silence", "--data", tmp_path) == (0, "There are none.\n", "")
        assert json.loads(run(capsys, "silence", "--json", "--data", tmp_path)[1]) == []


def test_what_is_silent_is_listed_with_its_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def at(_: object) -> Iterator[HubApi]:
        yield answering(lambda _: httpx.Response(200, json={"watched": [ROW]}))

    monkeypatch.setattr("server.commands.silence.at_hub", at)
    said = run(capsys, "silence")[1]
    assert all(word in said for word in ("KE-047", "silent", "2026-11-28 12:00Z", "0 in 6 h"))
