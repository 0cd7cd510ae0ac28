from __future__ import annotations

import pytest

from netsim.toxiproxy.body import Fields
from netsim.toxiproxy.chain import Chain
from netsim.toxiproxy.refusals import BadRequestBodyError, ToxicExistsError, ToxicNotFoundError


def test_toxics_stand_in_their_order_upstream_first() -> None:
    chain = Chain()
    for name, stream in (("a", "downstream"), ("b", "upstream"), ("c", "downstream")):
        chain.add(Fields({"name": name, "type": "noop", "stream": stream}))
    assert [placed.name for placed in chain.all()] == ["b", "a", "c"]
    with pytest.raises(ToxicExistsError):
        chain.add(Fields({"name": "a", "type": "noop", "stream": "upstream"}))
    chain.remove("a")
    assert [placed.name for placed in chain.all()] == ["b", "c"]
    chain.clear()
    assert chain.all() == []
    with pytest.raises(ToxicNotFoundError):
        chain.remove("a")


def test_a_change_that_cannot_be_read_changes_nothing() -> None:
    chain = Chain()
    placed = chain.add(Fields({"type": "latency", "attributes": {"latency": 5}}))
    with pytest.raises(BadRequestBodyError):
        chain.update(placed.name, Fields({"toxicity": 0.5, "attributes": {"latency": 6, "jitter": "x"}}))
    assert (placed.toxicity, placed.toxic.attributes()) == (1.0, {"latency": 5, "jitter": 0})
