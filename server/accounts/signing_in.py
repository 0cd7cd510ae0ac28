"""Signing in, and the rates that make guessing hopeless.

    try ──▶ rate of the address ──▶ rate of the name ──▶ argon2 ──▶ right: what was taken is given back, a session
            (an IPv6 /64 is one)    (not from where this person                wrong: "the name or the password is wrong",
                                     has signed in before)                      in the same time whether there is the name or not

Who guesses at one name from everywhere can use up the name's rate; its owner still signs in from where they did before.
"""

from __future__ import annotations

import asyncio
import hmac
import math
from collections.abc import Callable, Coroutine
from ipaddress import IPv6Address, ip_address
from typing import Any

import structlog
from cachetools import LRUCache
from peewee import SqliteDatabase

from alerts.errors import (
    NameTakenError,
    NoSessionError,
    SetupCodeError,
    SignInRefusedError,
    StoreError,
    TooManySignInsError,
)
from server.accounts.passwords import Passwords, check_new
from server.accounts.sessions import Begun, Sessions
from server.api.rate import Rate
from server.audit import AuditAction
from server.hub import Hub
from server.store import audit, sessions
from server.store import people as rows
from server.store.codes import make_code, plain_code
from server.store.credentials import name_key
from server.store.people import PersonRow
from server.store.sessions import Session

_logger = structlog.get_logger("server.accounts")

NAMES_MAX = 10_000


