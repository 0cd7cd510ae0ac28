"""Many seeds, on several processors; the first that fails, made short."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from netsim.judge.invariants import ViolationError
from netsim.virtual.schedule import OPERATIONS, Operation, draw
from netsim.virtual.world import World

CHUNK_SEEDS = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """One run: what it broke, if anything, and how much virtual time it covered."""

    seed: int
    violation: str | None
    virtual_s: float
    trace: str = ""


def run_schedule(seed: int, schedule: list[Operation], *, is_traced: bool = False) -> Verdict:
    """One run of these operations. A crash of the core is a violation of its own, with the error's name."""
    world = World(seed, is_traced=is_traced)
    violation = None
    try:
        world.run(schedule)
    except ViolationError as error:
        violation = str(error)
    except Exception as error:  # noqa: BLE001  whatever the core raises on honest input is what is looked for
        violation = f"invariant 6: {type(error).__name__}: {error}"
        world.trace.say("world", "{}", _place(error))
    if violation:
        world.trace.say("world", "VIOLATION {}", violation)
    return Verdict(seed, violation, world.clock.elapsed(), world.trace.text())


def _place(error: Exception) -> str:
    traceback, places = error.__traceback__, []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return " > ".join(places)


def run_seed(seed: int, length: int = OPERATIONS) -> Verdict:
    """The run of a seed."""
    return run_schedule(seed, draw(seed, length))


def run_seeds(seeds: Iterable[int], *, jobs: int = 1, length: int = OPERATIONS) -> Iterator[Verdict]:
    """The verdicts, in the order of the seeds."""
    work = [(seed, length) for seed in seeds]
    if jobs == 1:
        yield from (_run(job) for job in work)
        return
    # Not forked: a copy of this process would have its signal handlers, its locks in whatever state, and its pipes.
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, processes, initializer=_end_with_the_parent) as pool:
        yield from pool.map(_run, work, chunksize=CHUNK_SEEDS)


def _end_with_the_parent() -> None:
    """In a process of the pool: Ctrl-C is for the parent, whose end, however it comes, is the end here too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None, "it was started by one"

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _run(job: tuple[int, int]) -> Verdict:
    return run_seed(*job)
