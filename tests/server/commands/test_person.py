"""`tocsin-hub person`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
from tests.support.hub import running_hub


def test_a_person_from_the_invitation_to_the_closed_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        here = ("--data", tmp_path)
        code, said, note = run(capsys, "person", "add", "Wanjiru", "--role", "administrator", *here)
        assert code == 0 and len(said.strip()) == 11 and "sets a password with this code" in note
        body = {"name": "Wanjiru", "code": said.strip(), "password": "a boat on the lake"}
        assert hub.ask("POST", "/v1/invitations", role=None, json=body).status_code == 201
        run(capsys, "person", "add", "amina", "--role", "author", "--area", "KE-047", "--language", "sw", *here)
        listed = run(capsys, "person", "list", *here)[1]
        assert "Wanjiru" in listed and "active" in listed and "invited" in listed and "KE-047" in listed
        assert [row["name"] for row in json.loads(run(capsys, "person", "list", "--json", *here)[1])] == [
            "amina",
            "Wanjiru",
        ]
        changed = run(capsys, "person", "change", "amina", "--role", "approver", "--no-area", *here)[1]
        assert "role      approver" in changed and "areas     everywhere" in changed
        assert "account   disabled" in run(capsys, "person", "change", "amina", "--close", *here)[1]
        assert "account   invited" in run(capsys, "person", "change", "amina", "--open", *here)[1]
        assert json.loads(run(capsys, "person", "show", "amina", "--json", *here)[1])["language"] == "sw"
        assert run(capsys, "person", "sign-out", "Wanjiru", *here)[1] == "'Wanjiru' is signed out: 1 session ended.\n"
        again = run(capsys, "person", "reset", "Wanjiru", *here)[1].strip()
        assert len(again) == 11 and again != body["code"]
        errors = run(capsys, "person", "change", "Wanjiru", "--role", "viewer", *here)[2]
        assert "last administrator" in errors


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("change", "x"), "what is to be changed?"),
        (("change", "x", "--close", "--open"), "exclude each other"),
        (("change", "x", "--area", "KE", "--no-area"), "exclude each other"),
    ],
)
def test_what_makes_no_sense_is_told(
    words: tuple[str, ...], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, errors = run(capsys, "person", *words, "--data", tmp_path)
    assert code == 2 and expected in errors
