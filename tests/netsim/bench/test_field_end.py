"""The real client against the real hub, once on each kind of network. What it takes is not judged here."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from alerts.errors import UserError
from client.events import ConnectionChanged, LinkState
from client.trouble import Trouble
from netsim.bench.field_end import FieldEnd, Watch
from netsim.bench.resume import measure
from netsim.commands.bench import TOCSIN
from netsim.packet.network import Via, open_network

NETWORKS = [pytest.param("tun", marks=pytest.mark.needs("namespaces")), "proxy"]
RTT_MS = 50.0


@pytest.mark.parametrize("via", NETWORKS)
def test_what_was_missed_is_stored_once_each(via: Via) -> None:
    with open_network(via) as network:
        run = measure(TOCSIN, network, RTT_MS, 5)
    assert run.round_trips_to_first is not None
    assert run.round_trips_to_last is not None
    assert 1.99 < run.round_trips_to_first <= run.round_trips_to_last
    assert run.bytes_up > 200, "an upgrade request"
    assert run.bytes_down > 5 * 200, "five alerts"


def test_with_nothing_missed_the_hubs_first_frame_is_the_answer() -> None:
    with open_network("proxy") as network:
        run = measure(TOCSIN, network, 0.0, 0)
    assert run.ms_to_first > 0
    assert run.ms_to_last is None


def test_a_hub_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and not listening
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(UserError, match="127"):
            asyncio.run(FieldEnd(tmp_path / "field").join(address, "code"))


def test_a_connection_that_fails_is_told_and_not_tried_again() -> None:
    async def fail() -> None:
        watch = Watch(lambda: True)
        watch.changed(ConnectionChanged(LinkState.CONNECTING))
        assert not watch.done.done()
        watch.changed(ConnectionChanged(LinkState.WAITING, Trouble.BROKEN, "the connection broke", 1.0))
        await watch.done

    with pytest.raises(UserError, match="the connection broke"):
        asyncio.run(fail())
