"""Clients for Node, as npm has them: the packages are fetched once, a script of ours runs with them and speaks JSON lines.

A test that uses this is marked `needs("node")`. The scripts stand in `tests/support/node`, beside the versions that they are
run with; what a script writes is in `said`, what it is told is a line of its input.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from platformdirs import user_cache_path

from tests.support.waiting import wait_until

SCRIPTS = Path(__file__).with_name("node")
NPM_S_MAX = 240.0  # less than a test may take
END_S_MAX = 30.0


def installed(package: Path) -> Path:
    """The folder that has what a `package.json` names, under `node_modules`: fetched once for each of its versions, into the
    user's cache. The test is skipped if the registry cannot be reached."""
    text = package.read_bytes()
    name = f"{json.loads(text)['name']}-{hashlib.sha256(text).hexdigest()[:12]}"
    folder = user_cache_path("tocsin-tests") / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "complete").exists():
            shutil.copy(package, folder)
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=NPM_S_MAX)
            if done.returncode:
                pytest.skip(f"needs node, and the npm registry: {done.stderr}")
            (folder / "complete").touch()
    return folder


class NodeClient:
    """A script that runs. `said` is all that it has said so far, in order."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self.said: list[dict[str, Any]] = []
        self._process = process
        self._reader = threading.Thread(target=self._read, name=name, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None, "it is a pipe"
        for line in self._process.stdout:
            self.said.append(json.loads(line))

    def tell(self, **words: Any) -> None:
        """Write it a line."""
        assert self._process.stdin is not None, "it is a pipe"
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds that comes by what the script says. What it has said is named where it never does."""

        def has_ended_or_holds() -> bool:
            return bool(holds()) or self._process.poll() is not None

        try:
            wait_until(has_ended_or_holds, what)
            assert holds(), f"the script ended with {self._process.returncode} before {what}"
        except AssertionError as error:
            raise AssertionError(f"{self.name}: {error}; it said {self.said}") from None

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(END_S_MAX)
        self._reader.join(END_S_MAX)
        assert not self._reader.is_alive(), f"{self.name} has ended, and another process still holds its output"


@contextmanager
def node_client(script: str, **begin: Any) -> Iterator[NodeClient]:
    """Run a script of `tests/support/node` for as long as the block lasts; `begin` is the first line that it is told."""
    folder = installed(SCRIPTS / "package.json")
    # As a text, so that what it imports is looked for where it runs.
    command = ["node", "--input-type=module", "--eval", (SCRIPTS / script).read_text()]
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    client = NodeClient(script, process)
    try:
        client.tell(**begin)
        yield client
    finally:
        client.stop()
