"""`tocsin-hub draft`, and what `tocsin-hub alert publish` says of an alert that waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.commands.draft import state_words
from server.hub import Role
from tests.server.commands.test_token import run
from tests.support.extreme import alert_body
from tests.support.hub import RunningHub, running_hub

REASON = "Nobody else is awake now"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub") / "data", second_person="Extreme") as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "alert.json"
    path.write_text(json.dumps(alert_body()))
    return path


def as_role(hub: RunningHub, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setenv("TOCSIN_API", hub.address)
    monkeypatch.setenv("TOCSIN_API_TOKEN", hub.tokens[role])


def test_a_draft_from_its_first_word_into_the_log(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    as_role(hub, monkeypatch, Role.AUTHOR)
    draft = str(json.loads(run(capsys, "draft", "make", str(file), "--json")[1])["id"])
    assert "Leave the valley now" in run(capsys, "draft", "show", draft)[1]
    assert "It needs a second person" in run(capsys, "draft", "publish", draft, "--dry-run")[1]
    assert run(capsys, "draft", "submit", draft)[1].startswith(f"Draft {draft} waits for a second person")
    as_role(hub, monkeypatch, Role.APPROVER)
    assert run(capsys, "draft", "reject", draft, "Which valley?")[1] == f"Draft {draft} is rejected.\n"
    as_role(hub, monkeypatch, Role.AUTHOR)
    assert "Which valley?" in run(capsys, "draft", "show", draft)[1]
    changed = alert_body(headline="Leave the valley of the Tana now")
    file.write_text(json.dumps(changed))
    run(capsys, "draft", "change", draft, str(file))
    run(capsys, "draft", "publish", draft)
    assert draft in run(capsys, "draft", "list", "--status", "waiting")[1]
    as_role(hub, monkeypatch, Role.APPROVER)
    assert run(capsys, "draft", "approve", draft)[1].startswith("Published: number ")


def test_one_that_was_never_handed_in_is_forgotten_and_one_that_was_is_withdrawn(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    as_role(hub, monkeypatch, Role.AUTHOR)
    draft = str(json.loads(run(capsys, "draft", "make", str(file), "--json")[1])["id"])
    assert run(capsys, "draft", "delete", draft)[0] == 0
    draft = str(json.loads(run(capsys, "draft", "make", str(file), "--json")[1])["id"])
    run(capsys, "draft", "submit", draft, "--at", "2h")
    assert run(capsys, "draft", "withdraw", draft)[1] == f"Draft {draft} is withdrawn.\n"


def test_publishing_says_that_it_waits_and_a_break_glass_does_not(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    as_role(hub, monkeypatch, Role.AUTHOR)
    code, said, errors = run(capsys, "alert", "publish", str(file))
    assert (code, said.startswith("Not published: it is Extreme, and waits")) == (0, True), errors
    assert run(capsys, "alert", "publish", str(file), "--break-glass", REASON)[1].startswith("Published: number ")


def test_every_status_is_a_sentence() -> None:
    row = {"id": 1, "number": 2, "publish_at": "2026-03-01T12:00:00Z"}
    words = [state_words({**row, "status": one}) for one in ("waiting", "scheduled", "published", "failed")]
    assert len(set(words)) == 4
