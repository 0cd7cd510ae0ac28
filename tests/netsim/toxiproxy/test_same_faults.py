"""Each toxic does to a connection what that of the real server does: the same measurement on both, side by side.

What is compared are bytes, their order, how and in which order connections end, and ratios of time. A time is never
compared with a number of seconds.
"""

from __future__ import annotations

import select
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from netsim.toxiproxy.control import ToxiproxyServer, start_embedded
from netsim.toxiproxy.real_server import RealServer
from netsim.toxiproxy.toxics.toxic import DIRECTIONS, TOXICS, Direction
from tests.netsim.toxiproxy.harness import Ends, ends_of, read_exactly, read_to_end

pytestmark = pytest.mark.needs("toxiproxy-server")

Both = tuple[Ends, Ends]
Outcome = dict[str, object]

QUESTION, ANSWER = b"question", b"an answer that is longer"
MILD: dict[str, dict[str, float]] = {
    "noop": {},
    "latency": {"latency": 20, "jitter": 5},
    "bandwidth": {"rate": 10},
    "timeout": {"timeout": 30},
    "reset_peer": {"timeout": 20},
    "limit_data": {"bytes": 5},
    "slicer": {"average_size": 3, "size_variation": 1, "delay": 100},
    "slow_close": {"delay": 20},
}
"""Every toxic of 2.12.0, with attributes under which a short conversation ends soon."""


@pytest.fixture
def both_ends(both: tuple[ToxiproxyServer, ToxiproxyServer]) -> Iterator[Both]:
    with ends_of(both[0]) as embedded, ends_of(both[1]) as real:
        yield embedded, real


def _same(both_ends: Both, measure: Callable[[Ends], object]) -> object:
    embedded, real = (measure(ends) for ends in both_ends)
    assert embedded == real
    return embedded


def _conversation(ends: Ends) -> Outcome:
    """A client asks, the upstream answers what it has heard and closes."""
    client, upstream = ends.connect()
    client.sendall(QUESTION)
    asked = read_exactly_or_end(upstream, len(QUESTION))
    if asked == (QUESTION, "open"):
        upstream.sendall(ANSWER)
        upstream.close()
    return {"upstream": asked, "client": read_to_end(client)}


def read_exactly_or_end(sock: socket.socket, count: int) -> tuple[bytes, str]:
    data = b""
    try:
        while len(data) < count:
            more = sock.recv(count - len(data))
            if not more:
                return data, "FIN"
            data += more
    except ConnectionResetError:
        return data, "RST"
    return data, "open"


def test_every_toxic_is_compared() -> None:
    assert set(MILD) == set(TOXICS) - {"packet_loss"}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("type_name", MILD)
def test_a_conversation_fares_alike(both_ends: Both, type_name: str, direction: Direction) -> None:
    def measure(ends: Ends) -> Outcome:
        ends.toxic(type_name, direction, **MILD[type_name])
        return _conversation(ends)

    _same(both_ends, measure)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("type_name", MILD)
def test_at_toxicity_0_it_is_as_if_it_were_not_there(both_ends: Both, type_name: str, direction: Direction) -> None:
    untouched = {"upstream": (QUESTION, "open"), "client": (ANSWER, "FIN")}
    embedded, real = both_ends
    for ends in both_ends:
        ends.toxic(type_name, direction, toxicity=0.0, **MILD[type_name])
    assert _conversation(embedded) == untouched
    if type_name == "reset_peer":  # it acts all the same: every close is a RST, which can overtake the answer
        assert _conversation(real)["client"] in [(ANSWER, "RST"), (b"", "RST")]
    else:
        assert _conversation(real) == untouched