class SigningIn:
    """How people get in. `before` is the secret of the cookie that a browser had, if any."""

    def __init__(self, hub: Hub, passwords: Passwords, sessions: Sessions, tries: Callable[[], Rate]) -> None:
        self._hub = hub
        self._passwords = passwords
        self._sessions = sessions
        self._by_address, self._by_name = tries(), tries()
        self._wrong: LRUCache[str, int] = LRUCache(NAMES_MAX)
        self._setup_code = make_code()
        self._noting: set[asyncio.Task[None]] = set()

    # -- with a password ----------------------------------------------------------------------------------------------

    async def sign_in(self, name: str, password: str, address: str, agent: str, before: str | None) -> Begun:
        """Raises SignInRefusedError, TooManySignInsError."""
        found = await self._hub.read(lambda db: rows.find(db, name))
        if not await self._is_right(name, found, address, lambda one: one.password, password):
            raise SignInRefusedError("the name or the password is wrong")
        assert found is not None, "nobody has no password"
        return await self._sessions.begin(found.name, address, agent, before)

    async def change_password(self, session: Session | None, old: str, new: str, address: str, agent: str) -> Begun:
        """Somebody who is signed in sets another password: all sessions end, and a new one begins.

        Raises NoSessionError, SignInRefusedError, TooManySignInsError, PasswordError.
        """
        if session is None:
            raise NoSessionError("a password is changed by who has signed in with it")
        name = session.credential.name
        check_new(new, name)
        found = await self._hub.read(lambda db: rows.person(db, name))
        if not await self._is_right(name, found, address, lambda one: one.password, old):
            raise SignInRefusedError("the present password is wrong")
        await self._set(
            name, await self._passwords.hash(new), lambda db, now, hashed: rows.set_password(db, name, hashed, now)
        )
        return await self._sessions.begin(name, address, agent, None)

    # -- with a code --------------------------------------------------------------------------------------------------

    async def accept(self, name: str, code: str, password: str, address: str, agent: str, before: str | None) -> Begun:
        """Somebody sets a password with an invitation. Raises InvitationInvalidError, PasswordError, TooManySignInsError."""
        found, now = await self._hub.read(lambda db: rows.find(db, name)), self._hub.now()

        def invitation(one: PersonRow) -> str | None:
            return one.invitation if rows.has_invitation(one, now) else None

        if not await self._is_right(name, found, address, invitation, plain_code(code)):
            raise rows.invitation_invalid()
        assert found is not None and found.invitation is not None, "it was right"
        known, stored = found.name, found.invitation
        check_new(password, known)
        hashed = await self._passwords.hash(password)
        await self._set(known, hashed, lambda db, now, hashed: rows.accept(db, known, stored, hashed, now))
        return await self._sessions.begin(known, address, agent, before)

    async def invitation(self) -> tuple[str, str]:
        """A new code, and its hash."""
        code = make_code()
        return code, await self._passwords.hash(plain_code(code))

    # -- the first account --------------------------------------------------------------------------------------------

    async def setup_code(self) -> str | None:
        """The code with which the first account is made; None: there is an account. Every start of the hub has another."""
        return None if await self._hub.read(rows.is_anybody) else self._setup_code

    async def first(
        self, code: str, name: str, password: str, language: str | None, address: str, agent: str, before: str | None
    ) -> Begun:
        """Make the first account and sign in. Raises NameTakenError, SetupCodeError, PasswordError, TooManySignInsError."""
        if await self.setup_code() is None:
            raise NameTakenError("the first account has been made; an administrator adds others")
        self._take(self._by_address, _network(address))
        if not hmac.compare_digest(plain_code(code), plain_code(self._setup_code)):
            raise SetupCodeError("this is not the setup code that the hub has printed at its last start")
        self._by_address.give_back(_network(address))
        check_new(password, name)
        hashed, now = await self._passwords.hash(password), self._hub.now()
        made = await self._hub.write(lambda db: rows.add_first(db, name, language, hashed, now))
        return await self._sessions.begin(made.name, address, agent, before)

    # -- guessing -----------------------------------------------------------------------------------------------------

    async def _is_right(
        self,
        name: str,
        found: PersonRow | None,
        address: str,
        secret_of: Callable[[PersonRow], str | None],
        given: str,
    ) -> bool:
        """Whether what was given fits; a wrong one counts against the address and the name."""
        key, network = name_key(name), _network(address)
        owner = found.name if found else name
        is_known = await self._hub.read(lambda db: sessions.is_known(db, owner, address))
        self._take(self._by_address, network)
        if not is_known:
            try:
                self._take(self._by_name, key)
            except TooManySignInsError:
                self._by_address.give_back(network)
                raise
        stored = secret_of(found) if found is not None and found.disabled_at is None else None
        if not await self._passwords.fits(stored, given):
            self._note_wrong(found, address)
            return False
        self._by_address.give_back(network)
        if not is_known:
            self._by_name.give_back(key)
        self._wrong.pop(key, None)
        return True

    def _take(self, rate: Rate, what: str) -> None:
        wait = rate.take(what, self._hub.clock.monotonic())
        if wait is not None:
            raise TooManySignInsError(math.ceil(wait))

    def _note_wrong(self, found: PersonRow | None, address: str) -> None:
        """Note the 1st, 2nd, 4th, 8th, … wrong try at a name in a row; a name that is nobody's may be a password: it is not told.

        The answer does not wait for the note: it would come later for a name that there is.
        """
        _logger.warning("a sign-in was refused", person=found.name if found else None, address=address)
        if found is None:
            return
        key = name_key(found.name)
        count = self._wrong[key] = self._wrong.get(key, 0) + 1
        if count & (count - 1) == 0:
            task = asyncio.get_running_loop().create_task(self._note_refused(found.name, count, address))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

    async def _note_refused(self, name: str, tries: int, address: str) -> None:
        now, action = self._hub.now(), AuditAction.SESSION_REFUSED
        try:
            await self._hub.write(lambda db: audit.note(db, now, name, action, name, tries=tries, address=address))
        except StoreError as error:
            _logger.error("a refused sign-in could not be noted", error=str(error))

    async def finish(self) -> None:
        """Write what is to be noted."""
        if self._noting:
            await asyncio.wait(set(self._noting))

    def _set(
        self, name: str, hashed: str, work: Callable[[SqliteDatabase, int, str], object]
    ) -> Coroutine[Any, Any, None]:
        """Store a new password, and end all sessions with the old one."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            work(db, now, hashed)
            sessions.end_all(db, name, now, name, "the password was changed")

        return self._hub.write(job)


def _network(address: str) -> str:
    """What counts as one address: of IPv6 what one household has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(parsed) >> 64 << 64)) if isinstance(parsed, IPv6Address) else address
