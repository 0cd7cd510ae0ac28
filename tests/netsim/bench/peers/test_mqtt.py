"""The packets are those that a client of MQTT's own makes: paho says the same to a socket, byte for byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from netsim.bench.peers.mqtt import PUBACK, Version, publish, topic_of
from tests.netsim.bench.wire.samples import sample_log

SECONDS_MAX = 20.0
CONNACK = {"5": b"\x20\x03\0\0\0", "3.1.1": b"\x20\x02\0\0"}
VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


@contextmanager
def _connected(version: Version) -> Iterator[tuple[paho.Client, socket.socket]]:
    """A client of paho's, and the socket at which a broker would sit."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=VERSIONS[version])
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS_MAX)
        client.connect(*server.getsockname()[:2])
        broker, _ = server.accept()
        with broker:
            broker.settimeout(SECONDS_MAX)
            assert broker.recv(1)[0] == 0x10, "a CONNECT"
            broker.recv(broker.recv(1)[0])
            broker.sendall(CONNACK[version])
            client.loop_start()
            try:
                yield client, broker
            finally:
                client.loop_stop()


def _read(broker: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = broker.recv(size - len(data))
        assert more, "the client has hung up"
        data += more
    return data


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_publish_is_that_of_paho(version: Version) -> None:
    with _connected(version) as (client, broker):
        for turn, size in enumerate((0, 100, 200, 20_000)):
            ours = publish("alerts/KE-047", b"x" * size, turn, version)
            client.publish("alerts/KE-047", b"x" * size, qos=1)
            assert _read(broker, len(ours)) == ours
            broker.sendall(PUBACK[:2] + (turn + 1).to_bytes(2))  # else paho waits for it when it ends


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_paho_understands_it_and_answers_as_we_count(version: Version) -> None:
    heard: list[tuple[str, bytes, int]] = []
    with _connected(version) as (client, broker):
        client.on_message = lambda _client, _data, message: heard.append(
            (message.topic, bytes(message.payload), message.qos)
        )
        broker.sendall(publish("alerts/KE-047", b"{}", 0, version))
        assert _read(broker, len(PUBACK)) == PUBACK
    assert heard == [("alerts/KE-047", b"{}", 1)]


def test_identifiers_are_used_in_turn() -> None:
    assert publish("a", b"", 65_534)[5:7] == b"\xff\xff"
    assert publish("a", b"", 65_535)[5:7] == b"\0\1"


def test_the_topic_is_that_of_the_district() -> None:
    assert topic_of(sample_log()[0].alert).startswith("alerts/")
