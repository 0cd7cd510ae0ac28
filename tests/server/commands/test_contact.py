"""`tocsin-hub contact`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.commands.test_token import run
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import answer, other_server


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub") / "data", contact_services=("default", "json")) as running:
        yield running


def test_a_contact_from_its_beginning_to_its_end(
    hub: RunningHub, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = hub.process.settings.data, tmp_path / "url"
    file.write_text("mailto://amina:s3cret@example.org\n")
    words = ("contact", "add", "amina", "--url-file", file, "--role", "officer", "--area", "KE-047", "--data", data)
    code, said, errors = run(capsys, *words)
    assert code == 0, errors
    assert "roles     officer" in said and "mailto://… (the address is not shown)" in said and "s3cret" not in said
    listed = run(capsys, "contact", "list", "--data", data)[1]
    assert "amina" in listed and "KE-047" in listed and "s3cret" not in listed
    monkeypatch.setattr("sys.stdin", io.StringIO("mailto://amina:other@example.org\n"))
    changes = ("--url-file", "-", "--language", "sw", "--no-area", "--json")
    code, said, errors = run(capsys, "contact", "change", "amina", *changes, "--data", data)
    assert code == 0, errors
    assert json.loads(said)["language"] == "sw" and json.loads(said)["areas"] == []
    assert "areas     everywhere" in run(capsys, "contact", "show", "amina", "--data", data)[1]
    assert run(capsys, "contact", "remove", "amina", "--data", data)[1] == "The contact 'amina' is forgotten.\n"
    assert json.loads(run(capsys, "contact", "list", "--json", "--data", data)[1]) == []


def test_a_test_says_what_became_of_it(hub: RunningHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = hub.process.settings.data, tmp_path / "url"
    with other_server() as server:
        server.routes["/sms"] = answer(b"ok")
        file.write_text(f"json://127.0.0.1:{server.port}/sms")
        run(capsys, "contact", "add", "gate", "--url-file", file, "--data", data)
        assert run(capsys, "contact", "test", "gate", "--data", data)[0] == 0
        server.routes["/sms"] = answer(b"no", 401)
        code, _, errors = run(capsys, "contact", "test", "gate", "--data", data)
    assert code == 1 and "the gateway refused it with 401" in errors


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("add", "x", "--url-file", "/none"), "the address cannot be read from /none"),
        (("add", "x", "--url-file", "/dev/null"), "there is no address"),
        (("change", "x"), "what is to be changed?"),
        (("change", "x", "--role", "a", "--no-role"), "both given"),
        (("show", "nobody"), "there is no contact 'nobody'"),
        (("test", "nobody"), "there is no contact 'nobody'"),
    ],
)
def test_what_cannot_be_is_told(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    code, _, errors = run(capsys, "contact", *words, "--data", hub.process.settings.data)
    assert code != 0 and expected in errors and "Traceback" not in errors
