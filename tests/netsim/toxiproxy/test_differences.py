"""What docs/toxiproxy.md says differs does differ, on the real server as here. A row that is no longer true fails."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from netsim.toxiproxy.control import ToxiproxyServer
from netsim.toxiproxy.toxiproxy_client import ToxiproxyError
from tests.netsim.toxiproxy.harness import Ends, call, call_json, ends_of, read_exactly, read_to_end

pytestmark = pytest.mark.needs("toxiproxy-server")
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "toxiproxy.md").read_text(encoding="utf-8")


def _after_removal_a_close_is(ends: Ends) -> object:
    ends.toxic("reset_peer", "upstream", timeout=0)
    client, upstream = ends.connect()
    upstream.sendall(b".")
    assert read_exactly(client, 1) == b"."  # the proxy has taken up the connection, both ways
    ends.link.clear()
    client.close()
    return read_to_end(upstream)[1]


def _a_spared_connection_after_timeout_is_removed(ends: Ends) -> object:
    ends.toxic("timeout", "upstream", toxicity=0.0, timeout=0)
    client, upstream = ends.connect_and_talk()
    ends.link.clear()
    try:
        client.sendall(b"x")
        return read_exactly(upstream, 1)
    except OSError:
        return b""


def _attributes_after_a_half_bad_update(ends: Ends) -> object:
    ends.toxic("slicer", "upstream", average_size=1, delay=1)
    path = f"/proxies/{ends.link.name}/toxics/slicer_upstream"
    body = '{"attributes": {"average_size": 7, "delay": "x"}}'
    assert call(ends.server, "PATCH", path, body)[0] == 400
    return call_json(ends.server, "GET", path)[1]["attributes"]["average_size"]


def _a_proxy_without_listen_listens_on(ends: Ends) -> object:
    made = call_json(ends.server, "POST", "/proxies", {"name": "open", "upstream": "127.0.0.1:1"})[1]
    return made["listen"].rpartition(":")[0]


def _keys_of_a_proxy(ends: Ends) -> object:
    return "Logger" in call_json(ends.server, "GET", f"/proxies/{ends.link.name}")[1]


def _a_body_of_2_mib_is_accepted(ends: Ends) -> object:
    try:
        return call(ends.server, "POST", "/populate", "[]" + " " * 2_000_000)[0] == 201
    except OSError:
        return False


def _lives_after_a_negative_rate(ends: Ends) -> object:
    ends.toxic("bandwidth", "upstream", rate=-1)
    client, upstream = ends.connect()
    client.sendall(b"x" * 1000)
    if ends.server.kind == "real":
        assert read_to_end(upstream)[0] == b""  # only its death closes this
    try:
        ends.server.client.version()
    except ToxiproxyError:
        return False
    return True


# The row's first cell, the measurement, what it is at the real server, what here.
DIFFERENCES: list[tuple[str, Callable[[Ends], object], object, object]] = [
    ("`reset_peer` removed in time", _after_removal_a_close_is, "RST", "FIN"),
    ("`timeout` removed where its toxicity spared a connection", _a_spared_connection_after_timeout_is_removed, b"", b"x"),
    ("an update with one bad attribute", _attributes_after_a_half_bad_update, 7, 1),
    ("`listen` left out", _a_proxy_without_listen_listens_on, "[::]", "127.0.0.1"),
    ("a proxy as JSON", _keys_of_a_proxy, True, False),
    ("request bodies", _a_body_of_2_mib_is_accepted, True, False),
    ("negative `rate`, or a jitter beyond 2⁶²", _lives_after_a_negative_rate, False, True),
]  # fmt: skip


@pytest.mark.parametrize(("row", "measure", "there", "here"), DIFFERENCES)
def test_a_row_is_true(
    both: tuple[ToxiproxyServer, ToxiproxyServer],
    row: str,
    measure: Callable[[Ends], object],
    there: object,
    here: object,
) -> None:
    assert re.search(rf"^\| {re.escape(row)} \|", PAGE, re.MULTILINE)
    embedded, real = both
    with ends_of(embedded) as ends:
        assert measure(ends) == here
    ends = Ends(real)
    assert measure(ends) == there
    with contextlib.suppress(ToxiproxyError):  # the server may be gone
        ends.close()
