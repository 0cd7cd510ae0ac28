"""What comes, line by line, from a stream, from a hub that has none, and over a break."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.commands.hub_api import ApiError
from server.commands.watching import watch_alert, watch_all
from tests.server.commands.test_hub_api import answering, events

EVERYONE = {"areas": [], "roles": [], "devices": [], "everyone": True}


def row(number: int, **members: Any) -> dict[str, Any]:
    found = {"number": number, "severity": "Severe", "event": "Cholera", "headline": "Boil", "msgType": "Alert"}
    return {**found, "audience": EVERYONE, "in_force": True, "replaced_by": None, "identifier": "x", **members}


def problem(status: int, name: str) -> httpx.Response:
    headers = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json={"type": f"/v1/docs#{name}", "title": name}, headers=headers)


def ends_after(times: int) -> Callable[[float], None]:
    """Ctrl-C, some time."""
    left = [times]

    def pause(_: float) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    return pause


def test_each_alert_of_the_stream_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter(
        [
            events(
                f"event: alert\nid: 5-7\ndata: {json.dumps(row(7))}\n\n",
                'event: position\nid: 5-9\ndata: {"position": "5-9"}\n\n',
                f"event: cancel\nid: 5-10\ndata: {json.dumps(row(10, msgType='Cancel', headline=None))}\n\n",
            ),
            problem(401, "unauthorized"),
        ]
    )
    with answering(lambda _: next(answers)) as api, pytest.raises(ApiError, match="unauthorized"):
        watch_all(api, as_json=False)
    said = capsys.readouterr()
    assert [line.partition("Z  ")[2] for line in said.out.splitlines()] == [
        "7  Severe  Cholera: Boil, for everyone",
        "10  Severe  Cholera (a cancel), for everyone",
    ]
    assert "Waiting for alerts at http://hub.example" in said.err and "trying again" in said.err


def test_a_hub_without_a_stream_is_asked_again_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    known = [row(7)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/stream"):
            return problem(404, "unknown-alert")
        after = int(request.url.params.get("after", 0))
        found = [one for one in known if one["number"] > after]
        if after == 7:
            known.append(row(8))
        return httpx.Response(200, json={"alerts": found, "next": None})

    with answering(answer) as api:
        watch_all(api, as_json=True, pause=ends_after(3))
    assert [json.loads(line)["number"] for line in capsys.readouterr().out.splitlines()] == [8]


def test_one_alert_is_followed_by_its_counts_until_it_is_over_and_over_a_break(
    capsys: pytest.CaptureFixture[str],
) -> None:
    looks: list[dict[str, Any] | Exception] = [
        {"addressed": 2, "seen": 0},
        {"addressed": 2, "seen": 0},
        httpx.ConnectError("away"),
        {"addressed": 1, "seen": 1},
        {"addressed": 0, "seen": 2},
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/delivery"):
            counts = looks.pop(0)
            if isinstance(counts, Exception):
                raise counts
            return httpx.Response(200, json={"counts": counts})
        is_last = len(looks) == 1
        return httpx.Response(200, json=row(7, in_force=not is_last, replaced_by=9 if is_last else None))

    with answering(answer) as api:
        watch_alert(api, "7", as_json=False, pause=lambda _: None)
    said = capsys.readouterr()
    lines = [line.partition("Z  ")[2] for line in said.out.splitlines()]
    assert lines == ["2 addressed", "1 addressed, 1 seen", "2 seen"]
    assert said.err.count("trying again") == 1 and said.err.endswith("The alert was replaced by number 9.\n")


def test_ctrl_c_ends_it_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        counts = {"counts": {"addressed": 1}}
        return httpx.Response(200, json=counts if request.url.path.endswith("/delivery") else row(7))

    with answering(answer) as api:
        watch_alert(api, "7", as_json=True, pause=ends_after(1))
    assert json.loads(capsys.readouterr().out)["counts"] == {"addressed": 1}


def test_an_unknown_alert_is_told_at_once() -> None:
    with answering(lambda _: problem(404, "unknown-alert")) as api, pytest.raises(ApiError):
        watch_alert(api, "none", as_json=False)
