"""A thread is woken first where that is allowed, and only for as long as was asked."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from netsim.packet.priority import woken_first

POLICY = "import os; print(os.sched_getscheduler(0))"


def _policy() -> int:
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK


def _in_a_thread() -> list[int | str]:
    """The policy in the block, in what it starts, and after it."""
    seen: list[int | str] = []

    def run() -> None:
        with woken_first():
            seen.append(_policy())
            seen.append(subprocess.run([sys.executable, "-c", POLICY], capture_output=True, check=True).stdout.decode())
        seen.append(_policy())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return seen


def test_it_lasts_as_long_as_the_block_and_is_not_inherited() -> None:
    before = _policy()
    first, inherited, after = _in_a_thread()
    assert first in (os.SCHED_RR, before), "root may, others not"
    assert (inherited, after) == (f"{os.SCHED_OTHER}\n", os.SCHED_OTHER)
    assert _policy() == before, "it is of one thread"


def test_where_it_is_not_allowed_all_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    assert _in_a_thread()[0] == os.SCHED_OTHER
