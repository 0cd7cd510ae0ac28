from __future__ import annotations

import itertools
import random

import pytest

from netsim.toxiproxy.toxics.packet_loss import PacketLoss
from tests.netsim.toxiproxy.harness import Bench, Ends, call_json, on_bench, read_to_end

CHUNKS = 4000


def _passed(toxic: PacketLoss, seed: int = 1) -> list[bool]:
    """Of so many chunks, which got through."""

    async def script(bench: Bench) -> set[int]:
        await bench.put(*(b"%d" % number for number in range(CHUNKS)))
        await bench.clock.advance(1)
        return {int(data) for _, data in bench.out}

    passed = on_bench(toxic, script, seed=seed)
    return [number in passed for number in range(CHUNKS)]


@pytest.mark.parametrize(("loss_rate", "share"), [(0.0, 1.0), (-3.0, 1.0), (0.25, 0.75), (1.0, 0.0), (9.0, 0.0)])
def test_such_a_share_is_dropped(loss_rate: float, share: float) -> None:
    passed = sum(_passed(PacketLoss(loss_rate=loss_rate)))
    assert abs(passed - share * CHUNKS) <= (120 if 0 < share < 1 else 0)  # four standard deviations


def test_correlation_makes_bursts() -> None:
    passed = _passed(PacketLoss(loss_rate=0.1, correlation=0.5))
    after_a_drop = [now for before, now in itertools.pairwise(passed) if not before]
    assert abs(after_a_drop.count(False) / len(after_a_drop) - 0.6) < 0.08
    after_another = [now for before, now in itertools.pairwise(passed) if before]
    assert abs(after_another.count(False) / len(after_another) - 0.1) < 0.03


def test_the_seed_decides_which() -> None:
    assert _passed(PacketLoss(loss_rate=0.5), seed=5) == _passed(PacketLoss(loss_rate=0.5), seed=5)
    assert _passed(PacketLoss(loss_rate=0.5), seed=5) != _passed(PacketLoss(loss_rate=0.5), seed=6)


def test_the_stream_goes_on_with_a_hole_in_it(embedded_ends: Ends) -> None:
    embedded_ends.toxic("packet_loss", "upstream", loss_rate=0.5)
    client, upstream = embedded_ends.connect()
    sent = random.Random(1).randbytes(3_000_000)
    client.sendall(sent)
    client.close()
    got, how = read_to_end(upstream)
    assert how == "FIN"
    assert 0 < len(got) < len(sent)


def test_its_attributes_are_shares(embedded_ends: Ends) -> None:
    path = f"/proxies/{embedded_ends.link.name}/toxics"
    wanted = {"type": "packet_loss", "attributes": {"loss_rate": 0.25, "correlation": 1}}
    status, made = call_json(embedded_ends.server, "POST", path, wanted)
    assert (status, made["attributes"]) == (200, {"loss_rate": 0.25, "correlation": 1})
    refused = {"attributes": {"loss_rate": "much"}}
    assert call_json(embedded_ends.server, "PATCH", f"{path}/packet_loss_downstream", refused)[0] == 400
    change = {"attributes": {"correlation": 0.5}}
    status, made = call_json(embedded_ends.server, "PATCH", f"{path}/packet_loss_downstream", change)
    assert (status, made["attributes"]) == (200, {"loss_rate": 0.25, "correlation": 0.5})


def test_the_real_server_does_not_know_it_yet(ends: Ends) -> None:
    status, answer = call_json(ends.server, "POST", f"/proxies/{ends.link.name}/toxics", {"type": "packet_loss"})
    if ends.server.kind == "real":
        assert (status, answer) == (400, {"error": "invalid toxic type", "status": 400})
    else:
        assert status == 200
