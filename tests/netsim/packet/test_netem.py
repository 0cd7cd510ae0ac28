"""The exact command lines; that tc knows them; and that they are run in the right namespaces, by a stand-in for tc.

Whether netem then does what it says is the kernel's business, and `tocsin-netsim bench calibrate` measures it.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.packet import libc
from netsim.packet.control import PathError
from netsim.packet.namespaces import start
from netsim.packet.netem import HINT, Netem, can_express, commands
from netsim.packet.network import PacketNetwork
from netsim.profiles.bursts import Bursts
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.outages import Outage
from netsim.profiles.profile import Nat, Profile, Way

STAND_IN = """#!/bin/sh
echo "$(readlink /proc/self/ns/net) ${0##*/} $*" >> "%s"
"""


def discipline(way: Way) -> str:
    shaped, unbundled = commands(way, "tun3")
    assert " ".join(unbundled) == "ip link set dev tun3 gso_max_segs 1"
    words = " ".join(shaped)
    prefix = "tc qdisc replace dev tun3 root netem limit "
    assert words.startswith(prefix)
    return words.removeprefix(prefix)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (Way(), "100000"),
        (Way(delay_ms=300), "100000 delay 300ms"),
        (Way(delay_ms=0.5, rate_bit_s=100_000_000), "100000 delay 0.5ms rate 100000000bit"),
        (
            Way(delay_ms=300, delay_spread_ms=20),
            "100000 delay 300ms 20ms distribution normal rate 10000000000bit",
        ),
        (Way(rate_bit_s=25_000, queue_bytes=32_000), "22 rate 25000bit"),
        (
            Way(rate_bit_s=19_300_000, queue_bytes=2_412_500, delay_ms=300),
            "2092 delay 300ms rate 19300000bit",  # 1609 that wait and 483 under way
        ),
        (Way(loss=Bursts.even(0.015)), "100000 loss random 1.5%"),
        (
            Way(loss=Bursts(good_loss=0.001, bad_loss=0.5, good_packets=200, bad_packets=4)),
            "100000 loss gemodel 0.5% 25% 50% 0.1%",
        ),
        (Way(duplicate=0.01, corrupt=0.0001), "100000 duplicate 1% corrupt 0.01%"),
    ],
)
def test_a_way_is_this_command_line(way: Way, expected: str) -> None:
    assert discipline(way) == expected


def test_what_netem_means_otherwise_it_is_not_asked_for() -> None:
    assert not can_express(Way(delay_ms=10, reorder=0.01))
    assert can_express(Way(delay_ms=10, duplicate=0.01))


@pytest.mark.needs("tc")
@pytest.mark.needs("namespaces")
def test_tc_understands_what_the_profiles_ask_for() -> None:
    profiles = [load_profile(name) for name in profile_names()]
    asked = [shlex.join(commands(way, "tun0")[0]) for profile in profiles for way in (profile.up, profile.down)]
    script = "\n".join(f"{command} 2>&1 || true; echo" for command in asked)
    with (
        PacketNetwork(shaping="router") as network,
        start(["/bin/sh", "-c", script], network.hub, stdout=subprocess.PIPE) as child,
    ):
        complaints = set(child.communicate(timeout=60)[0].decode().split("\n")) - {""}
    assert complaints <= {"Error: Specified qdisc kind is unknown."}, "tc itself found something wrong"


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stand-in for ip and tc that only writes down in which namespace it was asked for what."""
    log = tmp_path / "ran"
    for name in ("ip", "tc"):
        tool = tmp_path / name
        tool.write_text(STAND_IN % log)
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    yield log


def taken(log: Path) -> list[tuple[str, str]]:
    """Namespace and command of what has been run since the last time."""
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


@pytest.mark.needs("namespaces")
def test_each_way_is_shaped_where_it_begins(ran: Path) -> None:
    with PacketNetwork(fields=2, shaping="auto") as network:
        assert [command.split()[-1] for _, command in taken(ran)] == ["1%", "1", "root"]
        field = network.fields[1]
        assert network.hub is not None
        hub_namespace, field_namespace = (
            str(Path(f"/proc/self/fd/{namespace.net_descriptor}").readlink())
            for namespace in (network.hub, field.namespace)
        )
        outages, nat = (Outage(every_s=60, lasts_s=5),), Nat(idle_s=60, forgets="drop")
        way = Way(delay_ms=40)
        field.apply(Profile(name="near", title="Near", up=way, down=Way(), outages=outages, nat=nat), "1")
        assert str(field.shaped_by) == "netem"
        assert network.fields[0].shaped_by == "router"
        assert taken(ran) == [
            (field_namespace, "tc qdisc replace dev tun0 root netem limit 100000 delay 40ms"),
            (field_namespace, "ip link set dev tun0 gso_max_segs 1"),
            (hub_namespace, "tc qdisc replace dev tun1 root netem limit 100000"),
            (hub_namespace, "ip link set dev tun1 gso_max_segs 1"),
        ]
        field.shape(Way(delay_ms=40, reorder=0.1))
        assert str(field.shaped_by) == "router"
        assert taken(ran) == [
            (field_namespace, "tc qdisc del dev tun0 root"),
            (hub_namespace, "tc qdisc del dev tun1 root"),
        ]


def _break(log: Path) -> None:
    tool = log.with_name("tc")
    tool.write_text("#!/bin/sh\necho 'Error: Specified qdisc kind is unknown.' >&2\nexit 2\n")


@pytest.mark.needs("namespaces")
def test_a_kernel_without_netem_leaves_it_to_the_router_and_says_so_if_asked(ran: Path) -> None:
    _break(ran)
    with PacketNetwork(shaping="auto") as network:
        network.fields[0].shape(Way(delay_ms=1))
        assert network.fields[0].shaped_by == "router"
    with pytest.raises(PathError, match="tc qdisc says: Error: Specified qdisc kind is unknown") as caught:
        PacketNetwork(shaping="netem")
    assert caught.value.hint == HINT


@pytest.mark.needs("namespaces")
def test_a_kernel_that_refuses_later_is_an_error_in_words(ran: Path) -> None:
    with PacketNetwork(shaping="netem") as network:
        _break(ran)
        with pytest.raises(PathError, match="qdisc kind is unknown"):
            network.fields[0].shape(Way(delay_ms=1))


def test_a_tool_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(libc, "setns", lambda descriptor, kind: None)
    monkeypatch.setattr(libc, "keep_over_exec", lambda capabilities: None)
    descriptor = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        with pytest.raises(PathError, match="tc is not installed"):
            Netem(descriptor, "tun0").apply(Way())
    finally:
        os.close(descriptor)
