"""How data, FIN, RST and errors pass through a proxy without toxics."""

from __future__ import annotations

import random
import socket
import struct
import threading

from tests.netsim.toxiproxy.harness import Ends, has_data, read_exactly, read_to_end


def _reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_large_streams_pass_both_ways_at_once(ends: Ends) -> None:
    client, upstream = ends.connect()
    sent = [random.Random(seed).randbytes(3_000_000) for seed in (1, 2)]
    writers = [
        threading.Thread(target=sock.sendall, args=(data,)) for sock, data in ((client, sent[0]), (upstream, sent[1]))
    ]
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(read_exactly(upstream, len(sent[0]))))
    for thread in (*writers, reader):
        thread.start()
    assert read_exactly(client, len(sent[1])) == sent[1]
    for thread in (*writers, reader):
        thread.join()
    assert got == [sent[0]]


def test_a_close_arrives_after_the_data(ends: Ends) -> None:
    client, upstream = ends.connect()
    client.sendall(b"last words")
    client.close()
    assert read_to_end(upstream) == (b"last words", "FIN")
    client, upstream = ends.connect()
    upstream.sendall(b"last words")
    upstream.close()
    assert read_to_end(client) == (b"last words", "FIN")


def test_half_a_close_closes_the_whole(ends: Ends) -> None:
    client, upstream = ends.connect()
    client.shutdown(socket.SHUT_WR)
    assert read_to_end(upstream) == (b"", "FIN")
    assert read_to_end(client) == (b"", "FIN")


def test_a_reset_arrives_as_a_close(ends: Ends) -> None:
    client, upstream = ends.connect()
    _reset(client)
    assert read_to_end(upstream) == (b"", "FIN")
    client, upstream = ends.connect()
    _reset(upstream)
    assert read_to_end(client) == (b"", "FIN")


def test_an_upstream_that_refuses_closes_the_client(ends: Ends) -> None:
    ends.listener.close()
    client = socket.create_connection((ends.link.host, ends.link.port), timeout=20)
    with client:
        assert read_to_end(client) == (b"", "FIN")


def test_a_reader_that_stops_makes_the_writer_wait(ends: Ends) -> None:
    client, upstream = ends.connect()
    for sock in (client, upstream):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    # If this returned, the proxy would have taken in 100 MB that nobody reads.
    sent: list[bool] = []
    writer = threading.Thread(target=lambda: sent.append(_sent_all(client, b"x" * 100_000_000)))
    writer.start()
    assert read_exactly(upstream, 1_000_000) == b"x" * 1_000_000
    ends.link.close()
    writer.join()
    ends.link = ends.server.link(ends.link.name, ends.upstream)
    assert sent == [False]


def _sent_all(sock: socket.socket, data: bytes) -> bool:
    try:
        sock.sendall(data)
    except OSError:
        return False
    return True


def test_one_connection_does_not_disturb_another(ends: Ends) -> None:
    first, second = ends.connect(), ends.connect()
    _reset(first[0])
    assert read_to_end(first[1]) == (b"", "FIN")
    second[0].sendall(b"still here")
    assert read_exactly(second[1], 10) == b"still here"
    assert not has_data(second[0])