@pytest.mark.parametrize("type_name", MILD)
def test_added_to_and_taken_from_a_live_connection_it_acts_alike(both_ends: Both, type_name: str) -> None:
    def measure(ends: Ends) -> Outcome:
        client, upstream = ends.connect_and_talk()
        ends.toxic(type_name, "downstream", **MILD[type_name])
        client.sendall(QUESTION)
        asked = read_exactly(upstream, len(QUESTION))
        ends.link.clear()
        upstream.sendall(ANSWER)
        upstream.close()
        return {"upstream": asked, "client": read_to_end(client)[0]}

    passed = _same(both_ends, measure)
    assert passed == {"upstream": QUESTION, "client": b"" if type_name == "timeout" else ANSWER}


@pytest.mark.parametrize("limit", [0, 1, 1000, 32_768, 32_769, 70_001])
def test_limit_data_lets_the_same_bytes_through(both_ends: Both, limit: int) -> None:
    def measure(ends: Ends) -> Outcome:
        ends.toxic("limit_data", "downstream", bytes=limit)
        client, upstream = ends.connect()
        sender = threading.Thread(target=_send_and_close, args=(upstream, bytes(range(250)) * 400))
        sender.start()
        data, _ = read_to_end(client)
        sender.join()
        return {"client": data}

    assert _same(both_ends, measure) == {"client": (bytes(range(250)) * 400)[:limit]}


def _send_and_close(sock: socket.socket, data: bytes) -> None:
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the connection ended before it had taken everything


def test_slicer_cuts_at_the_same_places(both_ends: Both) -> None:
    # 1000 bytes are halved to 500, 250, 125, and these once more, since they are above 100.
    cuts = {125 * number + half for number in range(8) for half in (62, 125)}
    for ends in both_ends:
        ends.toxic("slicer", "downstream", average_size=100, delay=20_000)
        client, upstream = ends.connect()
        upstream.sendall(b"x" * 1000)
        seen, total = set(), 0
        while total < 1000:
            total += len(client.recv(1000))
            seen.add(total)
        # A reader that is late finds two pieces as one; it never finds a piece cut elsewhere.
        assert seen <= cuts
        assert len(seen) >= len(cuts) // 2, ends.server.kind


def test_slow_close_and_timeout_end_connections_in_the_same_order(both_ends: Both) -> None:
    """Three connections through links of 20, 500 and 260 ms, all closed at once, or all left alone."""
    for type_name, attribute in (("slow_close", "delay"), ("timeout", "timeout")):
        for ends in both_ends:
            with ExitStack() as stack:
                links = [stack.enter_context(ends_of(ends.server)) for _ in range(3)]
                clients, upstreams = [], []
                for link, after_ms in zip(links, (20, 500, 260), strict=True):
                    link.toxic(type_name, "downstream", **{attribute: after_ms})
                    client, upstream = link.connect()
                    clients.append(client)
                    upstreams.append(upstream)
                if type_name == "slow_close":
                    for upstream in upstreams:
                        upstream.close()
                order: list[int] = []
                while len(order) < 3:
                    waiting = [client for number, client in enumerate(clients) if number not in order]
                    for client in select.select(waiting, [], [])[0]:
                        assert client.recv(1) == b""
                        order.append(clients.index(client))
                assert order == [0, 2, 1], (type_name, ends.server.kind)


def test_reset_peer_resets_both_sides_after_its_time(both_ends: Both) -> None:
    """Of two connections, that with the shorter time ends first; a side that sent nothing is reset too."""

    def measure(ends: Ends) -> object:
        with ends_of(ends.server) as other:
            ends.toxic("reset_peer", "upstream", timeout=400)
            other.toxic("reset_peer", "upstream", timeout=20)
            late, early = ends.connect(), other.connect()
            for client, _ in (late, early):
                client.sendall(b"dropped")
            first = select.select([late[0], early[0]], [], [])[0]
            return first == [early[0]], [read_to_end(sock) for sock in (*early, *late)]

    assert _same(both_ends, measure) == (True, [(b"", "RST")] * 4)


