from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from alerts.errors import UserError
from server.commands.backup import backup
from server.commands.restore import restore
from server.desk import Desk
from server.store.records import Role
from tests.server.commands.test_token import run
from tests.support.hub import running_hub
from tests.support.people import make_person, signed_in
from tests.support.stores import EVERYONE, PUBLISHER, make_alert, opened_hub


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a token that was revoked after the backup `copy` was made."""
    with Desk(tmp_path / "data") as desk:
        desk.make_token(Role.AUTHOR, "ministry")
    backup(tmp_path / "copy", data_dir=tmp_path / "data")
    with Desk(tmp_path / "data") as desk:
        desk.revoke_token("ministry")
    return tmp_path / "data"


def _is_revoked(data: Path) -> bool:
    with Desk(data) as desk:
        return desk.tokens()[0].revoked_at is not None


@pytest.mark.parametrize("again", [True, False])
def test_the_flags_decide(data: Path, again: bool, capsys: pytest.CaptureFixture[str]) -> None:
    restore(data.parent / "copy", revoke_again=again, keep=not again, data_dir=data)
    assert _is_revoked(data) is again
    said = capsys.readouterr().out
    assert "Revoked since: token ministry" in said
    assert "is kept as" in said


@pytest.mark.parametrize(("answer", "again"), [("\n", True), ("n\n", False)])
def test_without_flags_it_asks(data: Path, answer: str, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.StringIO(answer)
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    restore(data.parent / "copy", data_dir=data)
    assert _is_revoked(data) is again


def test_where_nobody_can_be_asked_nothing_is_restored(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UserError, match="nothing was restored") as caught:
        restore(data.parent / "copy", data_dir=data)
    assert caught.value.exit_code == 2
    assert _is_revoked(data)
    assert sorted(path.name for path in data.iterdir() if "restoring" in path.name) == []


def test_both_flags_contradict(data: Path) -> None:
    with pytest.raises(UserError, match="contradict"):
        restore(data.parent / "copy", revoke_again=True, keep=True, data_dir=data)


def test_a_hub_that_runs_is_not_restored_under_its_feet(data: Path) -> None:
    async def run() -> None:
        async with opened_hub(data):
            with pytest.raises(UserError, match="a hub is running"):
                restore(data.parent / "copy", keep=True, data_dir=data)

    asyncio.run(run())


def test_a_restored_hub_begins_an_epoch_and_gives_its_numbers_again(data: Path) -> None:
    async def publish(identifier: str) -> tuple[int, int, list[tuple[int, int]]]:
        async with opened_hub(data) as hub:
            published = await hub.publish(make_alert(identifier), EVERYONE, by=PUBLISHER)
            return published.number, published.epoch, list(hub.log.path)

    number, epoch, path = asyncio.run(publish("lost"))
    restore(data.parent / "copy", keep=True, data_dir=data)
    again, other, new_path = asyncio.run(publish("other"))
    assert number == again == 1
    assert other != epoch
    assert path != new_path


def test_the_audit_log_of_the_backup_tells_how_far_the_other_one_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, copy, later = tmp_path / "data", tmp_path / "copy.sqlite", tmp_path / "later.ndjson"
    with running_hub(data) as hub:
        boss = signed_in(hub, Role.ADMINISTRATOR, "boss")
        make_person(hub, Role.VIEWER, "leaving")
        hub.do(hub.hub.backup(copy))
        hub.ask("PATCH", "/v1/people/leaving", json={"disabled": True})
        rows = hub.ask("GET", "/v1/audit/export").text
        later.write_text(rows)
    head = json.loads(rows.splitlines()[-1])
    code, said, errors = run(capsys, "restore", copy, "--data", data, "--revoke-again")
    assert code == 0 and "Closed since: the account of leaving" in said, errors
    with running_hub(data, make_tokens=False) as hub:
        boss.address = hub.address
        assert boss.ask("GET", "/v1/session").status_code == 401 and boss.sign_in().status_code == 201
        found = boss.ask("GET", "/v1/audit", params={"action": "store.restored"}).json()["rows"][0]
        assert found["members"] == {"head": head["head"], "hash": head["hash"]} and found["by"].startswith("local:")
        assert boss.ask("GET", "/v1/people/leaving").json()["state"] == "disabled"
        assert boss.ask("GET", "/v1/audit/verification").json()["is_whole"], "the file beside goes with the backup"
    assert run(capsys, "audit", "verify", "--against", later, "--data", data)[0] == 1
