"""The sessions of people who signed in: begun, found by their cookie, ended."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SqliteDatabase
from tornado.httputil import HTTPHeaders

from alerts.errors import StoreError
from server.accounts import cookies
from server.hub import Credential, Hub
from server.settings import Settings
from server.store import sessions as rows
from server.store.credentials import make_secret
from server.store.sessions import Lives, Session

SEEN_EVERY_S = 60
"""How often it is written that a session is in use, at most: so idle ends by up to so much too early."""
FORGOTTEN_EVERY_S = 3600


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: its secret is the cookie's, and shown this once."""

    secret: str
    session: Session


class Sessions:
    """The sessions of a hub. Raises StoreError."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._settings = settings
        self.lives = Lives(settings.session_idle_seconds, settings.session_seconds)
        self._forgotten_at = 0

    async def begin(self, name: str, address: str, agent: str, before: str | None) -> Begun:
        """A session of somebody who was let in, always under a new secret; the one that the browser had before ends."""
        secret, now = make_secret(), self._hub.now()

        def job(db: SqliteDatabase) -> None:
            rows.begin(db, name, secret, now, address, agent)
            old = rows.find(db, before, now, self.lives) if before else None
            if old is not None:
                rows.end(db, old.id, now, old.credential.name)
            if now - self._forgotten_at >= FORGOTTEN_EVERY_S:
                rows.forget_old(db, now)

        await self._hub.write(job)
        self._forgotten_at = now
        session = await self._hub.read(lambda db: rows.find(db, secret, now, self.lives))
        if session is None:
            raise StoreError("the session ended while it began")
        return Begun(secret, session)

    async def find(self, secret: str) -> Session | None:
        """The session of a cookie, which is in use by being asked for; None: there is none that holds."""
        now = self._hub.now()
        session = await self._hub.read(lambda db: rows.find(db, secret, now, self.lives))
        if session is not None and now - session.seen_at >= SEEN_EVERY_S:
            await self._hub.write(lambda db: rows.seen(db, session.id, now))
        return session

    async def of_request(self, headers: HTTPHeaders) -> tuple[str, Session] | None:
        """The secret and the session of a request's cookie. None: it has no cookie, or one that no longer holds.

        A socket must besides check the Origin: a browser sends the cookie whatever page opens it.
        """
        secret = cookies.read(headers, self._settings)
        session = await self.find(secret) if secret else None
        return (secret, session) if secret and session else None

    async def credential(self, secret: str) -> Credential | None:
        """Who has a session, as it is now."""
        session = await self.find(secret)
        return None if session is None else session.credential

    async def running(self, name: str) -> list[Session]:
        """Somebody's sessions, the newest first."""
        now = self._hub.now()
        return await self._hub.read(lambda db: rows.running(db, name, now, self.lives))

    async def end(self, session: Session) -> None:
        """Its owner signs out."""
        now = self._hub.now()
        await self._hub.write(lambda db: rows.end(db, session.id, now, session.credential.name))

    async def end_all(self, name: str, by: str, why: str, *, but: int | None = None) -> int:
        """End somebody's sessions; how many."""
        now = self._hub.now()
        return await self._hub.write(lambda db: rows.end_all(db, name, now, by, why, but=but))
