"""Toxiproxy's HTTP API: every route in one table, every error in one table.

Written against Toxiproxy 2.12.0: same paths, status codes and bodies. docs/toxiproxy.md has what differs on purpose.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tornado.web import Application, HTTPError, RequestHandler

from netsim.toxiproxy.body import Fields, parse
from netsim.toxiproxy.collection import ProxyCollection, Wanted
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


@dataclass(frozen=True)
class Call:
    """One request: what it names in its path, and its body."""

    proxies: ProxyCollection
    body: bytes
    proxy_name: str = ""
    toxic_name: str = ""

    @property
    def proxy(self) -> Proxy:
        return self.proxies.get(self.proxy_name)


@dataclass(frozen=True)
class Reply:
    """What is answered; None as content is an empty body."""

    status: int
    content: object = None


Answer = Callable[[Call], Awaitable[Reply]]


async def version(call: Call) -> Reply:
    return Reply(200, {"version": API_VERSION})


async def reset(call: Call) -> Reply:
    await call.proxies.reset()
    return Reply(204)


async def populate(call: Call) -> Reply:
    made, refusal = await call.proxies.populate(call.body)
    proxies = [_proxy(proxy) for proxy in made] or None
    if refusal is None:
        return Reply(201, {"proxies": proxies})
    message, status = sentence_and_status(refusal)
    return Reply(status, {"error": message, "status": status, "proxies": proxies})


async def proxy_index(call: Call) -> Reply:
    return Reply(200, {name: _proxy(proxy) for name, proxy in sorted(call.proxies.proxies.items())})


async def proxy_create(call: Call) -> Reply:
    wanted = Wanted.read(Fields(parse(call.body)))
    return Reply(201, _proxy(await call.proxies.add(wanted)))


async def proxy_show(call: Call) -> Reply:
    return Reply(200, _proxy(call.proxy))


async def proxy_update(call: Call) -> Reply:
    proxy = call.proxy
    body = Fields(parse(call.body))
    await proxy.update(
        body.text("listen", proxy.listen), body.text("upstream", proxy.upstream), body.flag("enabled", proxy.enabled)
    )
    return Reply(200, _proxy(proxy))


async def proxy_delete(call: Call) -> Reply:
    await call.proxies.remove(call.proxy_name)
    return Reply(204)


async def toxic_index(call: Call) -> Reply:
    return Reply(200, [_toxic(placed) for placed in call.proxy.chain.all()])


async def toxic_create(call: Call) -> Reply:
    return Reply(200, _toxic(call.proxy.chain.add(Fields(parse(call.body)))))


async def toxic_show(call: Call) -> Reply:
    return Reply(200, _toxic(call.proxy.chain.get(call.toxic_name)))


async def toxic_update(call: Call) -> Reply:
    chain = call.proxy.chain
    chain.get(call.toxic_name)  # a toxic that is not there comes before a body that cannot be read
    return Reply(200, _toxic(chain.update(call.toxic_name, Fields(parse(call.body)))))


async def toxic_delete(call: Call) -> Reply:
    call.proxy.chain.remove(call.toxic_name)
    return Reply(204)


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/version", version),
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


class Handler(RequestHandler):
    """One path of the table: answers by method, one change at a time."""

    def initialize(self, proxies: ProxyCollection, changing: asyncio.Lock, answers: dict[str, Answer]) -> None:
        self._proxies = proxies
        self._changing = changing
        self._answers = answers

    def set_default_headers(self) -> None:
        self.set_header("Server", "tocsin-netsim")

    def prepare(self) -> None:
        # As Toxiproxy: a web page must not be able to drive it.
        if self.request.headers.get("User-Agent", "").startswith("Mozilla/"):
            self._finish_text(403, "User agent not allowed\n")

    async def answer(self, **names: str) -> None:
        answer = self._answers.get(self.request.method or "")
        if answer is None:
            raise HTTPError(405)
        call = Call(self._proxies, self.request.body, **names)
        try:
            async with self._changing:
                reply = await answer(call)
        except RefusalError as refusal:
            message, status = sentence_and_status(refusal)
            self._finish_text(status, _json({"error": message, "status": status}) + "\n")
        else:
            self._finish_json(reply)

    get = post = patch = delete = put = head = options = answer

    def write_error(self, status_code: int, **kwargs: object) -> None:
        self._finish_text(status_code, "404 page not found\n" if status_code == 404 else "")

    def _finish_json(self, reply: Reply) -> None:
        self.set_status(reply.status)
        if reply.content is None:
            self.clear_header("Content-Type")
            self.finish()
        else:
            self.set_header("Content-Type", "application/json")
            self.finish(_json(reply.content))

    def _finish_text(self, status: int, text: str) -> None:
        self.set_status(status)
        # Errors are JSON as plain text: what Toxiproxy answers, and some client may look at it.
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)


def application(proxies: ProxyCollection) -> Application:
    """The API over these proxies."""
    common = {"proxies": proxies, "changing": asyncio.Lock()}
    by_path: dict[str, dict[str, Answer]] = {}
    for method, path, answer in ROUTES:
        by_path.setdefault(path, {})[method] = answer
    return Application(
        [(_pattern(path), Handler, {**common, "answers": answers}) for path, answers in by_path.items()],
        default_handler_class=NotFound,
        log_function=lambda handler: None,
    )


class NotFound(RequestHandler):
    """Every other path."""

    def prepare(self) -> None:
        self.set_status(404)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("404 page not found\n")


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
        "attributes": placed.toxic.attributes(),
        "name": placed.name,
        "type": placed.type,
        "stream": placed.stream,
        "toxicity": placed.toxicity,
    }
