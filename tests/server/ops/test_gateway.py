"""Apprise itself, against a web server of this machine."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import threading
from typing import Any

import pytest
import structlog

from server.logs import set_up_logs
from server.ops import gateway
from server.ops.gateway import AppriseGateway, GatewayOutcome
from tests.support.other_server import OtherServer, answer, other_server, redirect


def send(url: str, text: str = "Boil all water") -> GatewayOutcome:
    async def ask() -> GatewayOutcome:
        return await AppriseGateway().send(url, "Tocsin", text)

    return asyncio.run(ask())


def url_of(server: OtherServer, path: str = "/sms") -> str:
    return f"json://127.0.0.1:{server.port}{path}"


def test_a_message_goes_out_as_it_is() -> None:
    with other_server() as server:
        server.routes["/sms"] = answer(b"taken")
        assert send(url_of(server)) == GatewayOutcome(True)
        (asked,) = server.asked_for("/sms")
        said: dict[str, Any] = json.loads(asked.body)
        assert (said["title"], said["message"]) == ("Tocsin", "Boil all water")


def test_what_a_gateway_refuses_is_said_without_its_address() -> None:
    with other_server() as server:
        server.routes["/sms"] = answer(b"no", 403)
        assert send(url_of(server)) == GatewayOutcome(False, "the gateway refused it with 403")


def test_a_gateway_that_is_not_there_is_certain_not_to_have_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert send(f"json://127.0.0.1:{taken.getsockname()[1]}/") == GatewayOutcome(
            False, "the gateway could not be reached"
        )


def test_a_gateway_that_takes_it_and_does_not_answer_may_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "READ_SECONDS", 0.3)
    done = threading.Event()
    with other_server() as server:
        server.routes["/sms"] = lambda exchange: (done.wait(30), None)[1]
        outcome = send(url_of(server))
        done.set()
    assert outcome == GatewayOutcome(False, "the gateway took the message and did not answer", is_uncertain=True)


def test_one_that_hangs_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "SEND_SECONDS_MAX", 0.3)
    done = threading.Event()
    with other_server() as server:
        server.routes["/sms"] = lambda exchange: (done.wait(30), None)[1]
        outcome = send(url_of(server))
        done.set()
    assert outcome == GatewayOutcome(False, "no answer within 0.3 s", is_uncertain=True)


def test_a_redirect_is_not_followed() -> None:
    with other_server() as server:
        server.routes["/sms"] = redirect("/inside")
        server.routes["/inside"] = answer(b"secret")
        assert not send(url_of(server)).ok
        assert not send(url_of(server) + "?redirect=yes").ok
        assert server.asked_for("/inside") == []


def test_addresses_that_cannot_be_used_are_told_without_a_word_of_them() -> None:
    way_out = AppriseGateway()
    assert way_out.problem_of("json://127.0.0.1/") is None
    short = way_out.problem_of("twilio://secret")
    assert short == "Apprise cannot read the address: a part that twilio needs is missing or wrong"
    many = way_out.problem_of("mailto://user:pass@example.org?to=a@example.org,b@example.org")
    assert many is not None and "several recipients" in many


def test_what_apprise_logs_goes_nowhere() -> None:
    log, root = io.StringIO(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        set_up_logs("json", "debug", log)
        with other_server() as server:
            server.routes["/s3cret"] = answer(b"no", 500)
            assert not send(url_of(server, "/s3cret") + "?:key=s3cret").ok
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()
    assert "s3cret" not in log.getvalue()
