"""The HTTP API, as both servers must speak it."""

from __future__ import annotations

import json
import socket

import pytest
import toxiproxy
from toxiproxy.api import APIConsumer

from netsim.toxiproxy.api import ERRORS, ROUTES
from netsim.toxiproxy.control import ToxiproxyServer
from netsim.toxiproxy.refusals import RefusalError
from netsim.toxiproxy.toxics.toxic import TOXICS
from tests.netsim.toxiproxy.harness import GIVE_UP_S, Ends, call, call_json, read_to_end

A = '{"name": "api-a", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0"}'
NO_PORT = "address nonsense: missing port in address"
HUGE = '{"latency": 9223372036854775808}'
STREAM = "stream was invalid, can be either upstream or downstream"

# method, path, body; status, start of the error
REFUSED: list[tuple[str, str, str, int, str]] = [
    ("POST", "/proxies", "", 400, "bad request body: "),
    ("POST", "/proxies", "{", 400, "bad request body: "),
    ("POST", "/proxies", "NaN", 400, "bad request body: "),
    ("POST", "/proxies", "[]", 400, "bad request body: "),
    ("POST", "/proxies", '"text"', 400, "bad request body: "),
    ("POST", "/proxies", "[" * 100_000, 400, "bad request body: "),
    ("POST", "/proxies", "null", 400, "missing required field: name"),
    ("POST", "/proxies", '{"name": "x"}', 400, "missing required field: upstream"),
    ("POST", "/proxies", '{"name": 7, "upstream": "127.0.0.1:1"}', 400, "bad request body: "),
    ("POST", "/proxies", '{"name": "x", "upstream": "127.0.0.1:1", "enabled": "yes"}', 400, "bad request body: "),
    ("POST", "/proxies", A, 409, "proxy already exists"),
    ("POST", "/proxies", A + " and more", 409, "proxy already exists"),
    ("POST", "/proxies", A.replace('"name"', '"NAME"'), 409, "proxy already exists"),
    ("POST", "/proxies", '{"name": "x", "upstream": "y", "listen": "nonsense"}', 500, "listen tcp: " + NO_PORT),
    ("POST", "/proxies", '{"name": "x", "upstream": "y", "listen": ":99999"}', 500, "listen tcp: address 99999: invalid port"),
    ("GET", "/proxies/none", "", 404, "proxy not found"),
    ("POST", "/proxies/none", "{", 404, "proxy not found"),
    ("PATCH", "/proxies/none", "{}", 404, "proxy not found"),
    ("DELETE", "/proxies/none", "", 404, "proxy not found"),
    ("GET", "/proxies/none/toxics", "", 404, "proxy not found"),
    ("POST", "/proxies/none/toxics", "{", 404, "proxy not found"),
    ("GET", "/proxies/none/toxics/none", "", 404, "proxy not found"),
    ("POST", "/proxies/api-a", "[]", 400, "bad request body: "),
    ("POST", "/proxies/api-a", '{"enabled": 1}', 400, "bad request body: "),
    ("POST", "/proxies/api-a", '{"listen": "nonsense"}', 500, NO_PORT),
    ("POST", "/proxies/api-a/toxics", "", 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "none"}', 400, "invalid toxic type"),
    ("POST", "/proxies/api-a/toxics", "{}", 400, "invalid toxic type"),
    ("POST", "/proxies/api-a/toxics", '{"type": "none", "stream": "sideways"}', 400, STREAM),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "stream": ""}', 400, STREAM),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "attributes": []}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "attributes": {"latency": "1"}}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "attributes": {"latency": 1.0}}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "attributes": {"latency": true}}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "attributes": ' + HUGE + "}", 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "toxicity": "1"}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "latency", "toxicity": 1e39}', 400, "bad request body: "),
    ("POST", "/proxies/api-a/toxics", '{"type": "noop", "name": "api-toxic"}', 409, "toxic already exists"),
    ("POST", "/proxies/api-a/toxics/api-toxic", "x", 400, "bad request body: "),
    ("PATCH", "/proxies/api-a/toxics/api-toxic", '{"attributes": {"latency": "1"}}', 400, "bad request body: "),
    ("GET", "/proxies/api-a/toxics/none", "", 404, "toxic not found"),
    ("POST", "/proxies/api-a/toxics/none", "{", 404, "toxic not found"),
    ("DELETE", "/proxies/api-a/toxics/none", "", 404, "toxic not found"),
]  # fmt: skip


