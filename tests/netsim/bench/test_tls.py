"""What TLS costs, counted on the hub's and the client's own contexts."""

from __future__ import annotations

import pytest

from netsim.bench.tls import measure


@pytest.mark.parametrize("chain", [("P-256",), ("P-256", "P-384")])
def test_a_resumed_handshake_spares_the_chain(chain: tuple[str, ...]) -> None:
    made = measure(chain)
    assert made.full_down > made.der_bytes, "the chain goes down in full"
    assert made.resumed_down < made.full_down - made.der_bytes
    assert made.record_bytes == 22, "a header of 5, a tag of 16, the type (RFC 8446 §5.2)"


def test_a_longer_chain_costs_its_bytes() -> None:
    short, long = measure(("P-256",)), measure(("P-256", "P-256"))
    assert long.full_down - short.full_down == pytest.approx(long.der_bytes - short.der_bytes, abs=30)
    assert long.full_up == short.full_up
