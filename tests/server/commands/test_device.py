"""`tocsin-hub device`, beside a running hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
from tests.support.hub import running_hub


def test_a_code_of_the_command_line_enrols_and_the_device_can_be_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_hub(tmp_path) as hub:
        flags = ["--area", "KE-047", "--area", "KE-030", "--role", "nurse", "--language", "sw", "--name", "Seven"]
        code, made, note = run(capsys, "device", "code", *flags, "--data", tmp_path)
        assert code == 0 and "tocsin-field join" in note and "could not be checked" in note
        enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": made.strip()}).json()
        assert (enrolled["areas"], enrolled["roles"], enrolled["name"]) == (["KE-047", "KE-030"], ["nurse"], "Seven")
        _, listed, _ = run(capsys, "device", "list", "--data", tmp_path, "--json")
        assert [row["device"] for row in json.loads(listed)] == [enrolled["device"]]
        assert run(capsys, "device", "revoke", enrolled["device"], "--data", tmp_path)[0] == 0
        assert hub.ask("GET", f"/v1/devices/{enrolled['device']}").json()["revoked_at"]
        assert enrolled["device"][:6] in run(capsys, "device", "list", "--data", tmp_path)[1]


@pytest.mark.parametrize(
    "words",
    [
        ("code", "--area", "not a code"),
        ("code", "--role", " "),
        ("code", "--language", "not a tag"),
        ("code", "--days", "0"),
        ("revoke", "d-none"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    run(capsys, "device", "code", "--data", tmp_path)
    code, _, errors = run(capsys, "device", *words, "--data", tmp_path)
    assert code != 0 and errors and "Traceback" not in errors