@pytest.fixture(scope="module")
def api(server: ToxiproxyServer) -> ToxiproxyServer:
    """A server with a proxy `api-a` and its toxic `api-toxic`."""
    assert call(server, "POST", "/proxies", A)[0] == 201
    toxic = {"type": "latency", "name": "api-toxic", "attributes": {"latency": 5}}
    assert call_json(server, "POST", "/proxies/api-a/toxics", toxic)[0] == 200
    return server


@pytest.mark.parametrize(("method", "path", "body", "status", "error"), REFUSED)
def test_refusals(api: ToxiproxyServer, method: str, path: str, body: str, status: int, error: str) -> None:
    got_status, content_type, text = call(api, method, path, body)
    answer = json.loads(text)
    assert (got_status, content_type) == (status, "text/plain; charset=utf-8")
    assert set(answer) == {"error", "status"}
    assert answer["status"] == status
    assert answer["error"].startswith(error) if error.endswith(": ") else answer["error"] == error
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/none", 404, "404 page not found\n"),
        ("GET", "/proxies/", 404, "404 page not found\n"),
        ("GET", "/proxies/a/b/c", 404, "404 page not found\n"),
        ("PUT", "/proxies", 405, ""),
        ("HEAD", "/proxies", 405, ""),
        ("DELETE", "/reset", 405, ""),
        ("GET", "/populate", 405, ""),
    ],
)
def test_unknown_paths_and_methods(server: ToxiproxyServer, method: str, path: str, status: int, text: str) -> None:
    got_status, _, got_text = call(server, method, path)
    assert (got_status, got_text) == (status, text)


def test_a_browser_is_turned_away(server: ToxiproxyServer) -> None:
    status, _, text = call(server, "POST", "/reset", **{"User-Agent": "Mozilla/5.0"})
    assert (status, text) == (403, "User agent not allowed\n")


def test_the_version_is_told(server: ToxiproxyServer) -> None:
    status, answer = call_json(server, "GET", "/version")
    assert status == 200
    assert set(answer) == {"version"}
    assert server.kind == "real" or answer["version"] == "2.12.0"


def test_a_proxy_lives_and_dies(server: ToxiproxyServer) -> None:
    status, made = call_json(
        server, "POST", "/proxies", {"name": "life", "upstream": "127.0.0.1:1", "listen": "localhost:0"}
    )
    made.pop("Logger", None)  # an accident of the real one
    port = int(made["listen"].removeprefix("127.0.0.1:"))
    assert status == 201
    assert port > 0
    assert made == {
        "name": "life",
        "listen": f"127.0.0.1:{port}",
        "upstream": "127.0.0.1:1",
        "enabled": True,
        "toxics": [],
    }

    assert call_json(server, "GET", "/proxies/life")[1]["listen"] == made["listen"]
    assert "life" in call_json(server, "GET", "/proxies")[1]
    for method in ("POST", "PATCH"):
        status, disabled = call_json(server, method, "/proxies/life", {"enabled": False})
        assert (status, disabled["enabled"], disabled["listen"]) == (200, False, made["listen"])
        status, enabled = call_json(server, method, "/proxies/life", {"enabled": True, "name": "ignored"})
        assert (status, enabled["enabled"], enabled["listen"], enabled["name"]) == (200, True, made["listen"], "life")
    assert call_json(server, "DELETE", "/proxies/life") == (204, None)
    assert call_json(server, "GET", "/proxies/life")[0] == 404


