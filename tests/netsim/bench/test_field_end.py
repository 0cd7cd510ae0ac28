"""The real client against the real hub, once on each kind of network. What it takes is not judged here."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from alerts.errors import UserError
from client.events import ConnectionChanged, LinkState
from client.trouble import Trouble
from netsim.bench.ends import End
from netsim.bench.field_end import FieldEnd, Watch
from netsim.bench.resume import measure
from netsim.commands.bench import TOCSIN
from netsim.packet.network import half_of, open_network

RTT_MS = 50.0


@pytest.mark.needs("namespaces")
def test_a_resume_is_measured_between_namespaces() -> None:
    with open_network("tun") as network:
        run = measure(TOCSIN, network, RTT_MS, 5)
    assert run.round_trips_to_first is not None
    assert run.round_trips_to_last is not None
    assert 1.99 < run.round_trips_to_first <= run.round_trips_to_last
    assert run.bytes_up > 200, "an upgrade request"
    assert run.bytes_down > 5 * 200, "five alerts"


def test_each_resume_stores_what_was_missed_and_nothing_else(tmp_path: Path) -> None:
    with (
        open_network("proxy") as network,
        End([*TOCSIN.hub, str(tmp_path / "hub-data"), network.hub_host], tmp_path / "hub", None) as hub,
        End([*TOCSIN.field, str(tmp_path / "field-data")], tmp_path / "field", None) as field,
    ):
        served = hub.hear()
        assert field.hear() == {"ready": True}
        host, port = network.dial(served["port"])
        assert field.ask(join=served["join"], host=host, port=port) == {"joined": True}
        network.shape(half_of(RTT_MS))
        nothing = field.ask(resume=0)
        assert (nothing["stored_at"], nothing["answered_at"] > 0) == ([], True)
        assert hub.ask(publish=5) == {"published": 5}
        answer = field.ask(resume=5)
        assert len(answer["stored_at"]) == 5
        assert answer["answered_at"] <= min(answer["stored_at"])
        flow = network.flows()[-1]
        assert flow.syn_at + 2 * RTT_MS / 1000 <= answer["answered_at"], "one for the connect, one for the upgrade"
        assert field.ask(resume=0)["stored_at"] == []


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
