from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from argon2 import PasswordHasher

from alerts.errors import PasswordError, TooManySignInsError
from server.accounts import passwords
from server.accounts.passwords import CHARS_MAX, HASHER, Passwords, check_new
from tests.support.hub import CHEAP


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "has 5 characters"),
        ("x" * (CHARS_MAX + 1), "at most"),
        ("Wanjiru Kamau", "is the name"),
        ("uamaK urijnaW", "is the name"),
        ("abababababab", "repeats"),
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str, words: str) -> None:
    with pytest.raises(PasswordError, match=words):
        check_new(password, "wanjiru kamau")


@pytest.mark.parametrize("password", ["a boat on the lake", "correcthorse", "mashua ziwani mchana", "Ångström in åäö"])
def test_no_kinds_of_characters_are_asked_for(password: str) -> None:
    check_new(password, "wanjiru")


def test_it_is_hashed_by_argon2id_and_fits_however_the_keyboard_composes_it() -> None:
    async def tried() -> tuple[str, list[bool]]:
        hashing = Passwords(CHEAP)
        stored = await hashing.hash("café au lait, ce soir")
        found = [
            await hashing.fits(stored, "cafe\N{COMBINING ACUTE ACCENT} au lait, ce soir"),
            await hashing.fits(stored, "cafe au lait, ce soir"),
            await hashing.fits(None, "nobody has this password"),
            await hashing.fits("no hash at all", "anything"),
        ]
        hashing.close()
        return stored, found

    stored, found = asyncio.run(tried())
    assert stored.startswith("$argon2id$") and found == [True, False, False, False]


def test_as_much_memory_and_time_as_rfc_9106_recommends() -> None:
    assert (HASHER.memory_cost, HASHER.time_cost) == (64 * 1024, 3)


def test_who_comes_when_too_many_wait_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING_MAX", 3)

    async def crowd() -> list[object]:
        hashing = Passwords(CHEAP)
        tries = [asyncio.ensure_future(hashing.fits(None, "x")) for _ in range(5)]
        outcomes: list[object] = list(await asyncio.gather(*tries, return_exceptions=True))
        outcomes.append(await hashing.fits(None, "later"))
        hashing.close()
        return outcomes

    outcomes = asyncio.run(crowd())
    assert [type(one) for one in outcomes] == [bool, bool, bool, TooManySignInsError, TooManySignInsError, bool]


def test_a_name_that_nobody_has_takes_the_work_of_one_that_somebody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash))
            return super().verify(hash, password)

    async def tried() -> None:
        hashing = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
        stored = await hashing.hash("a boat on the lake")
        await hashing.fits(stored, "wrong")
        await hashing.fits(None, "wrong")
        hashing.close()

    asyncio.run(tried())
    assert len(verified) == 2 and len({one.rsplit("$", 2)[0] for one in verified}) == 1