def test_a_proxy_made_disabled_takes_its_port_when_enabled(server: ToxiproxyServer) -> None:
    wanted = {"name": "later", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0", "enabled": False}
    made = call_json(server, "POST", "/proxies", wanted)[1]
    assert (made["enabled"], made["listen"]) == (False, "127.0.0.1:0")
    enabled = call_json(server, "POST", "/proxies/later", {"enabled": True})[1]
    assert enabled["enabled"]
    assert not enabled["listen"].endswith(":0")
    call(server, "DELETE", "/proxies/later")


def test_a_taken_port_is_named(ends: Ends) -> None:
    wanted = {"name": "taken", "upstream": "127.0.0.1:1", "listen": ends.upstream}
    error = f"listen tcp {ends.upstream}: bind: address already in use"
    assert call_json(ends.server, "POST", "/proxies", wanted) == (500, {"error": error, "status": 500})
    assert call_json(ends.server, "GET", "/proxies/taken")[0] == 404


def test_an_update_moves_a_proxy_and_closes_its_connections(ends: Ends) -> None:
    client, upstream = ends.connect()
    moved = call_json(ends.server, "POST", f"/proxies/{ends.link.name}", {"upstream": "127.0.0.1:1"})[1]
    assert (moved["upstream"], moved["listen"], moved["enabled"]) == ("127.0.0.1:1", ends.link.address, True)
    assert client.recv(1) == b""
    assert upstream.recv(1) == b""
    moved = call_json(ends.server, "PATCH", f"/proxies/{ends.link.name}", {"listen": "127.0.0.1:0"})[1]
    assert moved["listen"] != ends.link.address
    assert ends.refused()


def test_a_move_to_a_taken_port_leaves_the_proxy_disabled(ends: Ends) -> None:
    status, answer = call_json(ends.server, "POST", f"/proxies/{ends.link.name}", {"listen": ends.upstream})
    assert (status, answer["error"]) == (500, f"listen tcp {ends.upstream}: bind: address already in use")
    assert not ends.server.client.proxies()[ends.link.name]["enabled"]


def test_a_toxic_lives_and_dies(ends: Ends) -> None:
    path = f"/proxies/{ends.link.name}/toxics"
    made = call_json(
        ends.server, "POST", path, {"type": "latency", "stream": "UPstream", "attributes": {"LATENCY": 3, "other": "x"}}
    )
    latency = {
        "attributes": {"latency": 3, "jitter": 0},
        "name": "latency_UPstream",
        "type": "latency",
        "stream": "UPstream",
        "toxicity": 1,
    }
    assert made == (200, latency)
    noop = {"attributes": {}, "name": "n", "type": "noop", "stream": "downstream", "toxicity": 0.5}
    assert call_json(ends.server, "POST", path, {"type": "noop", "name": "n", "toxicity": 0.5, "attributes": None}) == (
        200,
        noop,
    )
    assert call_json(ends.server, "GET", path) == (200, [latency, noop])
    assert call_json(ends.server, "GET", f"/proxies/{ends.link.name}")[1]["toxics"] == [latency, noop]
    for method, value in (("POST", 7), ("PATCH", 8)):
        change = {"attributes": {"jitter": value}, "toxicity": value, "name": "ignored", "stream": "downstream"}
        latency |= {"attributes": {"latency": 3, "jitter": value}, "toxicity": value}
        assert call_json(ends.server, method, f"{path}/latency_UPstream", change) == (200, latency)
    assert call_json(ends.server, "GET", f"{path}/latency_UPstream") == (200, latency)
    assert call_json(ends.server, "DELETE", f"{path}/latency_UPstream") == (204, None)
    assert call_json(ends.server, "GET", path) == (200, [noop])


@pytest.mark.parametrize("type_name", sorted(set(TOXICS) - {"packet_loss"}))
def test_attributes_by_default(ends: Ends, type_name: str) -> None:
    status, made = call_json(ends.server, "POST", f"/proxies/{ends.link.name}/toxics", {"type": type_name})
    expected: dict[str, dict[str, int]] = {
        "latency": {"latency": 0, "jitter": 0}, "bandwidth": {"rate": 0}, "timeout": {"timeout": 0},
        "reset_peer": {"timeout": 0}, "limit_data": {"bytes": 0}, "slow_close": {"delay": 0}, "noop": {},
        "slicer": {"average_size": 0, "size_variation": 0, "delay": 0},
    }  # fmt: skip
    assert (status, made["attributes"]) == (200, expected[type_name])


def test_populate_makes_keeps_and_replaces(server: ToxiproxyServer) -> None:
    wanted = [{"name": f"pop-{n}", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0"} for n in range(2)]
    wanted[1]["enabled"] = False  # type: ignore[assignment]
    status, made = call_json(server, "POST", "/populate", wanted)
    assert status == 201
    assert [(p["name"], p["enabled"]) for p in made["proxies"]] == [("pop-0", True), ("pop-1", False)]
    call_json(server, "POST", "/proxies/pop-0/toxics", {"type": "noop"})

    wanted[0]["listen"] = made["proxies"][0]["listen"]
    kept = call_json(server, "POST", "/populate", wanted[:1])[1]["proxies"][0]
    assert len(kept["toxics"]) == 1
    wanted[0]["upstream"] = "127.0.0.1:2"
    replaced = call_json(server, "POST", "/populate", wanted[:1])[1]["proxies"][0]
    assert (replaced["upstream"], replaced["toxics"], replaced["listen"]) == ("127.0.0.1:2", [], kept["listen"])
    for name in ("pop-0", "pop-1"):
        call(server, "DELETE", f"/proxies/{name}")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("[]", 201, None),
        ("null", 201, None),
        ("{}", 400, "bad request body: "),
        ("[7]", 400, "bad request body: "),
        ("[null]", 400, "missing required field: name at proxy 1"),
        ('[{"name": "x", "upstream": "y"}, {"name": "z"}]', 400, "missing required field: upstream at proxy 2"),
    ],
)
def test_populate_with_nothing_to_make(server: ToxiproxyServer, body: str, status: int, error: str | None) -> None:
    before = set(call_json(server, "GET", "/proxies")[1])
    got_status, content_type, text = call(server, "POST", "/populate", body)
    answer = json.loads(text)
    assert (got_status, content_type, answer.pop("proxies")) == (status, "application/json", None)
    if error:
        assert answer["status"] == status
        assert answer["error"].startswith(error)
    assert set(call_json(server, "GET", "/proxies")[1]) == before


def test_populate_ends_at_the_first_that_cannot_start(ends: Ends) -> None:
    wanted = [
        {"name": f"part-{n}", "upstream": "127.0.0.1:1", "listen": listen}
        for n, listen in enumerate(["127.0.0.1:0", ends.upstream, "127.0.0.1:0"])
    ]
    status, answer = call_json(ends.server, "POST", "/populate", wanted)
    assert (status, answer["status"]) == (500, 500)
    assert answer["error"] == f"listen tcp {ends.upstream}: bind: address already in use"
    assert [proxy["name"] for proxy in answer["proxies"]] == ["part-0"]
    assert "part-2" not in call_json(ends.server, "GET", "/proxies")[1]
    call(ends.server, "DELETE", "/proxies/part-0")


def test_reset_enables_and_clears_every_proxy(ends: Ends) -> None:
    ends.toxic("latency", "upstream", latency=1)
    ends.link.cut()
    assert call(ends.server, "POST", "/reset")[0] == 204
    state = ends.server.client.proxies()[ends.link.name]
    assert (state["enabled"], state["toxics"], state["listen"]) == (True, [], ends.link.address)


def test_toxiproxy_python_as_it_comes_drives_it(server: ToxiproxyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APIConsumer, "host", server.host)
    monkeypatch.setattr(APIConsumer, "port", server.port)
    library = toxiproxy.Toxiproxy()
    assert library.running()
    assert library.version()
    proxy = library.create(name="library", upstream="127.0.0.1:1")
    with pytest.raises(toxiproxy.exceptions.ProxyExists):
        library.create(name="library", upstream="127.0.0.1:1")
    proxy.add_toxic(type="latency", attributes={"latency": 4})
    assert proxy.get_toxic("latency_downstream").attributes["latency"] == 4
    with pytest.raises(toxiproxy.exceptions.InvalidToxic):
        proxy.add_toxic(type="none")
    proxy.destroy_toxic("latency_downstream")
    assert proxy.toxics() == {}
    with proxy.down():
        assert not library.get_proxy("library").enabled
    assert library.get_proxy("library").enabled
    with pytest.raises(toxiproxy.exceptions.NotFound):
        proxy.destroy_toxic("latency_downstream")
    made = library.populate([{"name": "library-2", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0"}])
    assert [each.name for each in made] == ["library-2"]
    assert library.reset()
    library.destroy(made[0])
    library.destroy(proxy)
    assert library.get_proxy("library") is None


def test_a_body_too_long_is_refused_before_it_is_sent(embedded_ends: Ends) -> None:
    server = embedded_ends.server
    with socket.create_connection((server.host, server.port), timeout=GIVE_UP_S) as connection:
        connection.sendall(b"POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
        answer, _ = read_to_end(connection)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))


def test_every_refusal_has_its_row() -> None:
    assert set(ERRORS) == set(RefusalError.__subclasses__())
    assert len({(method, path) for method, path, _ in ROUTES}) == len(ROUTES)
