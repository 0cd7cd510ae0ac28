"""`tocsin-field run`, in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from alerts.session.goodbye import Reason
from client.exits import ExitCode
from tests.support.field_command import field_process, run_field
from tests.support.hub_thread import HubThread, hub_thread
from tests.support.small_hub import make_alert

READ_LINES_MAX = 500


def _line(process: subprocess.Popen[str], event: str, **wanted: Any) -> dict[str, Any]:
    """The next line of this event that carries these values."""
    assert process.stdout is not None
    for _ in range(READ_LINES_MAX):
        text = process.stdout.readline()
        assert text, f"it ended before {event}: {process.stderr.read() if process.stderr else ''}"
        line: dict[str, Any] = json.loads(text)
        if line["event"] == event and wanted.items() <= line.items():
            return line
    raise AssertionError(f"no {event}")


def _joined(thread: HubThread, folder: Path) -> Path:
    assert run_field("join", thread.address, "abc", "--data", folder) == 0
    return folder


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_json_lines_an_acknowledgement_beside_it_and_an_orderly_end(tmp_path: Path, stop: signal.Signals) -> None:
    with hub_thread() as thread:
        folder = _joined(thread, tmp_path)
        thread.do(lambda: thread.hub.publish(make_alert("a", severity="Extreme")))
        with field_process("run", "--json", "--data", folder) as process:
            _line(process, "connection-changed", state="connected")
            assert _line(process, "alert-arrived")["alert"]["key"] == "hub.example,a"
            assert _line(process, "alarm-due")["worst"] == "extreme"
            assert run_field("run", "--data", folder) == ExitCode.IN_USE
            assert run_field("ack", "a", "--data", folder) == 0
            thread.until(lambda: len(thread.hub.taken) == 1)
            _line(process, "receipts-stored", waiting=0)
            process.send_signal(stop)
            assert process.wait(30) == 0
        thread.until(lambda: not thread.hub.sockets)


def _publish_forty(thread: HubThread) -> None:
    for number in range(40):
        thread.hub.publish(make_alert(f"a{number}", severity="Extreme" if number == 20 else "Moderate"))


def test_a_person_sees_one_summary_and_one_alarm_for_forty_missed_alerts(tmp_path: Path) -> None:
    with hub_thread() as thread:
        folder = _joined(thread, tmp_path)
        thread.do(lambda: _publish_forty(thread))
        with field_process("run", "--data", folder) as process:
            assert process.stdout is not None
            text = ""
            while "tocsin-field ack" not in text:
                line = process.stdout.readline()
                assert line, text
                text += line
            process.terminate()
            text += process.stdout.read()
    assert text.count("alerts arrived") == 1
    assert "40 alerts arrived: 1 Extreme, 39 Moderate; 40 of them in" in text
    assert text.count("tocsin-field ack") == 1
    assert "Boil water a20" in text


def test_a_revoked_device_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    with hub_thread() as thread:
        folder = _joined(thread, tmp_path)
        with field_process("run", "--json", "--data", folder) as process:
            _line(process, "connection-changed", state="connected")
            thread.do(lambda: thread.hub.sockets[0].end(Reason.REVOKED))
            _line(process, "connection-changed", state="revoked")
            assert process.wait(30) == ExitCode.REVOKED
            assert process.stderr is not None
            words = process.stderr.read()
    assert "revoked" in words
    assert "--again" in words
    assert "Traceback" not in words
