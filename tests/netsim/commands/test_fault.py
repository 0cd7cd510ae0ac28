"""One fault in front of a service that is not ours, as a process; and what cannot be done, in words."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from alerts.errors import UserError
from netsim.cli import app
from tests.support.echo import GET, connected, echo_service

COMMAND = [sys.executable, "-c", "from netsim.cli import main; main()", "fault"]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _line(child: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    assert child.stdout
    line = child.stdout.readline().rstrip()
    found = re.fullmatch(pattern, line)
    assert found, line or child.communicate()[1]
    return found


def _status(address: str) -> bytes:
    with connected(address) as client:
        client.sendall(GET)
        return client.recv(65536)[9:12]


def test_it_says_where_it_is_begins_and_ends_on_a_signal() -> None:
    with (
        echo_service() as echo,
        running("captive-portal", "--hub", echo.web, "--option", "answer=redirect", "--seed", "5") as child,
    ):
        address = _line(child, rf"In front of {echo.web}: connect to (127\.0\.0\.1:\d+) \(seed 5\)")[1]
        _line(child, r"\d\d:\d\d:\d\d captive-portal begins: .* \(answer redirect\)")
        assert _status(address) == b"302"
        child.send_signal(signal.SIGINT)
        _line(child, r"\d\d:\d\d:\d\d captive-portal has ended")
        assert child.wait(timeout=20) == 0
        assert child.stderr
        assert child.stderr.read() == ""


def test_it_ends_after_its_time_and_the_service_answers() -> None:
    with (
        echo_service() as echo,
        running("captive-portal", "--service", echo.web, "--for", "0.1", "--profile", "lan") as child,
    ):
        address = _line(child, r"In front of .*: connect to (\S+) \(seed \d+\)")[1]
        _line(child, ".*: a TCP proxy sees no packets, so not reproduced: .*|.* begins: .*")
        assert child.stdout
        while "has ended" not in child.stdout.readline():
            continue
        assert _status(address) == b"200"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["flood", "--hub", "127.0.0.1:1"], "there is no fault 'flood'"),
        (["hub-kill", "--hub", "127.0.0.1:1"], "hub-kill acts on a hub or a device"),
        (["cut", "--hub", "nowhere"], "'nowhere' is not the address of a service"),
        (["cut", "--hub", "127.0.0.1:1", "--listen", "here"], "--listen here"),
        (["cut", "--hub", "127.0.0.1:1", "--option", "depth=2"], "cut has no such option"),
        (["captive-portal", "--hub", "127.0.0.1:1", "--option", "answer=no"], "answer takes page, redirect"),
        (["cut", "--hub", "127.0.0.1:1", "--every", "5"], "--every needs --for"),
        (["cut", "--hub", "127.0.0.1:1", "--times", "5"], "--every is missing"),
        (["cut", "--hub", "127.0.0.1:1", "--profile", "pigeon"], "pigeon"),
        (["buffering-proxy", "--hub", "127.0.0.1:1", "--option", "hold_s=soon"], "hold_s"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(arguments: list[str], words: str) -> None:
    with pytest.raises(UserError) as refused:
        app(["fault", *arguments])
    assert refused.value.exit_code in (1, 2)
    assert words in f"{refused.value} {refused.value.hint}"
