"""A process of ours that takes commands as JSON lines on its standard input, and says what happened on its standard output.

    parent ── {"do": "clock", "offset_s": 86400} ──▶ child
    parent ◀── {"said": "listening", "port": 40123} ── child

The child ends when its standard input does: nothing is left behind when the parent dies, however it dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from alerts.errors import UserError
from netsim.packet.namespaces import Namespace, start

Message = dict[str, Any]
REFUSED = "refused"
"""What a child says last that cannot do its work now: its disk is full, its database is locked."""
_LAST_WORDS_CHARACTERS = 1500
_END_SECONDS_MAX = 20.0


class Child:
    """Such a process, as its parent holds it. It dies with the thread that made this object."""

    def __init__(
        self,
        module: str,
        settings: Mapping[str, object],
        *,
        log: Path,
        place: Namespace | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`settings` is what the module is started with; `log` gets what it writes to standard error."""
        self.log = log
        self._heard: list[Message] = []
        self._news = threading.Condition()
        self._has_ended = False
        with log.open("ab") as errors:
            self._process = start(
                [sys.executable, "-m", module, json.dumps(settings)],
                place,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | dict(environment or {}),
                start_new_session=True,  # Ctrl-C is for the parent, which then ends its children in order
            )
        self._reader = threading.Thread(target=self._read, name=f"hears {module}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def say(self, do: str, **fields: object) -> bool:
        """Give it a command; False where it has ended."""
        assert self._process.stdin is not None, "made with a pipe"
        try:
            self._process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has just ended, or was ended
            return False
        return True

    def find(self, said: str) -> Message | None:
        """The first message of this kind so far."""
        with self._news:
            return next((message for message in self._heard if message["said"] == said), None)

    def last(self, said: str) -> Message | None:
        """The latest message of this kind."""
        with self._news:
            return next((message for message in reversed(self._heard) if message["said"] == said), None)

    def all(self, said: str) -> list[Message]:
        """Every message of this kind, in their order."""
        with self._news:
            return [message for message in self._heard if message["said"] == said]

    def wait_for(self, said: str, seconds_max: float) -> Message:
        """The first message of this kind. Raises UserError with the child's last words: it ended, or takes too long."""
        with self._news:
            self._news.wait_for(lambda: self._has_ended or self.find(said) is not None, seconds_max)
            found = self.find(said)
        if found is None:
            how = "ended" if self._has_ended else f"did not come to that within {seconds_max:g} s"
            raise UserError(f"waited for {said!r}, and the process {how}", self.last_words())
        return found

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        return self.log.read_text(errors="replace")[-_LAST_WORDS_CHARACTERS:].strip()

    def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        self._process.kill()
        self._finish()

    def end(self, seconds_max: float = _END_SECONDS_MAX) -> bool:
        """Ask it to end in order. False: it did not in time, and was killed."""
        self.say("stop")
        try:
            self._process.wait(seconds_max)
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.kill()

    def _finish(self) -> None:
        self._process.wait(_END_SECONDS_MAX)
        self._reader.join(_END_SECONDS_MAX)
        if self._reader.is_alive():
            raise UserError(f"process {self.pid} has ended, and another one still holds its standard output")
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None, "made with pipes"
            with contextlib.suppress(OSError):  # what could not be written to a dead process
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None, "made with a pipe"
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):  # a line that a kill cut short
                message = json.loads(line)
                with self._news:
                    self._heard.append(message)
                    self._news.notify_all()
        with self._news:
            self._has_ended = True
            self._news.notify_all()


# -- in the child -----------------------------------------------------------------------------------------------------


def settings_of(arguments: Sequence[str]) -> Message:
    """What the parent started this process with."""
    settings: Message = json.loads(arguments[1])
    return settings


def tell(said: str, **fields: object) -> None:
    """Say something to the parent."""
    sys.stdout.write(json.dumps({"said": said, **fields}) + "\n")
    sys.stdout.flush()


def run_or_refuse(work: Coroutine[Any, Any, None]) -> int:
    """Run it to its end; the exit code. Where it cannot be done for reasons that a person is told, say so to the parent."""
    try:
        asyncio.run(work)
    except UserError as error:
        words = f"{error} {error.hint}".strip()
        tell(REFUSED, words=words)
        with contextlib.suppress(OSError):  # the log's disk may be the full one
            sys.stderr.write(words + "\n")
        return error.exit_code
    return 0


async def obey(commands: Mapping[str, Callable[[Message], object]]) -> None:
    """Carry out commands on this event loop until `stop`, or until the parent is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    while line := await reader.readline():
        command = json.loads(line)
        if command["do"] == "stop":
            return
        result = commands[command["do"]](command)
        if asyncio.iscoroutine(result):
            await result
