"""The clocks of this machine; and the wall clock, which nothing of the client reads."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import client
from client.clocks import system_clocks

WALL = {
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
}


def test_the_monotonic_clock_never_goes_back() -> None:
    clocks = system_clocks()
    readings = [clocks.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_two_processes_of_one_boot_agree_on_it() -> None:
    assert system_clocks().boot == system_clocks().boot


@pytest.mark.skipif(sys.platform != "linux", reason="Linux names its boots here")
def test_linux_names_its_boot() -> None:
    assert len(system_clocks().boot) == 36


def test_nothing_of_the_client_reads_the_wall_clock() -> None:
    """So a device whose clock is years off, or jumps, shows nothing wrongly."""
    folder = Path(client.__file__).parent
    wrong = [
        f"{path.relative_to(folder)}:{node.lineno}"
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WALL
    ]
    assert not wrong
