from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.dictionary.shipped import shipped
from alerts.errors import UserError
from server.commands.backup import backup
from server.commands.beside import now, opened
from server.commands.restore import restore
from server.desk import Desk
from server.store import dictionaries
from server.store.records import Role
from tests.support.dictionaries import own, put_in_use
from tests.support.stores import EVERYONE, PUBLISHER, fresh_database, make_alert, opened_hub


def test_a_copy_made_by_another_process_while_the_hub_serves_is_complete(tmp_path: Path) -> None:
    """Whatever was answered before the copy was begun is in it."""
    command = "import sys, pathlib; from server.commands.backup import backup; "
    command += "backup(pathlib.Path(sys.argv[1]), data_dir=pathlib.Path(sys.argv[2]))"
    arguments = [sys.executable, "-c", command, str(tmp_path / "copy" / "hub.sqlite"), str(tmp_path / "data")]
    (tmp_path / "copy").mkdir()

    async def run() -> int:
        async with opened_hub(tmp_path / "data") as hub:
            await hub.publish(make_alert("before"), EVERYONE, by=PUBLISHER)
            copying = asyncio.create_task(asyncio.to_thread(subprocess.run, arguments, check=True, capture_output=True))
            number = 0
            while not copying.done():
                number += 1
                await hub.publish(make_alert(f"during-{number}"), EVERYONE, by=PUBLISHER)
            assert b"a complete copy" in (await copying).stdout
            return hub.log.head

    head = asyncio.run(run())
    with fresh_database(tmp_path / "copy") as db:
        count = db.execute_sql("SELECT count(*), max(number) FROM alert_entry").fetchone()  # type: ignore[no-untyped-call]
    assert count[0] == count[1]
    assert 1 <= count[0] <= head


def test_it_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Desk(tmp_path) as desk:
        desk.make_token(Role.ADMINISTRATOR, "a")
    backup(tmp_path / "copy", data_dir=tmp_path)
    assert f"{tmp_path / 'copy'}: " in capsys.readouterr().out


def test_no_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no hub's data") as caught:
        backup(tmp_path / "copy", data_dir=tmp_path / "nothing")
    assert "--data" in caught.value.hint
    assert not (tmp_path / "nothing").exists()


def test_dictionaries_are_in_a_backup_and_come_back_with_it(tmp_path: Path) -> None:
    with fresh_database(tmp_path):
        pass
    put_in_use(tmp_path, own())
    backup(tmp_path / "copy.sqlite", data_dir=tmp_path)
    with opened(tmp_path) as db:
        dictionaries.use(db, shipped().address, now())
    restore(tmp_path / "copy.sqlite", keep=True, data_dir=tmp_path)
    with opened(tmp_path) as db:
        assert dictionaries.in_use(db) == own().address and dictionaries.read(db, own().address) == own()
