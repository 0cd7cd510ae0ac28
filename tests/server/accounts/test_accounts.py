from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from alerts.errors import TocsinError
from server.accounts.accounts import Accounts
from server.clock import HubClock
from server.hub import Hub, HubOptions, Role
from server.settings import Settings
from server.store import audit
from tests.support.hub import CHEAP

PASSWORD = "a boat on the lake at noon"


@asynccontextmanager
async def accounts_in(folder: Path, **settings: object) -> AsyncIterator[tuple[Hub, Accounts]]:
    """The accounts of a hub of their own."""
    hub = await Hub.open(folder, HubOptions(), HubClock())
    accounts = Accounts.of(hub, Settings.model_validate(settings))
    accounts.passwords.hasher = CHEAP
    try:
        yield hub, accounts
        await accounts.stop()
    finally:
        await hub.close()


async def _first(accounts: Accounts, name: str = "wanjiru") -> None:
    code = await accounts.signing_in.setup_code()
    assert code is not None
    await accounts.signing_in.first(code, name, PASSWORD, None, "::1", "", None)


def test_what_is_to_be_noted_is_noted_before_the_end(tmp_path: Path) -> None:
    async def wrong() -> None:
        async with accounts_in(tmp_path) as (_, accounts):
            await _first(accounts)
            for _ in range(5):
                with pytest.raises(TocsinError):
                    await accounts.signing_in.sign_in("Wanjiru", "wrong", "192.0.2.7", "", None)
        async with accounts_in(tmp_path) as (hub, accounts):
            rows = await hub.read(lambda db: list(audit.every(db)))
            refused = [row for row in rows if row.action == "session.refused"]
            assert [row.members for row in refused] == [{"tries": n, "address": "192.0.2.7"} for n in (1, 2, 4)]
            assert audit.verify(rows).problem == "" and PASSWORD not in str(rows)

    asyncio.run(wrong())


@pytest.mark.parametrize("again", [("::1", "2001:db8::1"), ("192.0.2.1", "192.0.2.2")])
def test_another_address_has_a_rate_of_its_own_and_the_same_network_has_not(
    tmp_path: Path, again: tuple[str, str]
) -> None:
    limits = {"sign_in_tries_per_second": 0.001, "sign_in_tries_burst": 2}

    async def outcome(work: Callable[[], Awaitable[object]]) -> str:
        try:
            await work()
        except TocsinError as error:
            return type(error).__name__
        return "in"

    async def tried() -> list[str]:
        async with accounts_in(tmp_path, limits=limits) as (_, accounts):
            signing_in = accounts.signing_in
            found = []
            for number, address in enumerate((again[0], again[0], again[0], again[1])):
                found.append(await outcome(lambda a=address, n=number: signing_in.sign_in(f"n{n}", "x", a, "", None)))  # type: ignore[misc]
            return found

    refused, slow = "SignInRefusedError", "TooManySignInsError"
    assert asyncio.run(tried()) == [refused, refused, slow, refused]


def test_a_household_of_ipv6_is_one_address(tmp_path: Path) -> None:
    limits = {"sign_in_tries_per_second": 0.001, "sign_in_tries_burst": 1}

    async def tried() -> list[str]:
        found = []
        async with accounts_in(tmp_path, limits=limits) as (_, accounts):
            for name, address in (("a", "2001:db8::1"), ("b", "2001:db8::ffff:2"), ("c", "2001:db8:0:1::1")):
                try:
                    await accounts.signing_in.sign_in(name, "x", address, "", None)
                except TocsinError as error:
                    found.append(type(error).__name__)
        return found

    assert asyncio.run(tried()) == ["SignInRefusedError", "TooManySignInsError", "SignInRefusedError"]


def test_people_are_added_changed_and_signed_out_by_somebody(tmp_path: Path) -> None:
    async def used() -> None:
        async with accounts_in(tmp_path) as (hub, accounts):
            await _first(accounts)
            row, code = await accounts.people.add("amina", Role.AUTHOR, (), "sw", by="wanjiru")
            assert row.password is None and len(code) == 11
            begun = await accounts.signing_in.accept("amina", code, PASSWORD, "::1", "", None)
            assert await accounts.sessions.credential(begun.secret) == begun.session.credential
            assert await accounts.people.sign_out("Amina", by="wanjiru") == 1
            assert await accounts.sessions.credential(begun.secret) is None
            assert [one.name for one in await accounts.people.all()] == ["amina", "wanjiru"]
            rows = await hub.read(lambda db: list(audit.every(db)))
            assert [(row.by, row.action) for row in rows if row.subject == "amina"] == [
                *(("wanjiru", "person.added"), ("amina", "password.changed"), ("amina", "session.began")),
                ("wanjiru", "session.ended"),
            ]

    asyncio.run(used())


def test_a_session_in_use_is_written_once_a_minute(tmp_path: Path) -> None:
    async def used() -> None:
        async with accounts_in(tmp_path) as (hub, accounts):
            await _first(accounts)
            begun = await accounts.signing_in.sign_in("wanjiru", PASSWORD, "::1", "", None)
            began = begun.session.seen_at
            assert (await accounts.sessions.find(begun.secret) or begun.session).seen_at == began
            hub.now = lambda: began + 59  # type: ignore[method-assign]
            await accounts.sessions.find(begun.secret)
            assert (await accounts.sessions.find(begun.secret) or begun.session).seen_at == began
            hub.now = lambda: began + 60  # type: ignore[method-assign]
            await accounts.sessions.find(begun.secret)
            assert (await accounts.sessions.find(begun.secret) or begun.session).seen_at == began + 60

    asyncio.run(used())
