"""The two ends of a calibration, joined by this machine's loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.bench.ends import End
from netsim.bench.probe import UDP_PACKET_BYTES, received_bytes

HOST = "127.0.0.1"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[End, End]]:
    command = [sys.executable, "-m", "netsim.bench.probe", HOST]
    with End(command, tmp_path / "hub", None) as hub, End(command, tmp_path / "field", None) as field:
        yield hub, field


def test_bytes_go_there_and_back(pair: tuple[End, End]) -> None:
    hub, field = pair
    port = hub.hear()["tcp"]
    field.hear()
    seconds = field.ask(round_trips=5, host=HOST, port=port)["seconds"]
    assert len(seconds) == 5
    assert min(seconds) > 0


@pytest.mark.parametrize("question", ["push", "pull"])
def test_a_transfer_is_seen_at_the_device(pair: tuple[End, End], question: str) -> None:
    hub, field = pair
    port = hub.hear()["tcp"]
    field.hear()
    hub.ask(watch="lo")
    before = received_bytes("lo")
    assert field.ask(**{question: 0.3}, host=HOST, port=port, connections=2) == {}
    watched = hub.ask(watched=True)
    assert 0 < watched["bytes"] <= received_bytes("lo") - before
    assert watched["seconds"] > 0


def test_numbers_arrive_as_they_were_sent(pair: tuple[End, End]) -> None:
    hub, field = pair
    port = hub.hear()["udp"]
    field.hear()
    before = received_bytes("lo")
    field.ask(send=20, first=7, host=HOST, port=port)
    numbers: list[int] = []
    while len(numbers) < 20:
        numbers += hub.ask(numbers=True)["numbers"]
    assert numbers == list(range(7, 27))
    assert hub.ask(numbers=True)["numbers"] == []
    assert received_bytes("lo") - before >= 20 * UDP_PACKET_BYTES


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(OSError, match="tun77"):
        received_bytes("tun77")
