"""A hub's API as commands use it: what a person is told of each thing that can go wrong, and streams that go on."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from alerts.errors import UserError
from server.commands.hub_api import ApiError, HubApi, UnreachableError, hub_address, part
from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import RunningHub, running_hub

Answer = Callable[[httpx.Request], httpx.Response]


def at(hub: RunningHub, role: Role = Role.ADMINISTRATOR, token: str | None = None) -> HubApi:
    headers = {"Authorization": f"Bearer {token or hub.tokens[role]}"}
    return HubApi(lambda: httpx.Client(base_url=hub.address, headers=headers))


def answering(answer: Answer, pauses: list[float] | None = None) -> HubApi:
    """What somebody's answers do to a command."""
    transport = httpx.MockTransport(answer)
    pauses = [] if pauses is None else pauses
    return HubApi(lambda: httpx.Client(base_url="http://hub.example", transport=transport), pause=pauses.append)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def test_each_method_asks_and_answers_json(hub: RunningHub) -> None:
    device, _ = hub.enrol(areas=("KE",))
    with at(hub) as api:
        published = api.post("/v1/alerts", alert())
        number, identifier = published["number"], published["identifier"]
        assert api.get(f"/v1/alerts/{part(identifier)}")["number"] == number
        assert api.get("/v1/alerts", after=number - 1, limit=1, in_force=True)["alerts"][0]["number"] == number
        assert api.get(f"/v1/alerts/{number}/delivery", state=["addressed", "seen"])["counts"]["addressed"] == 1
        assert api.text(f"/v1/alerts/{number}", "application/cap+xml").startswith("<?xml")
        assert api.patch(f"/v1/devices/{device}", {"name": "Clinic"})["name"] == "Clinic"
        assert api.delete(f"/v1/devices/{device}") is None


def test_cap_xml_goes_as_it_is(hub: RunningHub) -> None:
    with at(hub) as api:
        number = api.post("/v1/alerts", alert())["number"]
        text = api.text(f"/v1/alerts/{number}", "application/cap+xml")
        other = text.replace("<identifier>", "<identifier>of-").encode()
        published = api.post("/v1/alerts", content=other, media_type="application/cap+xml", everyone=True)
        assert published["identifier"].startswith("of-")


def test_a_list_comes_page_by_page(hub: RunningHub) -> None:
    with at(hub) as api:
        made = [api.post("/v1/alerts", alert())["number"] for _ in range(5)]
        listed = [row["number"] for row in api.pages("/v1/alerts", "alerts", limit=2)]
        assert listed[-5:] == made and listed == sorted(set(listed))


def test_a_problem_is_told_with_everything_that_is_wrong(hub: RunningHub) -> None:
    wrong = alert()
    wrong["alert"]["info"][0] |= {"severity": "severe", "urgency": "now"}
    with at(hub) as api, pytest.raises(ApiError) as told:
        api.post("/v1/alerts", wrong)
    words = str(told.value).splitlines()
    assert (told.value.problem, told.value.status) == ("alert-invalid", 422)
    assert words[0] == "The alert is not valid:" and len(words) == 3
    assert any(line.startswith("  alert.info[0].severity: ") and "did you mean Severe?" in line for line in words)


@pytest.mark.parametrize(
    ("token", "path", "problem", "words"),
    [
        ("wrong", "/v1/devices", "unauthorized", "unknown here, or was revoked"),
        (None, "/v1/alerts/none", "unknown-alert", "none"),
        (None, "/v1/nothing", "not-found", "/v1/docs"),
    ],
)
def test_what_the_hub_refuses_has_a_hint(
    hub: RunningHub, token: str | None, path: str, problem: str, words: str
) -> None:
    with at(hub, token=token) as api, pytest.raises(ApiError, match=words) as told:
        api.get(path)
    assert told.value.problem == problem and told.value.hint and told.value.exit_code == 1


def test_who_comes_too_often_is_told_when_to_come_back() -> None:
    document = {"type": "/v1/docs#rate-limited", "title": "Too many requests", "status": 429, "detail": "slower"}
    headers = {"Content-Type": "application/problem+json", "Retry-After": "7"}
    with (
        answering(lambda _: httpx.Response(429, json=document, headers=headers)) as api,
        pytest.raises(ApiError) as told,
    ):
        api.get("/v1/alerts")
    assert told.value.hint == "Try again in 7 seconds."


