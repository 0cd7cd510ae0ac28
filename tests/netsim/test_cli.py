from __future__ import annotations

import re
import subprocess
import sys

import pytest

from alerts.errors import UserError
from netsim import cli


def test_what_cannot_be_done_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise UserError("it cannot be done", hint="Do this.", exit_code=7)

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 7
    assert capsys.readouterr().err == "tocsin-netsim: it cannot be done\n  Do this.\n"


def test_help_names_the_commands_and_version_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    cli.app(["--help"], result_action="return_value")
    listed = capsys.readouterr().out
    for name in (name for name in cli.app if not name.startswith("-")):
        assert re.search(rf"│ {name} +[A-Z]", listed), f"{name} needs a help text in netsim/cli.py"
    cli.app(["--version"], result_action="return_value")
    assert capsys.readouterr().out.startswith("0.")


def test_starting_it_does_not_load_what_a_command_needs() -> None:
    code = "import sys, netsim.cli; sys.exit('tornado' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
