"""The scenario of ../../test_clients.py, through toxiproxy-python.

Arguments: the address of the API, that of an upstream that sends back what it gets, and the toxics with their
attributes, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import toxiproxy
from toxiproxy.api import APIConsumer


def main(address: str, upstream: str, toxics: dict[str, dict[str, float]]) -> None:
    api = toxiproxy.Toxiproxy()
    host, _, port = address.partition(":")
    api.update_api_consumer(host, int(port))
    say("version", json.loads(api.version())["version"])

    one = api.create(name="one", upstream=upstream)
    say("create", one.name, enabled(one), through(one))
    say("create again", refused(partial(api.create, name="one", upstream=upstream)))

    wanted = {"upstream": upstream, "listen": "127.0.0.1:0"}
    for proxy in api.populate([{**wanted, "name": "two"}, {**wanted, "name": "three", "enabled": False}]):
        say("populate", proxy.name, enabled(proxy))

    for type_name, attributes in sorted(toxics.items()):
        name = f"{type_name}_upstream"

        add = partial(one.add_toxic, type=type_name, stream="upstream", attributes=attributes)
        add()
        say("add", written(one.get_toxic(name)), through(one))
        say("add again", refused(add))
        # The library has no call for it, but hands out what it calls with.
        APIConsumer.post(f"/proxies/one/toxics/{name}", json={"toxicity": 0, "attributes": {}})
        say("update", written(one.get_toxic(name)), through(one))
        say("list", *one.toxics())
        one.destroy_toxic(name)
        say("list", *one.toxics())
        say("remove again", refused(partial(one.destroy_toxic, name)))
    say("add nonsense", refused(partial(one.add_toxic, type="nonsense", stream="upstream")))

    one.add_toxic(name="slow", type="latency", attributes={"latency": 1})
    one.disable()
    say("disable", enabled(one), through(one))
    api.reset()
    one = api.get_proxy("one")
    say("reset", enabled(one), through(one))
    say("list", *one.toxics())

    for name, proxy in sorted(api.proxies().items()):
        say("proxy", name, enabled(proxy))
        proxy.destroy()
    say("proxies", str(len(api.proxies())))
    say("delete again", refused(one.destroy))


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def refused(call: Callable[[], object]) -> str:
    try:
        call()
    except (toxiproxy.exceptions.ProxyExists, toxiproxy.exceptions.InvalidToxic, toxiproxy.exceptions.NotFound):
        return "refused"
    return "accepted"


def enabled(proxy: Any) -> str:
    return "enabled" if proxy.enabled else "disabled"


def written(toxic: Any) -> str:
    values = [f"{name}={value}" for name, value in sorted(toxic.attributes.items())]
    return " ".join([toxic.name, toxic.type, toxic.stream, str(toxic.toxicity), *values])


def through(proxy: Any) -> str:
    """Send "ping" and tell what came back of it."""
    host, _, port = proxy.listen.partition(":")
    answer = b""
    try:
        connection = socket.create_connection((host, int(port)))
    except OSError:
        return "[no connection]"
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"ping")
        while len(answer) < 4 and (more := connection.recv(4)):
            answer += more
    return f"[{answer.decode()}]"


main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
