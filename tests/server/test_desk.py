from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.errors import UnknownAreaError, UserError
from server.desk import Desk
from server.store.records import Role
from tests.support.stores import Heard, SetClock, opened_hub


def test_it_works_before_there_ever_was_a_hub(tmp_path: Path) -> None:
    with Desk(tmp_path / "data") as desk:
        desk.make_token(Role.AUTHOR, "ministry")
        assert desk.import_areas([("KE", "Kenya")]) == 1
        with pytest.raises(UnknownAreaError):
            desk.make_enrolment_code(areas_in=("UG",))
    with Desk(tmp_path / "data") as desk:
        assert [token.name for token in desk.tokens()] == ["ministry"]
        assert [area.code for area in desk.areas()] == ["KE"]
        desk.revoke_token("ministry")
        assert desk.tokens()[0].revoked_at


def test_a_hub_that_runs_takes_notice(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path, SetClock(2**31)) as hub:
            with Desk(tmp_path) as desk:
                secret = desk.make_token(Role.AUTHOR, "ministry")
                code = desk.make_enrolment_code(areas_in=("KE",), roles=("nurse",), valid_s=10**9)
            credential = await hub.authenticate(secret)
            assert credential is not None
            assert credential.name == "ministry"
            enrolled = await hub.enrol(code)
            assert enrolled.areas == ("KE",)
            heard = Heard()
            hub.subscribe(heard)
            with Desk(tmp_path) as desk:
                desk.revoke_token("ministry")
                desk.revoke_device(enrolled.device)
                assert [device.device for device in desk.devices()] == [enrolled.device]
            assert await hub.authenticate(secret) is None
            await hub.tick()
            await hub.tick()
            assert heard.events == [("device_revoked", enrolled.device)]

    asyncio.run(run())


def test_a_file_that_is_no_hub_s_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"a letter" * 1000)
    with pytest.raises(UserError):
        Desk(tmp_path)
