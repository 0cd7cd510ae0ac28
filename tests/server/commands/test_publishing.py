"""Publishing from a command: what is asked before, retries that publish once, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from alerts.errors import UserError
from server.commands.hub_api import ApiError, UnreachableError
from server.commands.publishing import TRIES, How, Request, audience_words, carry_out, reached
from tests.server.api.test_problems import alert
from tests.server.commands.test_hub_api import Answer, answering, at
from tests.support.hub import RunningHub, running_hub

PUBLISH = Request("/v1/alerts", "published", {"alert": {}})
MADE = {"number": 7, "sender": "a@b", "identifier": "x", "epoch": 1, "reports": ["areas were not checked"]}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def numbers(hub: RunningHub) -> list[int]:
    return [row["number"] for row in hub.ask("GET", "/v1/alerts?limit=1000").json()["alerts"]]


def test_a_dry_run_says_whom_it_would_reach(hub: RunningHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.enrol(areas=("KE",))
    before = numbers(hub)
    request = Request("/v1/alerts", "published", alert() | {"audience": {"areas": ["KE"]}})
    with at(hub) as api:
        carry_out(api, request, How(dry_run=True))
        said = capsys.readouterr()
        assert "It would reach 1 device (0 connected now; 1 never heard of).\nFor KE, until 20" in said.out
        assert "Note: no list of areas" in said.err
        carry_out(api, request, How(dry_run=True, json=True))
        assert json.loads(capsys.readouterr().out)["reached"]["devices"] == 1
    assert numbers(hub) == before


def test_a_person_is_asked_first(hub: RunningHub, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def answer(yes: bool) -> Callable[[str], bool]:
        def ask(words: str) -> bool:
            asked.append(words)
            return yes

        return ask

    before = numbers(hub)
    request = Request("/v1/alerts", "published", alert())
    with at(hub) as api:
        with pytest.raises(UserError, match="nothing is published"):
            carry_out(api, request, How(), ask=answer(False))
        assert numbers(hub) == before and "For everyone, until" in asked[0] and "device" in asked[0]
        carry_out(api, request, How(), ask=answer(True))
        carry_out(api, request, How(yes=True), ask=answer(False))
    assert len(numbers(hub)) == len(before) + 2 and len(asked) == 2
    said = capsys.readouterr()
    assert said.out.startswith(f"Published: number {numbers(hub)[-2]}, ") and "alert delivery" in said.err


def lossy(answers: Iterator[httpx.Response | Exception], keys: list[str]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    return answer


def problem(status: int, name: str) -> httpx.Response:
    headers = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json={"type": f"/v1/docs#{name}", "title": name}, headers=headers)


def test_a_retry_has_the_same_key(capsys: pytest.CaptureFixture[str]) -> None:
    keys: list[str] = []
    pauses: list[float] = []
    answers: Iterator[httpx.Response | Exception] = iter(
        [httpx.ReadTimeout("x"), problem(503, "stopping"), httpx.Response(201, json=MADE)]
    )
    with answering(lossy(answers, keys)) as api:
        carry_out(api, PUBLISH, How(), pause=pauses.append)
    assert len(keys) == 3 and len(set(keys)) == 1 and len(keys[0]) == 32 and pauses == [1, 2]
    said = capsys.readouterr()
    assert said.out == "Published: number 7, a@b,x\n"
    assert said.err.count("trying again") == 2 and "Note: areas were not checked" in said.err


def test_an_answer_that_never_came_leaves_a_key_to_go_on_with() -> None:
    keys: list[str] = []
    answers = iter([httpx.ReadTimeout("x")] * TRIES)
    with answering(lossy(answers, keys)) as api, pytest.raises(UnreachableError) as told:
        carry_out(api, PUBLISH, How(idempotency_key="mine"), pause=lambda _: None)
    assert keys == ["mine"] * TRIES and "--idempotency-key mine" in told.value.hint


def test_a_refusal_is_not_tried_again() -> None:
    keys: list[str] = []
    with answering(lossy(iter([problem(422, "alert-invalid")]), keys)) as api, pytest.raises(ApiError):
        carry_out(api, PUBLISH, How())
    assert len(keys) == 1
    busy = iter([problem(429, "rate-limited")] * TRIES)
    with answering(lossy(busy, keys)) as api, pytest.raises(ApiError) as told:
        carry_out(api, PUBLISH, How(), pause=lambda _: None)
    assert "idempotency" not in told.value.hint  # that was not done, for certain


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ({"everyone": True}, "everyone"),
        ({"areas": ["KE", "UG"]}, "KE or UG"),
        ({"areas": ["KE"], "roles": ["chw", "nurse"]}, "KE, chw or nurse"),
        ({"devices": ["d-1", "d-2"]}, "d-1, d-2"),
        ({"roles": ["chw"], "devices": ["d-1"]}, "chw and d-1"),
        ({"areas": [str(number) for number in range(8)]}, "0 or 1 or 2 or 3 or 4 or 3 more"),
    ],
)
def test_an_audience_in_words(audience: dict[str, Any], words: str) -> None:
    assert audience_words({"areas": [], "roles": [], "devices": [], "everyone": False, **audience}) == words


def test_who_is_reached_in_words() -> None:
    none = {"devices": 0, "connected": 0, "within_day": 0, "within_week": 0, "longer_ago": 0, "never": 0}
    assert "nobody" in reached(none)
    some = {"devices": 1200, "connected": 18, "within_day": 1000, "within_week": 0, "longer_ago": 182, "never": 18}
    assert reached(some) == (
        "1,200 devices (18 connected now; 1,000 heard of within a day; 182 heard of longer ago; 18 never heard of)"
    )
