"""Logs: one event a line, in both formats, Tornado's own too; and nothing secret in them."""

from __future__ import annotations

import inspect
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tornado import iostream

from server.hub import Role
from server.logs import TORNADO_TLS_FAILURE, set_up_logs
from tests.support.hub import running_hub


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_json_has_one_object_a_line_from_every_logger() -> None:
    stream = io.StringIO()
    set_up_logs("json", "info", stream)
    structlog.get_logger("server.own").info("an event", number=3)
    logging.getLogger("tornado.general").warning("of %s", "Tornado")
    try:
        raise ZeroDivisionError("a bug")
    except ZeroDivisionError:
        logging.getLogger("tornado.application").exception("failed")
    own, theirs, failed = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert own["event"] == "an event" and own["number"] == 3 and own["logger"] == "server.own"
    assert theirs["event"] == "of Tornado" and theirs["level"] == "warning" and theirs["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in json.dumps(failed["exception"])


def test_the_level_is_kept_for_all() -> None:
    stream = io.StringIO()
    set_up_logs("console", "warning", stream)
    structlog.get_logger("server.own").info("too little")
    logging.getLogger("tornado.access").info("too little")
    structlog.get_logger("server.own").warning("enough")
    assert "too little" not in stream.getvalue() and "enough" in stream.getvalue()


def test_a_failed_tls_handshake_is_logged_without_the_peer() -> None:
    stream = io.StringIO()
    set_up_logs("json", "info", stream)
    assert TORNADO_TLS_FAILURE in inspect.getsource(iostream), "Tornado words it otherwise now"
    logging.getLogger("tornado.general").warning(TORNADO_TLS_FAILURE, 9, ("192.0.2.7", 40123), "http request")
    assert json.loads(stream.getvalue())["event"] == "a TLS handshake failed: http request"


def test_no_secret_is_ever_logged(tmp_path: Path) -> None:
    stream = io.StringIO()
    set_up_logs("json", "debug", stream)
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # the test's own client
    with running_hub(tmp_path) as hub:
        _, token = hub.enrol()
        code = hub.ask("POST", "/v1/enrolment-codes", json={}).json()["code"]
        secrets = [*hub.tokens.values(), token, code]
        for secret in secrets:
            for path in (f"/v1/alerts?token={secret}", f"/{secret}", f"/v1/alerts/{secret}", f"/v1/alerts?x={secret}"):
                hub.ask("GET", path)
            hub.ask("POST", "/v1/enrolments", role=None, json={"code": secret})
            hub.ask("POST", "/v1/alerts", data=secret, headers={"Content-Type": "application/json"})
            hub.ask("GET", "/v1/connect", role=None, headers={"Sec-WebSocket-Protocol": f"tocsin.v1, key.{secret}"})
    logged = stream.getvalue()
    assert "request" in logged and str(Role.ADMINISTRATOR) in logged
    assert not [secret for secret in secrets if secret in logged]
