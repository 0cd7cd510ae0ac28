"""A TUN device hands over what the kernel sends."""

from __future__ import annotations

import subprocess
import sys

import pytest

IN_A_NAMESPACE = """
import select, socket
from ipaddress import IPv4Interface
from netsim.packet.namespaces import gain_rights, make_namespace
from netsim.packet.tun import read_packets
gain_rights("auto")
(tun,) = make_namespace(IPv4Interface("192.0.2.1/24")).tun_descriptors
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.sendto(b"through the cable", ("192.0.2.2", 9))
found = []
while not found:
    select.select([tun], [], [])
    found = [packet for packet in read_packets(tun) if packet.endswith(b"through the cable")]
assert list(read_packets(tun, count_max=0)) == []
print(found[0][12:20].hex())
"""


@pytest.mark.needs("namespaces")
def test_what_the_kernel_sends_is_read_as_packets() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_NAMESPACE], capture_output=True, timeout=60, check=True)
    assert done.stdout.strip() == b"c0000201c0000202"
