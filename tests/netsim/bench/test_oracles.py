"""The kernel's own losses and bottleneck, beside ours: the same packets, the same bound. No verdict by time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from netsim.bench import oracles
from netsim.bench.calibrate import Rig, compare_loss
from netsim.packet.network import PacketNetwork


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with PacketNetwork() as network, ExitStack() as stack:
        yield Rig(stack, tmp_path, network, network.fields[0])


@pytest.mark.needs("namespaces")
@pytest.mark.needs("iptables")
def test_the_router_and_the_kernel_lose_the_share_that_was_asked(rig: Rig) -> None:
    compared = compare_loss(rig, packets=2000)
    assert compared.trouble is None
    assert compared.kernels is not None
    assert compared.ours.is_within
    assert compared.kernels.is_within
    assert compared.ours.measured > 0.1
    assert compared.kernels.measured > 0.1


@pytest.mark.needs("namespaces")
@pytest.mark.needs("tc")
def test_a_device_is_slow_for_as_long_as_the_block_lasts(rig: Rig) -> None:
    assert rig.network.hub is not None
    device = rig.field.hub_device
    for _ in range(2):
        with oracles.slow_device(rig.network.hub, device, 1_000_000, 30_000) as trouble:
            assert trouble is None
            with oracles.slow_device(rig.network.hub, device, 1_000_000, 30_000) as twice:
                assert "cannot modify" in str(twice)


def test_a_tool_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "nothing-here"))
    assert oracles.missing("iptables") == "iptables is not installed (package iptables)"
    assert oracles.missing("tc") == "tc is not installed (package iproute2)"
