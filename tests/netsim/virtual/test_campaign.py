"""Thousands of seeds, in chunks; a failure prints its seed and the command that repeats it."""

from __future__ import annotations

import json
import multiprocessing
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netsim.signal_handling import on_signal
from netsim.virtual.campaign import run_schedule, run_seed, run_seeds
from netsim.virtual.schedule import draw
from tests.support.waiting import wait_until

SEEDS, LONG_SEEDS = 2_500, 10_000
CHUNK = 250
CHUNKS = [
    *range(0, SEEDS, CHUNK),
    *(pytest.param(first, marks=pytest.mark.long) for first in range(SEEDS, LONG_SEEDS, CHUNK)),
]
KILLED = """
import json, multiprocessing, time
from netsim.virtual.campaign import run_seeds
verdicts = run_seeds(range(1000), jobs=2)
next(verdicts)
print(json.dumps([one.pid for one in multiprocessing.active_children()]), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("first", CHUNKS)
def test_no_promise_is_broken(first: int) -> None:
    broken = [verdict for verdict in run_seeds(range(first, first + CHUNK)) if verdict.violation]
    assert not broken, "\n".join(f"tocsin-netsim sim --seed {each.seed}   # {each.violation}" for each in broken)


@pytest.mark.parametrize("seed", [1, 4, 17])
def test_same_seed_same_trace_byte_for_byte(seed: int) -> None:
    first, second = (run_schedule(seed, draw(seed), is_traced=True) for _ in range(2))
    assert first.trace == second.trace
    assert first.trace


def test_a_trace_changes_nothing() -> None:
    for seed in range(20):
        traced, quiet = run_schedule(seed, draw(seed), is_traced=True), run_seed(seed)
        assert (traced.violation, traced.virtual_s) == (quiet.violation, quiet.virtual_s)
        assert not quiet.trace


def test_a_crash_of_the_core_is_a_violation_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*values: object) -> None:
        raise KeyError("something of ours")

    monkeypatch.setattr("alerts.session.log.Log.roll", crash)
    verdict = run_schedule(3, draw(3), is_traced=True)
    assert verdict.violation is not None
    assert verdict.violation.startswith("invariant 6: KeyError")
    assert "test_campaign.py" in verdict.trace


def test_several_processes_give_the_same_verdicts_in_order() -> None:
    assert list(run_seeds(range(12), jobs=2)) == list(run_seeds(range(12)))


def test_a_signal_that_this_process_handles_keeps_no_process_of_the_pool_alive() -> None:
    with on_signal(lambda: None, signal.SIGTERM, signal.SIGINT):
        assert len(list(run_seeds(range(2), jobs=2))) == 2
    assert multiprocessing.active_children() == []


def test_the_processes_of_the_pool_end_with_their_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = json.loads(parent.stdout.readline())
        parent.kill()
    assert children
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "they have ended")
