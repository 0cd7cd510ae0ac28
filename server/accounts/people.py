"""The accounts of people, as an administrator has them in hand."""

from __future__ import annotations

from server.accounts.sessions import Sessions
from server.accounts.signing_in import SigningIn
from server.hub import Hub, Role
from server.store import people as rows
from server.store.people import PersonChange, PersonRow


class People:
    """The people of a hub. `by` is who decides. Raises besides StoreError what its methods say."""

    def __init__(self, hub: Hub, signing_in: SigningIn, sessions: Sessions) -> None:
        self._hub = hub
        self._signing_in = signing_in
        self._sessions = sessions

    async def all(self) -> list[PersonRow]:
        """All, by name."""
        return await self._hub.read(rows.people)

    async def one(self, name: str) -> PersonRow:
        """Raises UnknownPersonError."""
        return await self._hub.read(lambda db: rows.person(db, name))

    async def add(
        self, name: str, role: Role, areas: tuple[str, ...], language: str | None, *, by: str
    ) -> tuple[PersonRow, str]:
        """A new account, and the code with which its owner sets a password. Raises NameTakenError, UnknownAreaError."""
        code, hashed = await self._signing_in.invitation()
        now = self._hub.now()
        return await self._hub.write(lambda db: rows.add(db, name, role, areas, language, hashed, now, by)), code

    async def change(self, name: str, wanted: PersonChange, *, by: str) -> PersonRow:
        """Raises UnknownPersonError, UnknownAreaError, LastAdministratorError."""
        now = self._hub.now()
        return await self._hub.write(lambda db: rows.change(db, name, wanted, now, by))

    async def invite(self, name: str, *, by: str) -> tuple[PersonRow, str]:
        """Take the password away, and give a code with which to set another. Raises UnknownPersonError."""
        code, hashed = await self._signing_in.invitation()
        now = self._hub.now()
        return await self._hub.write(lambda db: rows.invite(db, name, hashed, now, by)), code

    async def sign_out(self, name: str, *, by: str) -> int:
        """End somebody's sessions; how many. Raises UnknownPersonError."""
        found = await self.one(name)
        return await self._sessions.end_all(found.name, by, "an administrator signed them out")
