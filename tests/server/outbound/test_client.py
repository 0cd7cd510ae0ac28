"""Asking real servers on this machine, which the policy of a test allows or refuses."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from netsim.middleboxes.certificates import Authority
from server.outbound.client import NAME_THREADS, Answered, Bounds, LookUp, Outbound
from server.outbound.errors import OutboundError, Reason
from server.outbound.policy import Policy
from tests.support.hub import PATIENCE_S
from tests.support.other_server import Exchange, OtherServer, answer, endless, gzip_bomb, other_server, redirect

LOCAL = Policy(["127.0.0.0/8"])
QUICK = Bounds(seconds=20, connect_seconds=10, body_bytes=100_000)


@pytest.fixture
def other() -> Iterator[OtherServer]:
    with other_server() as server:
        yield server


def ask(
    address: str,
    *,
    method: str = "GET",
    policy: Policy = LOCAL,
    bounds: Bounds = QUICK,
    tls: ssl.SSLContext | None = None,
    look_up: LookUp | None = None,
    **options: Any,
) -> Answered:
    async def once() -> Answered:
        with closing(Outbound(policy, tls=tls, look_up=look_up)) as outbound:
            return await outbound.ask(method, address, bounds=bounds, **options)

    return asyncio.run(once())


def refusal(address: str, **options: Any) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        ask(address, **options)
    return caught.value


# -- what is answered -------------------------------------------------------------------------------------------------


def test_an_answer_comes_with_status_headers_and_body(other: OtherServer) -> None:
    other.routes["/feed"] = answer(b"<feed/>", 200, ETag='"1"', Content_Type="application/atom+xml")
    answered = ask(f"{other.address}/feed?a=1", headers={"If-None-Match": '"0"', "Host": "evil.example"})
    assert (answered.status, answered.body, answered.headers["ETag"]) == (200, b"<feed/>", '"1"')
    assert answered.address == f"{other.address}/feed?a=1"
    (asked,) = other.asked
    assert asked.headers["If-None-Match"] == '"0"'
    assert asked.headers["Host"] == f"127.0.0.1:{other.port}"
    assert asked.path == "/feed?a=1"


@pytest.mark.parametrize("status", [204, 304, 404, 500])
def test_any_status_is_an_answer(other: OtherServer, status: int) -> None:
    other.routes["/"] = lambda exchange: exchange.say(status, {})
    assert ask(other.address).status == status


def test_a_body_is_sent(other: OtherServer) -> None:
    other.routes["/hook"] = answer(b"ok")
    assert (
        ask(f"{other.address}/hook", method="POST", body=b"{}", headers={"Content-Type": "application/json"}).body
        == b"ok"
    )
    assert other.asked[0].body == b"{}"
    assert other.asked[0].headers["Content-Type"] == "application/json"


def test_head_has_no_body(other: OtherServer) -> None:
    other.routes["/"] = answer(b"something")
    answered = ask(other.address, method="HEAD")
    assert (answered.status, answered.body) == (200, b"")


def test_a_compressed_body_is_unpacked(other: OtherServer) -> None:
    other.routes["/"] = answer(gzip.compress(b"words " * 1000), 200, Content_Encoding="gzip")
    assert ask(other.address).body == b"words " * 1000


def test_a_body_that_ends_with_the_connection_is_read(other: OtherServer) -> None:
    def route(exchange: Exchange) -> None:
        exchange.say(200, {"Connection": "close"})
        exchange.wfile.write(b"until the end")

    other.routes["/"] = route
    assert ask(other.address).body == b"until the end"


# -- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_of_two_gigabytes_is_cut_at_the_limit(other: OtherServer, says_length: bool) -> None:
    other.routes["/"] = endless(says_length=says_length)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(other.address).reason is Reason.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_gzip_bomb_is_cut_at_the_limit(other: OtherServer) -> None:
    other.routes["/"] = gzip_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(other.address).reason is Reason.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_body_of_exactly_the_limit_is_taken(other: OtherServer) -> None:
    other.routes["/exact"] = answer(b"x" * 100_000)
    other.routes["/over"] = answer(b"x" * 100_001)
    assert len(ask(f"{other.address}/exact").body) == 100_000
    assert refusal(f"{other.address}/over").reason is Reason.TOO_LARGE


def test_who_drips_is_cut_when_the_time_is_up(other: OtherServer) -> None:
    def route(exchange: Exchange) -> None:
        exchange.say(200, {"Content-Length": "1000"})
        for _ in range(1000):
            exchange.wfile.write(b".")
            time.sleep(0.05)

    other.routes["/"] = route
    assert refusal(other.address, bounds=Bounds(seconds=0.3)).reason is Reason.TOO_SLOW


def test_a_name_server_that_does_not_answer_is_given_up() -> None:
    async def silent(host: str, port: int) -> list[tuple[int, Any]]:
        await asyncio.Event().wait()
        return []

    error = refusal("http://feed.example/", look_up=silent, bounds=Bounds(seconds=5, connect_seconds=0.1))
    assert error.reason is Reason.TOO_SLOW


# -- what is broken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip"])
def test_another_compression_is_refused(other: OtherServer, coding: str) -> None:
    other.routes["/"] = answer(b"abc", 200, Content_Encoding=coding)
    assert refusal(other.address).reason is Reason.ANSWER_INVALID


def test_broken_gzip_is_said(other: OtherServer) -> None:
    other.routes["/"] = answer(b"this is no gzip", 200, Content_Encoding="gzip")
    assert refusal(other.address).reason is Reason.ANSWER_INVALID


def test_what_is_not_http_is_said(other: OtherServer) -> None:
    other.routes["/"] = lambda exchange: (exchange.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n"), None)[1]
    assert refusal(other.address).reason is Reason.ANSWER_INVALID


def test_headers_without_end_are_cut(other: OtherServer) -> None:
    other.routes["/"] = lambda exchange: exchange.say(200, {f"X-{n}": "x" * 1000 for n in range(50)})
    assert refusal(other.address).reason in (Reason.ANSWER_INVALID, Reason.UNREACHABLE)


def test_a_connection_that_breaks_is_said(other: OtherServer) -> None:
    other.routes["/"] = lambda exchange: exchange.say(200, {"Content-Length": "1000"})
    assert refusal(other.address).reason is Reason.UNREACHABLE


def test_nobody_there_is_said(other: OtherServer) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, and not listening
        assert refusal(f"http://127.0.0.1:{bound.getsockname()[1]}/").reason is Reason.UNREACHABLE


def test_an_unknown_name_is_said() -> None:
    async def unknown(host: str, port: int) -> list[tuple[int, Any]]:
        raise OSError(-2, "Name or service not known")

    error = refusal("http://nowhere.example/", look_up=unknown)
    assert error.reason is Reason.NAME_UNKNOWN
    assert "nowhere.example" in str(error)


def test_real_names_are_looked_up() -> None:
    error = refusal("http://name.invalid/")
    assert error.reason is Reason.NAME_UNKNOWN
    assert refusal("http://localhost/", policy=Policy()).reason is Reason.ADDRESS_REFUSED


def test_names_that_nobody_answers_for_keep_no_others_waiting_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = threading.Event()

    def addresses(host: str, port: int) -> list[tuple[int, Any]]:
        if host == "silent.example":
            silence.wait(PATIENCE_S)
        return [(2, ("127.0.0.1", port))]

    monkeypatch.setattr("server.outbound.client._addresses", addresses)

    async def ask_all() -> list[Reason]:
        outbound = Outbound(Policy())
        bounds = Bounds(seconds=PATIENCE_S, connect_seconds=0.05)
        reasons = []
        for host in ["silent.example"] * NAME_THREADS + ["other.example"]:
            with pytest.raises(OutboundError) as caught:
                await outbound.ask("GET", f"http://{host}/", bounds=bounds)
            reasons.append(caught.value.reason)
        silence.set()
        with pytest.raises(OutboundError) as caught:
            await outbound.ask(
                "GET", "http://other.example/", bounds=Bounds(seconds=PATIENCE_S, connect_seconds=PATIENCE_S)
            )
        return [*reasons, caught.value.reason]

    assert asyncio.run(ask_all()) == [*[Reason.TOO_SLOW] * (NAME_THREADS + 1), Reason.ADDRESS_REFUSED]


def test_a_hub_that_stops_asks_nobody(other: OtherServer) -> None:
    async def ask_after_the_end() -> None:
        outbound = Outbound(LOCAL)
        outbound.close()
        with pytest.raises(OutboundError, match="stopping"):
            await outbound.ask("GET", other.address)

    asyncio.run(ask_after_the_end())
    assert not other.asked


def test_a_header_cannot_be_smuggled_in(other: OtherServer) -> None:
    assert refusal(other.address, headers={"If-None-Match": "a\r\nX-Evil: 1"}).reason is Reason.ADDRESS_INVALID


# -- the policy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "017700000001", "[::1]"]
)
def test_no_way_of_writing_it_reaches_this_machine(other: OtherServer, host: str) -> None:
    error = refusal(f"http://{host}:{other.port}/", policy=Policy())
    assert error.reason in (Reason.ADDRESS_REFUSED, Reason.NAME_UNKNOWN)
    assert not other.asked


def test_the_refusal_names_the_setting(other: OtherServer) -> None:
    assert "outbound_networks" in str(refusal(other.address, policy=Policy()))


def test_a_name_is_looked_up_once_and_not_believed_again(other: OtherServer) -> None:
    looked_up = []

    async def rebinding(host: str, port: int) -> list[tuple[int, Any]]:
        looked_up.append(host)
        return [(2, ("127.0.0.2" if len(looked_up) == 1 else "127.0.0.1", port))]

    error = refusal(f"http://feed.example:{other.port}/", policy=Policy(["127.0.0.1/32"]), look_up=rebinding)
    assert error.reason is Reason.ADDRESS_REFUSED
    assert (looked_up, other.asked) == (["feed.example"], [])


def test_of_several_addresses_only_the_allowed_are_connected_to(other: OtherServer) -> None:
    async def both(host: str, port: int) -> list[tuple[int, Any]]:
        return [(2, ("127.0.0.2", port)), (2, ("127.0.0.1", port))]

    other.routes["/"] = answer(b"ok")
    url = f"http://feed.example:{other.port}/"
    assert ask(url, policy=Policy(["127.0.0.1/32"]), look_up=both).body == b"ok"
    assert other.asked[0].headers["Host"] == f"feed.example:{other.port}"


def test_what_is_set_up_can_be_checked_before_it_is_asked() -> None:
    with closing(Outbound(Policy())) as outbound:
        outbound.check("https://feed.example/cap.atom")
        outbound.check("https://8.8.8.8/")
        for address in ("http://127.0.0.1/", "http://[::1]/", "http://feed.example:22/", "ftp://feed.example/"):
            with pytest.raises(OutboundError):
                outbound.check(address)


# -- redirects --------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_five_times(other: OtherServer) -> None:
    for step in range(6):
        other.routes[f"/{step}"] = redirect(f"/{step + 1}", (301, 302, 303, 307, 308)[step % 5])
    other.routes["/6"] = answer(b"there")
    assert ask(f"{other.address}/1").body == b"there"
    assert ask(f"{other.address}/1").address == f"{other.address}/6"
    assert refusal(f"{other.address}/0").reason is Reason.REDIRECT_REFUSED


def test_a_redirect_into_the_own_network_is_refused(other: OtherServer) -> None:
    with other_server() as inner:
        inner.routes["/"] = answer(b"the router's pages")
        other.routes["/feed"] = redirect(f"http://127.0.0.2:{inner.port}/")
        assert refusal(f"{other.address}/feed", policy=Policy(["127.0.0.1/32"])).reason is Reason.ADDRESS_REFUSED
        assert not inner.asked


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://user:pw@feed.example/", "http://[", "gopher://x/"])
def test_a_redirect_to_what_is_no_address_is_refused(other: OtherServer, location: str) -> None:
    other.routes["/"] = redirect(location)
    assert refusal(other.address).reason in (Reason.ADDRESS_INVALID, Reason.REDIRECT_REFUSED)


def test_a_redirect_that_says_nothing_is_refused(other: OtherServer) -> None:
    other.routes["/"] = answer(b"", 302)
    assert refusal(other.address).reason is Reason.REDIRECT_REFUSED


def test_credentials_stay_at_their_origin(other: OtherServer) -> None:
    headers = {"Authorization": "Bearer t", "Cookie": "a=b", "X-Key": "k", "Accept": "text/xml"}
    with other_server() as elsewhere:
        elsewhere.routes["/"] = answer(b"ok")
        other.routes["/there"] = redirect(f"{elsewhere.address}/")
        other.routes["/here"] = redirect("/end")
        other.routes["/end"] = answer(b"ok")
        ask(f"{other.address}/there", headers=headers)
        ask(f"{other.address}/here", headers=headers)
        assert other.asked_for("/end")[0].headers.items() >= headers.items()
        assert elsewhere.asked[0].headers["Accept"] == "text/xml"
        assert not {"Authorization", "Cookie", "X-Key"} & set(elsewhere.asked[0].headers)


def test_a_redirected_post_is_not_sent_again(other: OtherServer) -> None:
    other.routes["/"] = redirect("/elsewhere", 307)
    assert ask(other.address, method="POST", body=b"x").status == 307
    assert not other.asked_for("/elsewhere")


# -- TLS --------------------------------------------------------------------------------------------------------------


def _certificate(authority: Authority, folder: Path, *names: str) -> tuple[Path, Path]:
    file = authority.certificate(*names).save(folder / "server.pem")
    return file, file


def test_tls_is_verified(tmp_path: Path) -> None:
    authority = Authority.make()
    trusting = ssl.create_default_context(cadata=authority.pem.decode())
    with other_server(_certificate(authority, tmp_path, "127.0.0.1")) as other:
        other.routes["/"] = answer(b"ok")
        assert ask(other.address, tls=trusting).body == b"ok"
        assert refusal(other.address).reason is Reason.TLS_FAILED
        by_name = f"https://feed.example:{other.port}/"
        assert refusal(by_name, tls=trusting, look_up=_local).reason is Reason.TLS_FAILED


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    authority = Authority.make()
    trusting = ssl.create_default_context(cadata=authority.pem.decode())
    with other_server(_certificate(authority, tmp_path, "127.0.0.1")) as other, other_server() as plain:
        other.routes["/"] = redirect(f"{plain.address}/")
        assert refusal(other.address, tls=trusting).reason is Reason.REDIRECT_REFUSED
        assert not plain.asked


async def _local(host: str, port: int) -> list[tuple[int, Any]]:
    return [(2, ("127.0.0.1", port))]
