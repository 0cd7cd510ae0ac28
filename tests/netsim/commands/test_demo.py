"""The demo as a process: a small one from beginning to end, and one that is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-u", "-c", "from netsim.cli import main; main()", "demo"]
PATIENCE_SECONDS = 120


def _start(folder: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder)},
    )


def test_a_small_one_ends_with_a_clean_verdict_and_nothing_left(tmp_path: Path) -> None:
    rejected = tmp_path / "rejected.xml"
    rejected.write_text('<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sent>2020-01-01T00:00:00Z</sent></alert>')
    own = tmp_path / "own.xml"
    sample = files("netsim") / "samples" / "024-supervisor-private.xml"
    own.write_text(sample.read_text(encoding="utf-8").replace("tocsin-sample-024", "own-1"), encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    caps = ["--cap", str(rejected), "--cap", str(own), "--cap", str(tmp_path / "absent.xml")]
    child = _start(temporary, ["--json", "--seconds", "0", "--alerts", "6", *caps])
    out, errors = child.communicate(timeout=PATIENCE_SECONDS)
    assert (child.returncode, errors) == (0, "")
    result = json.loads(out)
    verdict = result["verdict"]
    assert result["ok"] is True
    assert verdict["published"] == 7
    assert verdict["delivered"] == verdict["confirmed"] == verdict["addressed"] - len(verdict["found"]["excused"])
    assert verdict["acknowledged_on_devices"] == verdict["acknowledged_at_hub"] >= 3
    assert [words.partition(": ")[0] for words in result["refused"]] == [str(rejected), str(tmp_path / "absent.xml")]
    assert result["bytes_on_the_wire"] > sum(sum(one["alert_bytes"].values()) for one in result["bytes"]) > 0
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_cleans_up_when_it_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    child = _start(tmp_path, ["--seconds", "600"])
    try:
        assert child.stdout
        while "joined" not in (line := child.stdout.readline()):
            assert line, "it ended before a device joined"
        (hub,) = tmp_path.glob("tocsin-demo-*/hub/ready.json")
        hub_process = json.loads(hub.read_text())["pid"]
        child.send_signal(number)
        _, errors = child.communicate(timeout=PATIENCE_SECONDS)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130
    assert errors == "Stopped.\n"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(hub_process, 0)
