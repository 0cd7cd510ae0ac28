"""What may be done to the link of one field end, seen by real TCP at both of its ends."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import IO, Literal

import pytest

from netsim.packet.control import PathError
from netsim.packet.field import Field
from netsim.packet.namespaces import Namespace, Rights, start
from netsim.packet.network import PacketNetwork
from netsim.packet.router import FIELDS_MAX
from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Nat, Profile, Way

pytestmark = pytest.mark.needs("namespaces")

END = """
import select, socket, sys
if sys.argv[1] == "hub":
    server = socket.create_server((sys.argv[2], 0))
    print(server.getsockname()[1], flush=True)
    connection, (peer, _) = server.accept()
else:
    connection = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    peer = "-"
print(peer, flush=True)
for line in sys.stdin:
    try:
        if line[0] == "s":
            connection.sendall(b"x" * int(line[1:]))
        received, wanted = 0, int(line[1:]) if line[0] == "r" else 0
        while received < wanted and (chunk := connection.recv(65536)):
            received += len(chunk)
        if line[0] == "?":
            received = len(select.select([connection], [], [], 0)[0])
        print(received, flush=True)
    except OSError as error:
        print(type(error).__name__, flush=True)
"""


ANSWER_SECONDS_MAX = 60


class End:
    """A process at one end that connects, and then sends, receives or looks as it is told."""

    def __init__(self, stack: ExitStack, namespace: Namespace | None, *arguments: str) -> None:
        command = [sys.executable, "-c", END, *arguments]
        self._process = start(command, namespace, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        stack.callback(self._process.wait)
        stack.callback(self._process.kill)

    def hear(self) -> str:
        stream: IO[bytes] | None = self._process.stdout
        assert stream is not None
        assert select.select([stream], [], [], ANSWER_SECONDS_MAX)[0], "an end does not answer"
        return stream.readline().decode().strip()

    def tell(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n".encode())

    def ask(self, what: str) -> str:
        self.tell(what)
        return self.hear()


class Pair:
    """A connection from a field end to the hub."""

    def __init__(self, stack: ExitStack, network: PacketNetwork, field: Field) -> None:
        self.hub = End(stack, network.hub, "hub", network.hub_host)
        self.field = End(stack, field.namespace, "field", network.hub_host, self.hub.hear())
        self.peer = self.hub.hear()
        assert self.field.hear() == "-"

    def carries(self, count: int = 1000) -> bool:
        """There and back."""
        for sender, receiver in ((self.field, self.hub), (self.hub, self.field)):
            sender.tell(f"s{count}")  # which may wait for the other to read
            if (receiver.ask(f"r{count}"), sender.hear()) != (str(count), "0"):
                return False
        return True


Connect = Callable[[Field], Pair]


@pytest.fixture(scope="module")
def network() -> Iterator[PacketNetwork]:
    with PacketNetwork(fields=3, seed="5") as opened:
        yield opened


@pytest.fixture
def connect(network: PacketNetwork) -> Iterator[Connect]:
    with ExitStack() as stack:
        yield lambda field: Pair(stack, network, field)
        for field in network.fields:
            field.heal()
            field.shape(Way())


@pytest.mark.parametrize("rights", ["auto", "user"])
def test_field_ends_share_a_hub_and_have_addresses_of_their_own(rights: Rights) -> None:
    with PacketNetwork(fields=4, rights=rights) as network, ExitStack() as stack:
        for field in network.fields:
            pair = Pair(stack, network, field)
            assert pair.peer == field.namespace.address
            assert pair.carries()
            assert [flow.up[-1].total_bytes for flow in field.flows()] == [1000]
        assert len({field.namespace.address for field in network.fields}) == 4
        assert len(network.flows()) == 4


@pytest.mark.parametrize("count", [0, FIELDS_MAX + 1])
def test_more_field_ends_than_there_are_addresses_are_refused(count: int) -> None:
    with pytest.raises(PathError, match=f"{count} field ends") as caught:
        PacketNetwork(fields=count)
    assert str(FIELDS_MAX) in caught.value.hint


def test_a_bad_link_carries_all_and_harms_no_other(network: PacketNetwork, connect: Connect) -> None:
    bad, good, _ = network.fields
    way = Way(
        rate_bit_s=20_000_000,
        delay_ms=2,
        delay_spread_ms=1,
        loss=Bursts(good_loss=0.01, bad_loss=0.5, good_packets=60, bad_packets=3),
        queue_bytes=60_000,
        reorder=0.03,
        duplicate=0.03,
        corrupt=0.02,
    )
    before = good.counts()["up"]
    bad.apply(Profile(name="bad", title="All that may happen", up=way, down=way), "11")
    assert connect(bad).carries(300_000)
    for counts in bad.counts().values():
        assert min(counts.lost, counts.duplicated, counts.corrupted, counts.held) > 0, f"seed 11: {counts}"
    assert connect(good).carries()
    after = good.counts()["up"]
    assert (after.lost, after.corrupted) == (before.lost, before.corrupted)


def test_a_cut_loses_everything_until_it_heals(network: PacketNetwork, connect: Connect) -> None:
    field = network.fields[0]
    pair, other = connect(field), connect(network.fields[1])
    field.cut()
    assert pair.field.ask("s10") == "0"
    assert other.carries()
    assert pair.hub.ask("?") == "0"
    field.heal()
    assert pair.hub.ask("r10") == "10", "TCP sends it again"
    assert pair.carries()


def test_a_stall_holds_one_direction(network: PacketNetwork, connect: Connect) -> None:
    field = network.fields[0]
    pair = connect(field)
    field.stall("down")
    assert pair.field.ask("s10") == "0"
    assert pair.hub.ask("r10") == "10"
    assert pair.hub.ask("s10") == "0"
    assert pair.field.ask("?") == "0"
    field.heal()
    assert pair.field.ask("r10") == "10"


def test_a_black_hole_swallows_one_direction(network: PacketNetwork, connect: Connect) -> None:
    field = network.fields[0]
    pair = connect(field)
    field.black_hole("up")
    assert pair.hub.ask("s10") == "0"
    assert pair.field.ask("r10") == "10"
    assert pair.field.ask("s10") == "0"
    assert pair.hub.ask("?") == "0"
    field.heal()
    assert pair.hub.ask("r10") == "10"


def test_a_reset_breaks_the_connections_of_its_field_end_only(network: PacketNetwork, connect: Connect) -> None:
    field = network.fields[0]
    talking, idle, other = connect(field), connect(field), connect(network.fields[1])
    assert talking.carries(100_000)
    field.reset()
    for end in (talking.field, talking.hub, idle.field, idle.hub):
        assert end.ask("r1") == "ConnectionResetError"
    assert other.carries()
    assert connect(field).carries(), "a new connection is whole"


@pytest.mark.parametrize("forgets", ["drop", "reset"])
def test_who_is_forgotten_by_the_nat_is_half_open(
    network: PacketNetwork, connect: Connect, forgets: Literal["drop", "reset"]
) -> None:
    field = network.fields[0]
    pair = connect(field)
    assert pair.carries()
    field.apply(Profile(name="forgetful", title="Forgets at once", nat=Nat(idle_s=1e-9, forgets=forgets)), "1")
    assert pair.field.ask("s10") == "0"
    assert pair.hub.ask("r10") == "10", "the NAT takes it up with its first packet"
    assert pair.hub.ask("s10") == "0"
    if forgets == "reset":
        assert pair.field.ask("r1") == "ConnectionResetError", "the field end says it again and hears that it is over"
    else:
        assert pair.field.ask("?") == "0", "the NAT does not know any more for whom it is"
    assert pair.hub.ask("?") == "0", "the hub hears of nothing"
