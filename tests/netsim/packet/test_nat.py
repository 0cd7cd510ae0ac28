"""Who is silent for too long is forgotten, by both sides, until the field begins anew."""

from __future__ import annotations

from typing import Literal

import pytest

from netsim.packet.nat import NatTable
from netsim.profiles.profile import Nat
from tests.netsim.packet.test_ip import packet

SYN, RST, ACK = 0x02, 0x04, 0x10
IDLE_S = 30.0


def turned(sent: bytes) -> bytes:
    """The packet that goes the other way between the same ends."""
    return sent[:12] + sent[16:20] + sent[12:16] + sent[22:24] + sent[20:22] + sent[24:]


OPENING, UP = packet(b"", flags=SYN), packet(b"hello")
DOWN = turned(UP)


def table(forgets: Literal["drop", "reset"] = "drop") -> NatTable:
    made = NatTable(Nat(idle_s=IDLE_S, forgets=forgets))
    assert made.from_field(OPENING, 100.0) == "pass"
    return made


def test_each_side_keeps_the_flow_known() -> None:
    nat = table()
    assert nat.from_hub(DOWN, 125.0) == "pass"
    assert nat.from_field(UP, 150.0) == "pass"
    assert nat.from_hub(DOWN, 180.0) == "pass"


@pytest.mark.parametrize("forgets", ["drop", "reset"])
def test_a_forgotten_flow_stays_forgotten_until_it_begins_anew(forgets: Literal["drop", "reset"]) -> None:
    nat = table(forgets)
    for at in (131.0, 132.0, 133.0):
        assert nat.from_hub(DOWN, at) == "drop"
        assert nat.from_field(UP, at) == forgets
    assert nat.from_field(packet(b"", flags=RST), 134.0) == "drop", "a reset is not answered"
    assert nat.from_field(OPENING, 135.0) == "pass"
    assert nat.from_hub(DOWN, 136.0) == "pass"


def test_another_port_is_another_flow() -> None:
    nat = table()
    other = UP[:20] + b"\x11\x11" + UP[22:]
    assert nat.from_field(other, 125.0) == "pass"
    assert nat.from_hub(DOWN, 140.0) == "drop"
    assert nat.from_hub(turned(other), 140.0) == "pass"


def test_a_flow_that_began_before_is_taken_up() -> None:
    nat = NatTable(Nat(idle_s=IDLE_S, forgets="reset"))
    assert nat.from_hub(DOWN, 500.0) == "pass"
    assert nat.from_field(UP, 520.0) == "pass"
    assert nat.from_hub(DOWN, 551.0) == "drop"


def test_without_connections_a_packet_from_the_field_begins_anew() -> None:
    nat = NatTable(Nat(idle_s=IDLE_S, forgets="reset"))
    datagram = UP[:9] + bytes([17]) + UP[10:]
    assert nat.from_field(datagram, 0.0) == "pass"
    assert nat.from_hub(turned(datagram), 31.0) == "drop"
    assert nat.from_field(datagram, 32.0) == "pass"
    assert nat.from_hub(turned(datagram), 33.0) == "pass"


def test_what_has_no_ports_passes() -> None:
    nat = table()
    echo = UP[:9] + bytes([1]) + UP[10:]
    assert nat.from_field(echo, 0.0) == nat.from_hub(turned(echo), 1e6) == "pass"
    assert nat.from_field(b"\x45", 0.0) == "pass"
