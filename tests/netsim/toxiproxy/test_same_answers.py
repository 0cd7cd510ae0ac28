"""The same requests, in the same order, to both servers: the answers are equal, but for what the page says differs."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from netsim.toxiproxy.control import ToxiproxyServer
from tests.netsim.toxiproxy.harness import GIVE_UP_S
from tests.netsim.toxiproxy.test_api import REFUSED, A

pytestmark = pytest.mark.needs("toxiproxy-server")

BROWSER = "Mozilla/5.0"
HEADERS = ("Content-Type", "X-Content-Type-Options", "Location", "ETag")
LATENCY = '{"type": "latency", "attributes": {"latency": 5}}'


class Request(NamedTuple):
    method: str
    path: str
    body: str = ""
    user_agent: str = "test"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str | None]
    has_request_id: bool
    end: str
    content: Any


def _proxy(name: str, **more: object) -> str:
    return json.dumps({"name": name, "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0", **more})


def _toxic(**fields: object) -> str:
    return json.dumps(fields)


STORIES: dict[str, list[Request]] = {
    "a proxy": [
        Request("GET", "/proxies"),
        Request("POST", "/proxies", _proxy("p")),
        Request("POST", "/proxies", _proxy("p")),
        Request("GET", "/proxies"),
        Request("GET", "/proxies/p"),
        Request("PATCH", "/proxies/p", '{"enabled": false}'),
        Request("POST", "/proxies/p", '{"enabled": true, "upstream": "127.0.0.1:2"}'),
        Request("POST", "/proxies/p", "[]"),
        Request("GET", "/proxies/p/toxics"),
        Request("DELETE", "/proxies/p", "junk"),
        Request("DELETE", "/proxies/p"),
        Request("GET", "/proxies/p"),
    ],
    "names": [
        Request("POST", "/proxies", _proxy("a b/c<é&>")),
        Request("POST", "/proxies", _proxy("a%20b")),
        Request("POST", "/proxies", _proxy("d é")),
        Request("GET", "/proxies"),
        Request("GET", "/proxies/a%20b%2Fc%3C%C3%A9%26%3E"),
        Request("GET", "/proxies/a%2520b"),
        Request("GET", "/proxies/d%20%C3%A9"),
        Request("DELETE", "/proxies/d%20%c3%a9"),
        Request("DELETE", "/proxies/a%2520b"),
        Request("GET", "/proxies"),
    ],
    "toxics": [
        Request("POST", "/proxies", _proxy("t")),
        Request("POST", "/proxies/t/toxics", LATENCY),
        Request("POST", "/proxies/t/toxics", LATENCY),
        Request("POST", "/proxies/t/toxics", _toxic(type="slicer", stream="upstream", toxicity=0.123456789)),
        Request("POST", "/proxies/t/toxics", _toxic(type="slow_close", toxicity=1e-7, attributes={"delay": 7})),
        Request("POST", "/proxies/t/toxics", _toxic(type="limit_data", name="x y", toxicity=-3)),
        Request("POST", "/proxies/t/toxics", _toxic(type="timeout", name="latency_downstream")),
        Request("POST", "/proxies/t/toxics", _toxic(type="reset_peer", stream="DOWNstream")),
        Request("POST", "/proxies/t/toxics", _toxic(type="Latency")),
        Request("GET", "/proxies/t/toxics"),
        Request("GET", "/proxies/t/toxics/x%20y"),
        Request("PATCH", "/proxies/t/toxics/x%20y", _toxic(attributes={"bytes": 9, "other": 1}, toxicity=2)),
        Request("POST", "/proxies/t/toxics/latency_downstream", _toxic(attributes={"jitter": 3})),
        Request("POST", "/proxies/t/toxics/latency_downstream", _toxic(attributes={"jitter": "3"})),
        Request("DELETE", "/proxies/t/toxics/x%20y"),
        Request("DELETE", "/proxies/t/toxics/x%20y"),
        Request("GET", "/proxies"),
        Request("POST", "/reset"),
        Request("GET", "/proxies"),
    ],
    "populate": [
        Request("POST", "/populate", f"[{_proxy('a')}, {_proxy('b', enabled=False)}]"),
        Request("POST", "/populate", f"[{_proxy('a')}, {_proxy('c', listen='nonsense')}, {_proxy('d')}]"),
        Request("POST", "/populate", '[{"name": ""}]'),
        Request("POST", "/populate", "[]"),
        Request("POST", "/populate", "null"),
        Request("POST", "/populate", "{}"),
        Request("POST", "/populate", ""),
        Request("GET", "/proxies"),
        Request("POST", "/reset"),
        Request("GET", "/proxies"),
    ],
    "paths and methods": [
        Request(method, path)
        for path in ("/proxies", "/reset", "/populate", "/version", "/metrics", "/none", "/proxies/", "/")
        for method in ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
        if (method, path) != ("GET", "/version")
    ],
    "unclean paths": [
        Request("GET", path)
        for path in (
            "//proxies", "/proxies//p", "/./proxies", "/proxies/../version?a=b&c", "/proxies/..", "/x/%2e%2e/proxies",
            "/proxies/%zz", "/proxies/%", "/proxies?x=1", "/%70roxies", "/proxies/p//", "/..",
        )
    ],
    "browsers": [
        Request(method, path, user_agent=BROWSER)
        for method, path in (
            ("GET", "/proxies"), ("POST", "/reset"), ("GET", "/version"), ("PUT", "/proxies"), ("GET", "/none"),
            ("GET", "/proxies/none"), ("DELETE", "/proxies/none/toxics/none"),
        )
    ]
    + [Request("GET", "/proxies", user_agent=agent) for agent in ("", "mozilla/5.0", " Mozilla/5.0", "Mozilla 5", "x Mozilla/")],
    "refusals": [
        Request("POST", "/proxies", A),
        Request("POST", "/proxies/api-a/toxics", _toxic(type="latency", name="api-toxic", attributes={"latency": 5})),
        *(Request(method, path, body) for method, path, body, *_ in REFUSED),
        Request("POST", "/proxies", _proxy("x", listen="127.0.0.1:abc")),
        Request("POST", "/proxies", _proxy("x", listen="203.0.113.7:0")),
        Request("POST", "/proxies", _proxy("x", listen="::1:0")),
        Request("GET", "/proxies"),
    ],
}  # fmt: skip


def _ask(server: ToxiproxyServer, request: Request) -> Answer:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=GIVE_UP_S)) as connection:
        headers = {"User-Agent": request.user_agent, "If-None-Match": "*"}
        connection.request(request.method, request.path, request.body.encode(), headers)
        response = connection.getresponse()
        text = response.read().decode()
        return Answer(
            response.status,
            {name: response.getheader(name) for name in HEADERS},
            bool(re.fullmatch("[0-9a-v]{20}", response.getheader("X-Toxiproxy-Request-Id", ""))),
            text[-1:],
            _content(text),
        )


def _content(text: str) -> Any:
    """The body, without what differs by nature or, as the page says, on purpose."""
    # The words after this are those of Go's decoder, or ours.
    text = re.sub(r'(?<="error":"bad request body: ).*(?=","status")', "", text)
    text = re.sub(r'(?<="listen":"127\.0\.0\.1:)[1-9]\d*', "PORT", text)
    try:
        content = json.loads(text)
    except ValueError:
        return text
    for proxy in [content, *_inner(content)]:
        if isinstance(proxy, dict):
            proxy.pop("Logger", None)
    return content


def _inner(content: Any) -> list[Any]:
    if isinstance(content, dict) and isinstance(content.get("proxies"), list):
        return list(content["proxies"])
    return list(content.values()) if isinstance(content, dict) else []


@pytest.mark.parametrize("story", STORIES)
def test_the_answers_are_equal(both: tuple[ToxiproxyServer, ToxiproxyServer], story: str) -> None:
    embedded, real = both
    for number, request in enumerate(STORIES[story]):
        ours, theirs = _ask(embedded, request), _ask(real, request)
        if request.path in ("/proxies/%zz", "/proxies/%"):  # Go's server answers before any of Toxiproxy
            ours.headers["X-Content-Type-Options"] = None
        assert ours == theirs, f"request {number} of {story!r}: {request}"


def test_the_version_has_the_same_form(both: tuple[ToxiproxyServer, ToxiproxyServer]) -> None:
    ours, theirs = (_ask(server, Request("GET", "/version")) for server in both)
    assert (ours.content, theirs.content) == ({"version": "2.12.0"}, {"version": "git"})
    assert ours._replace(content=None) == theirs._replace(content=None)


def test_the_comparison_sees_a_difference(both: tuple[ToxiproxyServer, ToxiproxyServer]) -> None:
    for request in (Request("GET", "/version"), Request("POST", "/proxies/none", user_agent=BROWSER)):
        assert _ask(both[0], request) != _ask(both[1], request._replace(path="/none"))
