"""`tocsin-field completion`."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from client.cli import COMMANDS
from tests.support.field_command import run_field


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_prints_a_script_that_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("completion", shell) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)


def test_bash_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        return  # then nobody completes in it either
    assert run_field("completion", "bash") == 0
    script = capsys.readouterr().out
    assert subprocess.run([bash, "-n"], input=script, text=True, check=False).returncode == 0
