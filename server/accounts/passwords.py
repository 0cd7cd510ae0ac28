"""Passwords: hashed with argon2id (RFC 9106), in threads of their own, a bounded number at a time.

A hash takes some 100 ms of a processor and 64 MiB: `WORKERS` bounds both, and whoever comes when `WAITING_MAX` wait is told to
come back. What lies before this in the way of a guesser is the rate limit (server/accounts/signing_in.py).
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from alerts.errors import PasswordError, TooManySignInsError

CHARS_MIN = 12
CHARS_MAX = 256
WORKERS = 2
WAITING_MAX = 30
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""RFC 9106 §4, the second recommended option, on one lane: a sign-in has one processor to itself."""

Result = TypeVar("Result")


def check_new(password: str, name: str) -> None:
    """That a password may be somebody's new one. Raises PasswordError.

    Length is what makes guessing hard (NIST SP 800-63B §3.1.1.2): no kinds of characters are asked for.
    """
    plain = _normal(password)
    if len(plain) < CHARS_MIN:
        raise PasswordError(
            f"the password has {len(plain)} characters; at least {CHARS_MIN} are needed, like four words"
        )
    if len(password) > CHARS_MAX:
        raise PasswordError(f"the password has {len(password)} characters; at most {CHARS_MAX} are taken")
    if _normal(name).casefold() in (plain.casefold(), plain[::-1].casefold()):
        raise PasswordError("the password is the name; choose another")
    if len(set(plain)) < 4:
        raise PasswordError("the password repeats a few characters; choose another, like four words")


class Passwords:
    """The threads that hash. Raises TooManySignInsError: too many wait."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self.hasher = hasher or HASHER
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """What is stored of a password, or of a code."""
        return await self._in_pool(lambda: self.hasher.hash(_normal(password)))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether a password is the one that was stored; None (there is none) takes as long as one that is wrong."""
        return await self._in_pool(lambda: self._fits(stored, password))

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fits(self, stored: str | None, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self.hasher.hash("nobody has this password")
        try:
            self.hasher.verify(stored or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    async def _in_pool(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING_MAX:
            raise TooManySignInsError(5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def _normal(text: str) -> str:
    """One form for what is typed on different keyboards."""
    return unicodedata.normalize("NFKC", text)
