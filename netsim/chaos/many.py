"""Several campaigns side by side, each a process of its own with its own hub, devices and links."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netsim.chaos.options import Options

START_GAP_SECONDS = 1.5
"""Between two starts: that of many processes at once would starve those that already run."""
_MAIN = "from netsim.cli import main; main()"
_END_SECONDS_MAX = 30.0


@dataclass(frozen=True, slots=True)
class Task:
    """One campaign, the folder that it keeps, and the page to write, if any."""

    options: Options
    folder: Path
    report: Path | None = None


def run_many(tasks: Sequence[Task], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Their `--json` objects, in order; `say` hears what each says, behind its profile's name.

    One that breaks off stops no other.
    """
    running: list[_Running] = []
    try:
        for task in tasks:
            running.append(_Running(task, say))
            time.sleep(START_GAP_SECONDS if len(running) < len(tasks) else 0)
        return [one.result() for one in running]
    finally:
        for one in running:
            one.stop()


def broken_off(options: Options, words: str) -> dict[str, Any]:
    """The `--json` object of a campaign that came to no verdict: not ok, and its last words."""
    unknown = dict.fromkeys(("published", "addressed", "delivered", "confirmed", "excused", "lost", "shown_twice"))
    unknown |= dict.fromkeys(("false_acknowledgements", "lost_by_restore", "acknowledged", "settled_s"))
    return {
        "ok": False,
        "profile": options.profile,
        "via": options.via,
        "seed": options.seed,
        "minutes": options.minutes,
        "devices": options.devices,
        **unknown,
        "wrong": {},
        "crashed": [f"the campaign broke off: {words}"],
        "delivery_ms": {"p50": None, "p90": None, "p99": None},
        "faults": {},
        "acts": {},
        "repeat": options.command,
    }


class _Running:
    def __init__(self, task: Task, say: Callable[[str], None]) -> None:
        self._task = task
        self._say = say
        words = [*task.options.words, "--json", "--keep", str(task.folder)]
        if task.report is not None:
            words += ["--report", str(task.report)]
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-c", _MAIN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._last_words = ""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None, "made with a pipe"
        for line in self._process.stderr:
            self._last_words = line.strip() or self._last_words
            self._say(f"[{self._task.options.profile}] {line.rstrip()}")

    def result(self) -> dict[str, Any]:
        """Wait for it."""
        assert self._process.stdout is not None, "made with a pipe"
        said = self._process.stdout.read()
        self._process.wait()
        self._thread.join()
        if not said.strip():
            return broken_off(self._task.options, self._last_words)
        found: dict[str, Any] = json.loads(said)
        return found

    def stop(self) -> None:
        """End it, if it has not ended: its hub and devices go with it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