@pytest.mark.parametrize(
    ("answer", "words", "hint"),
    [
        (httpx.Response(200, html="<h1>Welcome"), r"no hub \(status 200, text/html", "address"),
        (httpx.Response(502, html="Bad gateway"), "no hub", "proxy"),
        (
            httpx.Response(301, headers={"Location": "https://x.example/"}),
            "sends elsewhere: https://x.example/",
            "itself",
        ),
        (httpx.Response(404, text="nope"), "no hub", "address"),
    ],
)
def test_what_is_no_hub_is_told_apart(answer: httpx.Response, words: str, hint: str) -> None:
    with answering(lambda _: answer) as api, pytest.raises(UnreachableError, match=words) as told:
        api.get("/v1/alerts")
    assert hint in told.value.hint and told.value.exit_code == 4
    with answering(lambda _: answer) as api, pytest.raises(UnreachableError, match=words):
        api.text("/v1/alerts/1", "application/cap+xml")


def raising(error: Exception, cause: Exception | None = None) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error from cause

    return answer


@pytest.mark.parametrize(
    ("error", "cause", "words", "hint"),
    [
        (httpx.ConnectError("x"), socket.gaierror(-2, "x"), "there is no host hub.example", "network"),
        (httpx.ConnectError("x"), ConnectionRefusedError(), "nothing listens at http://hub.example", "running"),
        (httpx.ConnectError("x"), ssl.SSLCertVerificationError(1, "self-signed"), "not trusted: .*self-signed", "--ca"),
        (httpx.ConnectError("x"), ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "by TLS", "http://"),
        (httpx.ConnectTimeout("x"), None, "does not answer in time", "network"),
        (httpx.RemoteProtocolError("hung up"), None, "broke off: hung up", "https://"),
    ],
)
def test_the_network_is_told_in_words(error: Exception, cause: Exception | None, words: str, hint: str) -> None:
    with answering(raising(error, cause)) as api, pytest.raises(UnreachableError, match=words) as told:
        api.get("/v1/alerts")
    assert hint in told.value.hint


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("hub.example", "https://hub.example"),
        ("http://127.0.0.1:8400/", "http://127.0.0.1:8400"),
        (" https://hub.example/tocsin/ ", "https://hub.example/tocsin"),
        ("https://[::1]:8400", "https://[::1]:8400"),
    ],
)
def test_an_address_is_taken_as_people_write_it(written: str, address: str) -> None:
    assert hub_address(written) == address


@pytest.mark.parametrize(
    "written", ["", "ftp://x", "https://", "https://user:word@hub.example", "https://h/?a=b", "http://x:port", "a b"]
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(UserError, match="not the address of a hub"):
        hub_address(written)


# -- streams ----------------------------------------------------------------------------------------------------------


def events(*texts: str) -> httpx.Response:
    return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content="".join(texts).encode())


def test_a_stream_goes_on_behind_its_last_event_over_every_kind_of_break() -> None:
    asked: list[str | None] = []
    answers: Iterator[httpx.Response | Exception] = iter(
        [
            events("id: 1\ndata: a\n\n", ": still here\n\n", "id: 2\ndata: b\n\n"),
            httpx.ConnectError("gone"),
            httpx.Response(503, json={"title": "stopping"}, headers={"Content-Type": "application/problem+json"}),
            httpx.Response(502, text="proxy"),
            events("id: 3\nevent: alert\ndata: c\n\n"),
            httpx.Response(401, json={"title": "who?"}, headers={"Content-Type": "application/problem+json"}),
        ]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    told: list[str] = []
    pauses: list[float] = []
    got: list[tuple[str, str, str]] = []
    with answering(answer, pauses) as api, pytest.raises(ApiError, match=r"who\?"):
        got.extend((event.id, event.event, event.data) for event in api.stream("/v1/alerts/stream", told=told.append))
    assert got == [("1", "message", "a"), ("2", "message", "b"), ("3", "alert", "c")]
    assert asked == [None, "2", "2", "2", "2", "3"]
    assert len(told) == 2 and "trying again" in told[0]
    assert all(0.5 <= pause <= 8 for pause in pauses) and pauses[2] > pauses[0]


def test_a_stream_that_cannot_begin_is_told_at_once() -> None:
    for answer in (raising(httpx.ConnectError("x")), lambda _: httpx.Response(200, html="<h1>")):
        with answering(answer) as api, pytest.raises(UnreachableError):
            next(api.stream("/v1/alerts/stream"))


def test_what_is_left_out_of_a_query_is_not_asked() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.query, "ascii"))
        return httpx.Response(200, content=json.dumps({}))

    with answering(answer) as api:
        api.get("/v1/x", a=None, b=True, c=("1", "2"), d=0)
    assert asked == ["b=true&c=1&c=2&d=0"]


def test_the_end_closes_the_connection(tmp_path: Path) -> None:
    made: list[httpx.Client] = []

    def opened() -> httpx.Client:
        made.append(httpx.Client())
        return made[-1]

    with HubApi(opened):
        assert not made[0].is_closed
    assert made[0].is_closed
