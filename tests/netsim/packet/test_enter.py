"""Nothing starts for a parent that has already gone."""

from __future__ import annotations

import subprocess
import sys


def _enter(parent: str, *command: str) -> subprocess.CompletedProcess[bytes]:
    whole = [sys.executable, "-m", "netsim.packet.enter", parent, "-1", "-1", *command]
    return subprocess.run(whole, capture_output=True, timeout=60, check=False)


def test_a_command_whose_parent_has_gone_is_not_started() -> None:
    done = _enter("1", sys.executable, "-c", "print('started')")
    assert (done.returncode, done.stdout) == (127, b"")


def test_a_descriptor_that_leads_nowhere_is_named() -> None:
    whole = [sys.executable, "-m", "netsim.packet.enter", "1", "-1", "999", "true"]
    done = subprocess.run(whole, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (127, b"cannot start true: setns: Bad file descriptor\n")
