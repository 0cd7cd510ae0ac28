"""How this process commands the process that carries the packets: one JSON object a line over a socket pair, in turn.

The helper process greets once, with what it made or why it could not, and then answers questions. It ends when its
socket does, however this process ends, so nothing is left behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from alerts.errors import UserError

Message = dict[str, Any]
_GREETING_BYTES_MAX, _GREETING_DESCRIPTORS_MAX = 65_536, 253  # SCM_MAX_FD of Linux
_ANSWER_BYTES_MAX = 64 * 1024 * 1024  # every payload of a long run leaves a mark in the answer
_END_SECONDS_MAX = 5.0


class PathError(UserError):
    """The path between the two ends cannot be made on this machine, or has broken."""


class Helper:
    """A helper process as its owner sees it: `greeting` is what it said first, `descriptors` what came with that."""

    def __init__(self, module: str, arguments: Sequence[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", module, str(theirs.fileno()), *arguments]
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        self._module, self._socket, self._turn = module, ours, threading.Lock()
        self._lines = ours.makefile("rb")
        self.descriptors: list[int] = []
        try:
            self.greeting = self._hear_greeting()
        except BaseException:
            self.close()
            raise

    def _hear_greeting(self) -> Message:
        line, self.descriptors, _, _ = socket.recv_fds(self._socket, _GREETING_BYTES_MAX, _GREETING_DESCRIPTORS_MAX)
        for descriptor in self.descriptors:
            os.set_inheritable(descriptor, False)
        return self._checked(line)

    def _checked(self, line: bytes) -> Message:
        if not line:
            raise self._gone()
        message: Message = json.loads(line)
        if "error" in message:
            raise PathError(message["error"], message["hint"])
        return message

    def _gone(self) -> PathError:
        return PathError(f"the process {self._module} has ended unexpectedly", "what it said is on standard error")

    def ask(self, question: str, **fields: Any) -> Message:
        """Put one question and wait for its answer, from any thread; PathError if the helper cannot or is gone."""
        with self._turn:
            try:
                self._socket.sendall(json.dumps({"ask": question, **fields}).encode() + b"\n")
            except BrokenPipeError:
                raise self._gone() from None
            return self._checked(self._lines.readline(_ANSWER_BYTES_MAX))

    def close(self) -> None:
        """End the helper; harmless when it has ended."""
        self._lines.close()
        self._socket.close()
        while self.descriptors:
            os.close(self.descriptors.pop())
        try:
            self._process.wait(_END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def inherited_socket(arguments: Sequence[str]) -> socket.socket:
    """In a helper process: the socket to its owner. Ctrl-C is for the owner, which then closes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(arguments[1]))
    control.set_inheritable(False)
    return control


def greet(control: socket.socket, greeting: Message, descriptors: Sequence[int] = ()) -> None:
    """In a helper process: say what was made, or `{"error", "hint"}`; descriptors travel along."""
    socket.send_fds(control, [json.dumps(greeting).encode() + b"\n"], list(descriptors))


async def answer(control: socket.socket, answers: Mapping[str, Callable[[Message], Message]]) -> None:
    """In a helper process: answer questions until the owner closes its end or dies."""
    control.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=control)
    try:
        while line := await reader.readline():
            question = json.loads(line)
            writer.write(json.dumps(answers[question["ask"]](question)).encode() + b"\n")
            await writer.drain()
    except ConnectionError:
        return  # the owner is gone: that is how it says that it is done
    finally:
        writer.close()
