"""Toxiproxy's HTTP API: every route in one table, every error in one table.

Written against Toxiproxy 2.12.0: same paths, status codes and bodies. docs/toxiproxy.md has what differs on purpose.
"""

from __future__ import annotations

import asyncio
import json
import posixpath
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from tornado.web import Application, RequestHandler

from netsim.toxiproxy.body import Fields, parse
from netsim.toxiproxy.collection import ProxyCollection, Wanted
from netsim.toxiproxy.go_words import float32, float64, request_id
from netsim.toxiproxy.metrics import Metrics
from netsim.toxiproxy.proxy import Proxy
from netsim.toxiproxy.refusals import (
    AddressError,
    BadRequestBodyError,
    InvalidStreamError,
    InvalidToxicTypeError,
    MissingFieldError,
    ProxyExistsError,
    ProxyNotFoundError,
    RefusalError,
    ToxicExistsError,
    ToxicNotFoundError,
)
from netsim.toxiproxy.toxics.toxic import PlacedToxic

API_VERSION = "2.12.0"
"""The version of Toxiproxy whose API this is."""


JSON = "application/json"
# Errors are JSON as plain text: what Toxiproxy answers, and some client may look at it.
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Call:
    """One request: what it names in its path, and its body."""

    proxies: ProxyCollection
    metrics: Metrics | None
    body: bytes
    proxy_name: str = ""
    toxic_name: str = ""

    @property
    def proxy(self) -> Proxy:
        return self.proxies.get(self.proxy_name)


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _reply(status: int, content: object) -> Reply:
    return Reply(status, _json(content), {"Content-Type": JSON})


NOT_FOUND = Reply(404, "404 page not found\n", PLAIN)
NOT_ALLOWED = Reply(405)
NO_BROWSER = Reply(403, "User agent not allowed\n", PLAIN)
BAD_PATH = Reply(400, "400 Bad Request", PLAIN)

Answer = Callable[[Call], Awaitable[Reply]]


async def version(call: Call) -> Reply:
    return Reply(200, f'{{"version": "{API_VERSION}"}}\n', {"Content-Type": f"{JSON};charset=utf-8"})


async def metrics(call: Call) -> Reply:
    assert call.metrics, "without metrics the path has no route"
    return Reply(200, call.metrics.page(), {"Content-Type": call.metrics.CONTENT_TYPE})


async def reset(call: Call) -> Reply:
    await call.proxies.reset()
    return Reply(204)


async def populate(call: Call) -> Reply:
    made, refusal = await call.proxies.populate(call.body)
    proxies = [_proxy(proxy) for proxy in made] or None
    if refusal is None:
        return _reply(201, {"proxies": proxies})
    message, status = sentence_and_status(refusal)
    return _reply(status, {"error": message, "status": status, "proxies": proxies})


async def proxy_index(call: Call) -> Reply:
    return _reply(200, {name: _proxy(proxy) for name, proxy in sorted(call.proxies.proxies.items())})


async def proxy_create(call: Call) -> Reply:
    wanted = Wanted.read(Fields(parse(call.body)))
    return _reply(201, _proxy(await call.proxies.add(wanted)))


async def proxy_show(call: Call) -> Reply:
    return _reply(200, _proxy(call.proxy))


async def proxy_update(call: Call) -> Reply:
    proxy = call.proxy
    body = Fields(parse(call.body))
    await proxy.update(
        body.text("listen", proxy.listen), body.text("upstream", proxy.upstream), body.flag("enabled", proxy.enabled)
    )
    return _reply(200, _proxy(proxy))


async def proxy_delete(call: Call) -> Reply:
    await call.proxies.remove(call.proxy_name)
    return Reply(204)


async def toxic_index(call: Call) -> Reply:
    return _reply(200, [_toxic(placed) for placed in call.proxy.chain.all()])


async def toxic_create(call: Call) -> Reply:
    return _reply(200, _toxic(call.proxy.chain.add(Fields(parse(call.body)))))


async def toxic_show(call: Call) -> Reply:
    return _reply(200, _toxic(call.proxy.chain.get(call.toxic_name)))


async def toxic_update(call: Call) -> Reply:
    chain = call.proxy.chain
    chain.get(call.toxic_name)  # a toxic that is not there comes before a body that cannot be read
    return _reply(200, _toxic(chain.update(call.toxic_name, Fields(parse(call.body)))))


async def toxic_delete(call: Call) -> Reply:
    call.proxy.chain.remove(call.toxic_name)
    return Reply(204)


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/version", version),
    ("*", "/metrics", metrics),
    ("POST", "/reset", reset),
    ("POST", "/populate", populate),
    ("GET", "/proxies", proxy_index),
    ("POST", "/proxies", proxy_create),
    ("GET", "/proxies/{proxy_name}", proxy_show),
    ("POST", "/proxies/{proxy_name}", proxy_update),
    ("PATCH", "/proxies/{proxy_name}", proxy_update),
    ("DELETE", "/proxies/{proxy_name}", proxy_delete),
    ("GET", "/proxies/{proxy_name}/toxics", toxic_index),
    ("POST", "/proxies/{proxy_name}/toxics", toxic_create),
    ("GET", "/proxies/{proxy_name}/toxics/{toxic_name}", toxic_show),
    ("POST", "/proxies/{proxy_name}/toxics/{toxic_name}", toxic_update),
    ("PATCH", "/proxies/{proxy_name}/toxics/{toxic_name}", toxic_update),
    ("DELETE", "/proxies/{proxy_name}/toxics/{toxic_name}", toxic_delete),
)

