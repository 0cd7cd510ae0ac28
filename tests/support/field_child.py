"""`field_app.py` as a child process, and what it left in its ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from client.store.store import FILE
from tests.support import field_app
from tests.support.waiting import SECONDS_MAX


class FieldChild:
    """A device that has joined: its data folder, its ledger, and its process, one life after another."""

    def __init__(self, folder: Path, device: str) -> None:
        self.device = device
        self.folder = folder
        self.lives = 0
        self._ledger = folder.with_name(f"{folder.name}.ledger")
        self._ledger.mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / FILE

    @property
    def log(self) -> Path:
        """What its process wrote."""
        return self._ledger / "log"

    def begin(self) -> None:
        """Start the process; waits for nothing."""
        self.lives += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, field_app.__file__, self.folder, self._ledger, str(self.lives)],
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9. Without effect where nothing runs. The process must not have ended by itself."""
        if self._process is None:
            return
        assert self._process.poll() is None, f"{self.device} ended: {self.log.read_text()}"
        self._process.kill()
        self._process.wait(SECONDS_MAX)
        self._process = None

    def acknowledged(self) -> set[str]:
        """The alerts whose acknowledgement returned to the application."""
        return {key for (key,) in self._lines("acknowledged")}

    def work_done(self) -> int:
        """How many alarms and acknowledgements there have been."""
        return len(self._lines("acknowledged")) + len(self._lines("alarms"))

    def alarms(self) -> list[str]:
        """The alerts whose alarm rang; one that rang again stands here again, unless a kill came between ringing and recording.

        The client records a batch before it hands out the next, so only the last batch of a life can have been caught so.
        """
        lines = self._lines("alarms")
        last_batch: dict[int, int] = defaultdict(int)
        for life, batch, _ in lines:
            last_batch[life] = max(last_batch[life], batch)
        rang: list[str] = []
        for index, (life, batch, key) in enumerate(lines):
            rang_again = any(later_key == key and later > life for later, _, later_key in lines[index + 1 :])
            if not (rang_again and batch == last_batch[life]):
                rang.append(key)
        return rang

    def _lines(self, name: str) -> list[Any]:
        """The whole lines of a file: one that is being written has no end yet."""
        file = self._ledger / name
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]
