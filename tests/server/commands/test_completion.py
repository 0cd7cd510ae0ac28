"""`tocsin-hub completion`."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from server.cli import COMMANDS
from tests.server.commands.test_token import run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_prints_a_script_that_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, script, _ = run(capsys, "completion", shell)
    assert code == 0
    assert all(where.partition(":")[0] in script for where in COMMANDS)
    assert all(name in script for name in ("publish", "delivery", "--token-file"))


def test_bash_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        return  # then nobody completes in it either
    _, script, _ = run(capsys, "completion", "bash")
    assert subprocess.run([bash, "-n"], input=script, text=True, check=False).returncode == 0
