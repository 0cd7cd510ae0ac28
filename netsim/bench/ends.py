"""The two ends of a measurement: processes that are told what to do and say when it is done, one JSON object a line.

What is measured is given by a `Subject`: the command of a hub end and that of a field end. Each reads its standard
input, answers on its standard output, writes anything else to standard error, and ends when its input closes.

    hub end      COMMAND FOLDER HOST   starts a hub with its data in FOLDER that listens on HOST, on any port
                 says                  {"port": …, "join": whatever its field end needs to join}
                 {"publish": N}     →  {"published": N} once N alerts for the field end are durable
                 {"publish": N, "every_s": S}
                                    →  {"published": N, "answered_at": {alert: …}}, one every S seconds, and when each
                                       was answered
                 {"alerts": [CAP XML …], "every_s": S}
                                    →  {"numbers": [[epoch, number] …]} once these are durable, if they get any
    field end    COMMAND FOLDER        prepares all that it can, so that starting up is not measured
                 says                  {"ready": true}
                 {"join": …, "host": …, "port": …}
                                    →  {"joined": true} after it joined, was resumed once and has disconnected
                 {"resume": N}      →  {"answered_at": …, "stored_at": […]} after it connected anew and N alerts are
                                       stored: when the hub's first frame came (or its 101, if nothing follows), and
                                       when each alert was committed, in time.monotonic() seconds
                 {"follow": N}      →  {"following": true} once the hub has welcomed it, and then
                                       {"stored_at": {alert: …}} when N alerts are stored, however often it had to
                                       connect anew
                 {"idle": N, "keep_alive_s": S}
                                    →  {"bytes_up": …, "bytes_down": …, "seconds": …} after it connected anew and N
                                       keep-alives went by without anything else: IP packets, from before the first of
                                       them to before the one after the last; only in a namespace of its own
    either       anything           →  {"error": "what went wrong"} instead
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from alerts.errors import UserError
from netsim.packet.namespaces import Namespace, start

Message = dict[str, Any]
_CHUNK_BYTES_MAX = 65_536
_END_SECONDS_MAX = 10.0
_LAST_WORDS_CHARACTERS = 2000


class EndError(UserError):
    """One end of a measurement failed; the text carries what it said last."""


@dataclass(frozen=True)
class Subject:
    """What is measured, as the commands of its two ends."""

    hub: Sequence[str]
    field: Sequence[str]


class End:
    """One end as the measurement sees it. `answer_seconds_max` bounds each answer, so that nothing hangs."""

    def __init__(
        self, command: Sequence[str], folder: Path, namespace: Namespace | None, answer_seconds_max: float = 120.0
    ) -> None:
        folder.mkdir()
        self._name, self._errors = " ".join(command), folder / "stderr"
        self._answer_seconds_max = answer_seconds_max
        self._heard = b""
        with self._errors.open("wb") as errors:
            self._process = start(
                command, namespace, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0
            )

    def ask(self, **question: Any) -> Message:
        """Tell it something and wait for its answer."""
        self.tell(**question)
        return self.hear()

    def tell(self, **question: Any) -> None:
        """Tell it something; its answer is heard later."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
        except BrokenPipeError:
            raise self._failed("it has ended") from None

    def hear(self) -> Message:
        """Wait for what it says next."""
        deadline = time.monotonic() + self._answer_seconds_max
        while b"\n" not in self._heard:
            self._heard += self._read(deadline)
        line, self._heard = self._heard.split(b"\n", 1)
        try:
            message: Message = json.loads(line)
        except ValueError:
            raise self._failed(f"it said {line!r}, expected JSON") from None
        if "error" in message:
            raise self._failed(message["error"])
        return message

    def _read(self, deadline: float) -> bytes:
        assert self._process.stdout is not None
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN)
        if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
            raise self._failed(f"no answer within {self._answer_seconds_max:g} s")
        chunk = os.read(self._process.stdout.fileno(), _CHUNK_BYTES_MAX)
        if not chunk:
            raise self._failed("it has ended")
        return chunk

    def _failed(self, what: str) -> EndError:
        words = self._errors.read_text(errors="replace")[-_LAST_WORDS_CHARACTERS:].strip()
        return EndError(f"{self._name}: {what}", f"its last words: {words}" if words else "it wrote no error")

    def close(self) -> None:
        """End it: it is asked by closing its input, and killed if it does not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
