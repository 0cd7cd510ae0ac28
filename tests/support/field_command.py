"""`tocsin-field` as a person runs it, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client.cli import main

LAUNCH = "from client.cli import main; main()"


def run_field(*tokens: str | Path) -> int:
    """Run a command in this process. Returns its exit code."""
    try:
        main([str(token) for token in tokens])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@contextmanager
def field_process(*tokens: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command in a process of its own, killed at the end if it still runs."""
    command = [sys.executable, "-c", LAUNCH, *map(str, tokens)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was written since this was last asked, both streams, white space squeezed."""
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())