def test_bandwidth_lets_amounts_through_in_the_same_ratio(both_ends: Both) -> None:
    """Rates of 100 and 400 KB/s on both servers: what all four have passed when one of the slow ones has passed 60 KB."""
    with ExitStack() as stack:
        readers: dict[socket.socket, str] = {}
        amounts: dict[str, int] = {}
        for ends in both_ends:
            for rate in (100, 400):
                link = stack.enter_context(ends_of(ends.server))
                link.toxic("bandwidth", "downstream", rate=rate)
                client, upstream = link.connect()
                name = f"{ends.server.kind} {rate}"
                readers[client], amounts[name] = name, 0
                threading.Thread(target=_send_and_close, args=(upstream, b"x" * 2_000_000), daemon=True).start()
        while max(amounts["embedded 100"], amounts["real 100"]) < 60_000:
            for client in select.select(readers, [], [])[0]:
                amounts[readers[client]] += len(client.recv(65_536))
    for kind in ("embedded", "real"):
        assert 2.0 <= amounts[f"{kind} 400"] / amounts[f"{kind} 100"] <= 8.0, amounts
    for rate in (100, 400):
        assert 0.5 <= amounts[f"embedded {rate}"] / amounts[f"real {rate}"] <= 2.0, amounts


def test_latency_delays_in_the_same_ratio(both_ends: Both) -> None:
    """The shortest of some round trips, at 40 and at 160 ms one way, on both servers."""
    fastest = {}
    for ends in both_ends:
        for latency in (40, 160):
            ends.toxic("latency", "downstream", latency=latency)
            fastest[ends.server.kind, latency] = min(_round_trips(ends, 4))
            ends.link.clear()
    for kind in ("embedded", "real"):
        assert 2.5 <= fastest[kind, 160] / fastest[kind, 40] <= 5.5, fastest
    for latency in (40, 160):
        assert 0.6 <= fastest["embedded", latency] / fastest["real", latency] <= 1.7, fastest


def test_jitter_spreads_delays_alike(both_ends: Both) -> None:
    """50 ± 40 ms: the delays lie on both sides of the middle, as far apart on both servers, give or take."""
    spreads = {}
    for ends in both_ends:
        ends.toxic("latency", "downstream", latency=50, jitter=40)
        delays = _round_trips(ends, 16)
        assert min(delays) < 0.050 < max(delays), delays
        spreads[ends.server.kind] = statistics.pstdev(delays)
    assert 0.25 <= spreads["embedded"] / spreads["real"] <= 4.0, spreads


def _round_trips(ends: Ends, count: int) -> list[float]:
    client, upstream = ends.connect()
    taken = []
    for _ in range(count):
        before = time.monotonic()
        client.sendall(b"?")
        assert read_exactly(upstream, 1) == b"?"
        upstream.sendall(b"!")
        assert read_exactly(client, 1) == b"!"
        taken.append(time.monotonic() - before)
    return taken


def _hits(server: ToxiproxyServer, connections: int) -> list[bool]:
    """Which of so many connections a toxic of toxicity 0.5 swallowed."""
    with ends_of(server) as ends:
        ends.toxic("limit_data", "upstream", toxicity=0.5, bytes=0)
        hits = []
        for _ in range(connections):
            client, upstream = ends.connect()
            client.sendall(b"x")
            hits.append(upstream.recv(1) == b"")
        return hits


def test_half_a_toxicity_hits_about_half_the_connections(both: tuple[ToxiproxyServer, ToxiproxyServer]) -> None:
    for server in both:
        assert 12 <= sum(_hits(server, 60)) <= 48, server.kind  # once in a million otherwise


def test_a_seed_is_kept_here_and_dropped_there() -> None:
    with start_embedded(seed=7) as first, start_embedded(seed=7) as second:
        assert _hits(first, 40) == _hits(second, 40)
    reals = [ToxiproxyServer("real", RealServer("-seed", "7")) for _ in range(2)]
    try:
        assert _hits(reals[0], 40) != _hits(reals[1], 40)
    finally:
        for server in reals:
            server.stop()
