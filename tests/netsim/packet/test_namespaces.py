"""Processes start inside a namespace, end with whoever started them, and what is missing is named."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from netsim.packet import libc, namespaces, tun
from netsim.packet.control import PathError
from netsim.packet.namespaces import Rights, start
from netsim.packet.network import PacketNetwork

ADDRESSES = "import socket; s = socket.create_server(('{}', 0)); print(s.getsockname()[0], flush=True)"
OWN_NETWORK = "import os; print(os.readlink('/proc/self/ns/net'))"
ORPHANS = """
import signal, subprocess, sys
from netsim.packet.namespaces import start
from netsim.packet.network import PacketNetwork
network = PacketNetwork()
waiting = "import signal; print('here', flush=True); signal.pause()"
child = start([sys.executable, "-c", waiting], network.field, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, network._helper._process.pid, flush=True)
signal.pause()
"""


@pytest.mark.needs("namespaces")
@pytest.mark.parametrize("rights", ["auto", "user"])
def test_a_command_has_the_network_of_its_namespace(rights: Rights) -> None:
    with PacketNetwork(rights=rights) as network:
        for namespace, address in ((network.field, "192.0.2.1"), (network.hub, "192.0.2.2")):
            for own in (address, "127.0.0.1"):
                command = [sys.executable, "-c", ADDRESSES.format(own)]
                with start(command, namespace, stdout=subprocess.PIPE) as child:
                    assert child.communicate(timeout=60)[0].decode().strip() == own


@pytest.mark.needs("namespaces")
def test_nothing_is_left_when_the_owner_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        watched = [os.pidfd_open(int(pid)) for pid in owner.stdout.readline().split()]
        owner.kill()
    try:
        for descriptor in watched:
            assert select.select([descriptor], [], [], 60)[0], "a process outlived its owner"
    finally:
        for descriptor in watched:
            os.close(descriptor)


def test_without_a_namespace_a_command_starts_where_we_are() -> None:
    with start([sys.executable, "-c", OWN_NETWORK], stdout=subprocess.PIPE) as child:
        assert child.communicate(timeout=60)[0].decode().strip() == str(Path("/proc/self/ns/net").readlink())


def test_a_command_that_does_not_exist_says_so() -> None:
    with start(["/no/such/command"], stderr=subprocess.PIPE) as child:
        words = child.communicate(timeout=60)[1].decode()
    assert (child.returncode, words) == (127, "cannot start /no/such/command: No such file or directory\n")


def test_a_missing_right_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(kinds: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(libc, "unshare", refuse)
    with pytest.raises(PathError, match="without CAP_SYS_ADMIN"):
        namespaces.gain_rights("system")
    with pytest.raises(PathError, match="cannot make a user namespace: Operation not permitted") as caught:
        namespaces.gain_rights("auto")
    assert "user.max_user_namespaces" in caught.value.hint


def test_a_missing_device_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(libc, "unshare", lambda kinds: None)
    monkeypatch.setattr(tun, "bring_up", lambda name: None)
    monkeypatch.setattr(tun, "TUN_DEVICE", str(tmp_path / "tun"))
    with pytest.raises(PathError, match="tun: No such file") as caught:
        namespaces.make_namespace(IPv4Interface("192.0.2.1/24"))
    assert "modprobe tun" in caught.value.hint
