"""`tocsin-hub`: one way in, and errors as a person needs them."""

from __future__ import annotations

import pytest

from server import cli


def run(*tokens: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(tokens)
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_what_a_person_can_mend_is_said_with_a_hint_and_without_a_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("cap", "check", "no-such-file.xml") == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: cannot read no-such-file.xml: No such file or directory\n  Check the name")


@pytest.mark.parametrize("command", [name for name in cli.app if not name.startswith("-")])
def test_each_command_has_a_help_text(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    assert f"Usage: tocsin-hub {command}" in capfd.readouterr().out


def test_the_help_says_what_each_command_is_for(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = " ".join(capfd.readouterr().out.replace("│", " ").split())
    for where, words in cli.COMMANDS.items():
        assert f"{where.partition(':')[0]} {words}" in shown


def test_an_unknown_command_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("no-such-command") == 2
    assert "no-such-command" in capfd.readouterr().err
