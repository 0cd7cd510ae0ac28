"""A link in a test's hands, on both servers."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from netsim.toxiproxy.control import ToxiproxyServer, start_embedded
from netsim.toxiproxy.toxiproxy_client import ToxiproxyError
from tests.netsim.toxiproxy.harness import Ends, ends_of, has_data, read_exactly, read_to_end


def test_a_cut_link_closes_and_refuses_until_it_is_healed(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.link.cut()
    assert read_to_end(client) == (b"", "FIN")
    assert read_to_end(upstream) == (b"", "FIN")
    assert ends.refused()
    ends.link.cut()
    ends.link.heal()
    ends.link.heal()
    client, upstream = ends.connect()
    client.sendall(b"again")
    assert read_exactly(upstream, 5) == b"again"


def test_a_stalled_link_holds_everything_and_loses_nothing(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.link.stall()
    client.sendall(b"up")
    upstream.sendall(b"down")
    newer_client, newer_upstream = ends.connect()
    newer_client.sendall(b"newer")
    if ends.server.kind == "embedded":
        ends.link.throttle(1000, 1000)  # at the real one a new toxic lets slip what the one before it holds
    ends.server.client.version()  # a round trip later, still nothing
    assert not any(has_data(sock) for sock in (client, upstream, newer_upstream))
    ends.link.heal()
    assert read_exactly(upstream, 2) == b"up"
    assert read_exactly(client, 4) == b"down"
    assert read_exactly(newer_upstream, 5) == b"newer"


def test_one_way_can_stall_alone(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.link.stall("downstream")
    upstream.sendall(b"held")
    client.sendall(b"passes")
    assert read_exactly(upstream, 6) == b"passes"
    assert not has_data(client)


def test_a_black_hole_swallows_and_its_end_closes(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.link.black_hole("upstream")
    client.sendall(b"lost")
    ends.link.heal()
    assert read_to_end(upstream)[0] == b""
    assert read_to_end(client)[0] == b""
    ends.connect()


def test_a_reset_breaks_live_connections_and_no_others(ends: Ends) -> None:
    client, upstream = ends.connect_and_talk()
    ends.link.delay(1)
    ends.link.reset()
    how = "RST" if ends.server.kind == "embedded" else "FIN"  # see Link.reset
    assert read_to_end(client) == (b"", how)
    assert read_to_end(upstream) == (b"", how)
    client, upstream = ends.connect()
    client.sendall(b"new")
    client.close()
    assert read_to_end(upstream) == (b"new", "FIN")


def test_a_link_that_resets_on_data_does_so_until_healed(ends: Ends) -> None:
    ends.link.reset_on_data(10, "downstream")
    client, upstream = ends.connect()
    upstream.sendall(b"dropped")
    assert read_to_end(client) == (b"", "RST")
    assert read_to_end(upstream) == (b"", "RST")
    ends.link.heal()
    client, upstream = ends.connect()
    upstream.sendall(b"passes")
    upstream.close()
    assert read_to_end(client) == (b"passes", "FIN")


def test_a_link_can_break_at_any_byte(ends: Ends) -> None:
    for limit in (1, 7):
        ends.link.limit("downstream", limit)
        client, upstream = ends.connect()
        upstream.sendall(b"0123456789")
        assert read_to_end(client)[0] == b"0123456789"[:limit]


def test_healing_leaves_delay_and_throttle_and_clearing_nothing(ends: Ends) -> None:
    link, client = ends.link, ends.server.client
    link.delay(10, jitter_ms=3)
    link.throttle(5, None)
    link.stall()
    link.limit("upstream", 9)
    link.heal()
    toxics = {name: toxic["attributes"] for name, toxic in client.toxics(link.name).items()}
    delay = {"latency": 10, "jitter": 3}
    assert toxics == {"delay_upstream": delay, "delay_downstream": delay, "throttle_upstream": {"rate": 5}}
    link.delay(20)
    link.throttle(None, 7)
    toxics = {name: toxic["attributes"] for name, toxic in client.toxics(link.name).items()}
    delay = {"latency": 20, "jitter": 0}
    assert toxics == {"delay_upstream": delay, "delay_downstream": delay, "throttle_downstream": {"rate": 7}}
    link.delay(0)
    assert set(client.toxics(link.name)) == {"throttle_downstream"}
    link.cut()
    link.clear()
    state = client.proxies()[link.name]
    assert (state["toxics"], state["enabled"]) == ([], True)


def test_changing_everything_while_bytes_flow_loses_none(ends: Ends) -> None:
    seed = 11
    chance = random.Random(seed)
    client, upstream = ends.connect()
    sent = random.Random(seed).randbytes(2_000_000)
    writer = threading.Thread(target=client.sendall, args=(sent,))
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(read_exactly(upstream, len(sent))))
    writer.start()
    reader.start()
    link = ends.link
    changes = [
        lambda: link.delay(chance.randrange(50), chance.randrange(20)),
        lambda: link.throttle(chance.randrange(1, 5000), None),
        lambda: link.throttle(None, None),
        lambda: link.stall("upstream"),
        link.heal,
        link.clear,
    ]
    for _ in range(60):
        chance.choice(changes)()
    link.clear()
    writer.join()
    reader.join()
    assert got == [sent], f"seed {seed}"


def test_two_links_of_a_server_are_two(ends: Ends) -> None:
    with ends_of(ends.server) as others:
        ends.link.cut()
        client, upstream = others.connect()
        client.sendall(b"x")
        assert read_exactly(upstream, 1) == b"x"


def test_a_name_is_taken_once(ends: Ends) -> None:
    with pytest.raises(ToxiproxyError, match=r"409 .*proxy already exists") as caught:
        ends.server.link(ends.link.name, ends.upstream)
    assert caught.value.status == 409


def test_it_serves_from_within_an_event_loop(server: ToxiproxyServer) -> None:
    async def run() -> bytes:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            writer.close()
            await writer.wait_closed()

        listening = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        link = await asyncio.to_thread(server.link, "in-a-loop", f"127.0.0.1:{port}")
        reader, writer = await asyncio.open_connection(link.host, link.port)
        data = await reader.read()
        writer.close()
        await asyncio.to_thread(link.close)
        listening.close()
        return data

    assert asyncio.run(run()) == b"hello"


def _hits(seed: int, connections: int) -> list[bool]:
    """Which of so many connections a toxic of toxicity 0.5 swallowed."""
    with start_embedded(seed) as server, ends_of(server) as ends:
        ends.toxic("limit_data", "upstream", toxicity=0.5, bytes=0)
        hits = []
        for _ in range(connections):
            client, upstream = ends.connect()
            client.sendall(b"x")
            hits.append(upstream.recv(1) == b"")
        return hits


def test_the_seed_decides_which_connections_are_hit() -> None:
    first = _hits(7, 24)
    assert first == _hits(7, 24)
    assert first != _hits(8, 24)
    assert {True, False} == set(first)


@pytest.mark.parametrize("toxicity", [0.0, -1.0])
def test_at_no_toxicity_it_never_acts(ends: Ends, toxicity: float) -> None:
    ends.toxic("limit_data", "upstream", toxicity=toxicity, bytes=0)
    for _ in range(5):
        client, upstream = ends.connect()
        client.sendall(b"x")
        assert upstream.recv(1) == b"x"


def test_stopping_closes_connections_and_gives_the_port_back() -> None:
    server = start_embedded()
    with ends_of(server) as ends:
        client, upstream = ends.connect()
        server.stop()
        assert read_to_end(client) == (b"", "FIN")
        assert read_to_end(upstream) == (b"", "FIN")
        with pytest.raises(ToxiproxyError, match="no answer from Toxiproxy") as caught:
            server.client.version()
        assert "tocsin-netsim proxy --listen" in caught.value.hint
        server.stop()
        ends.link.close = lambda: None  # type: ignore[method-assign]