ERRORS: dict[type[RefusalError], tuple[str, int]] = {
    BadRequestBodyError: ("bad request body", 400),
    MissingFieldError: ("missing required field", 400),
    ProxyNotFoundError: ("proxy not found", 404),
    ProxyExistsError: ("proxy already exists", 409),
    InvalidStreamError: ("stream was invalid, can be either upstream or downstream", 400),
    InvalidToxicTypeError: ("invalid toxic type", 400),
    ToxicExistsError: ("toxic already exists", 409),
    ToxicNotFoundError: ("toxic not found", 404),
    AddressError: ("", 500),
}


class Api:
    """Finds what a request asks for and answers it, one change at a time. Without `metrics` there is no `/metrics`."""

    def __init__(self, proxies: ProxyCollection, metrics: Metrics | None) -> None:
        self._proxies = proxies
        self._metrics = metrics
        self._changing = asyncio.Lock()
        self._routes: dict[str, dict[str, Answer]] = {}
        for method, path, answer in ROUTES:
            if metrics or path != "/metrics":
                self._routes.setdefault(_pattern(path), {})[method] = answer

    def find(self, method: str, uri: str) -> Reply | tuple[Answer, dict[str, str]]:
        """What answers a request and the names in its path, or the reply where nothing does."""
        path, question, query = uri.partition("?")
        if re.search(r"%(?![0-9A-Fa-f]{2})", path):
            return BAD_PATH
        path = unquote(path)
        if path != _clean(path):
            return Reply(301, headers={"Location": quote(_clean(path)) + question + query})
        for pattern, answers in self._routes.items():
            found = re.fullmatch(pattern, path)
            if found:
                answer = answers.get(method) or answers.get("*")
                return (answer, found.groupdict()) if answer else NOT_ALLOWED
        return NOT_FOUND

    async def answer(self, method: str, uri: str, user_agent: str, body: bytes) -> Reply:
        """The answer to one request; `uri` is as it was sent, with its percent signs."""
        found = self.find(method, uri)
        if isinstance(found, Reply):
            return found
        answer, names = found
        # As Toxiproxy: a web page must not be able to drive it.
        browser = user_agent.startswith("Mozilla/")
        reply = NO_BROWSER if browser else await self._tried(answer, Call(self._proxies, self._metrics, body, **names))
        return replace(reply, headers={**reply.headers, "X-Toxiproxy-Request-Id": request_id()})

    async def _tried(self, answer: Answer, call: Call) -> Reply:
        try:
            async with self._changing:
                return await answer(call)
        except RefusalError as refusal:
            message, status = sentence_and_status(refusal)
            return Reply(status, _json({"error": message, "status": status}) + "\n", PLAIN)


class Handler(RequestHandler):
    """Every request: carries it to the API and the answer back."""

    def initialize(self, api: Api) -> None:
        self._api = api

    async def prepare(self) -> None:
        request = self.request
        user_agent = request.headers.get("User-Agent", "")
        self._send(await self._api.answer(request.method or "", request.uri or "", user_agent, request.body))

    def write_error(self, status_code: int, **kwargs: object) -> None:
        # A method that HTTP does not have is refused before `prepare`, on whatever path.
        found = self._api.find(self.request.method or "", self.request.uri or "")
        self._send(found if status_code == 405 and isinstance(found, Reply) else Reply(status_code))

    def compute_etag(self) -> None:
        """None: what is asked for is always told."""

    def _send(self, reply: Reply) -> None:
        self.clear()
        self.clear_header("Content-Type")
        self.set_header("Server", "tocsin-netsim")
        self.set_status(reply.status)
        for name, value in reply.headers.items():
            self.set_header(name, value)
        self.finish(reply.body or None)


def application(api: Api) -> Application:
    """The API as a web application."""
    return Application([(r".*", Handler, {"api": api})], log_function=lambda handler: None)


def _clean(path: str) -> str:
    """Without empty parts, `.` and `..`; a slash at the end stays."""
    cleaned = "/" + posixpath.normpath("/" + path).lstrip("/")
    return cleaned + "/" if path.endswith("/") and cleaned != "/" else cleaned


def _pattern(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)


def _json(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))


def sentence_and_status(refusal: RefusalError) -> tuple[str, int]:
    """What the table of errors says about a refusal."""
    sentence, status = ERRORS[type(refusal)]
    return ": ".join(part for part in (sentence, refusal.detail) if part), status


def _proxy(proxy: Proxy) -> dict[str, object]:
    return {
        "name": proxy.name,
        "listen": proxy.listen,
        "upstream": proxy.upstream,
        "enabled": proxy.enabled,
        "toxics": [_toxic(placed) for placed in proxy.chain.all()],
    }


def _toxic(placed: PlacedToxic) -> dict[str, object]:
    return {
        "attributes": {name: float64(value) for name, value in placed.toxic.attributes().items()},
        "name": placed.name,
        "type": placed.type,
        "stream": placed.stream,
        "toxicity": float32(placed.toxicity),
    }
