from __future__ import annotations

import asyncio
import socket

import pytest

from netsim.toxiproxy.address import connect, join, listen, resolve, split
from netsim.toxiproxy.refusals import AddressError


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("127.0.0.1:80", "127.0.0.1", "80"), (":80", "", "80"), ("[::1]:80", "::1", "80"), ("host:", "host", "0")],
)
def test_an_address_is_split(address: str, host: str, port: str) -> None:
    assert split(address) == (host, port)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "address : missing port in address"),
        ("host", "address host: missing port in address"),
        ("[::1]", "address [::1]: missing port in address"),
        ("::1:80", "address ::1:80: too many colons in address"),
        ("host:65536", "address 65536: invalid port"),
    ],
)
def test_what_is_no_address_is_said(address: str, problem: str) -> None:
    with pytest.raises(AddressError) as caught:
        split(address)
    assert caught.value.detail == problem


def test_joining_puts_brackets_where_they_are_needed() -> None:
    assert (join(("127.0.0.1", 80)), join(("::1", 80))) == ("127.0.0.1:80", "[::1]:80")


def test_resolving_makes_numbers() -> None:
    assert asyncio.run(resolve("localhost:80")) == "127.0.0.1:80"
    assert asyncio.run(resolve(":80")) == ":80"


@pytest.mark.parametrize("address", ["no host:1", "x" * 300 + ":1", "\0:1"])
def test_an_unknown_host_is_an_error(address: str) -> None:
    with pytest.raises(AddressError):
        asyncio.run(listen(address))
    with pytest.raises(AddressError):
        asyncio.run(connect(address))


def test_listening_and_connecting() -> None:
    async def run() -> None:
        with await listen("127.0.0.1:0") as listener:
            address = join(listener.getsockname())
            with await connect(address):
                listener.accept()[0].close()
            with pytest.raises(AddressError, match=f"listen tcp {address}: bind: address already in use"):
                await listen(address.replace("127.0.0.1", "localhost"))
        with pytest.raises(ConnectionRefusedError):
            await connect(address)

    asyncio.run(run())


def test_without_a_host_every_interface_is_taken() -> None:
    with asyncio.run(listen(":0")) as listener:
        assert listener.getsockname()[0] == ("::" if socket.has_dualstack_ipv6() else "0.0.0.0")
