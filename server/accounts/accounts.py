"""What a hub has of people: their accounts, how they sign in, their sessions."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.passwords import Passwords
from server.accounts.people import People
from server.accounts.sessions import Sessions
from server.accounts.signing_in import SigningIn
from server.api.rate import Rate
from server.hub import Hub
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Accounts:
    """The parts, each of which stands on those before it."""

    passwords: Passwords
    sessions: Sessions
    signing_in: SigningIn
    people: People

    @classmethod
    def of(cls, hub: Hub, settings: Settings) -> Accounts:
        """For a hub."""
        limits = settings.limits
        passwords, sessions = Passwords(), Sessions(hub, settings)
        signing_in = SigningIn(
            hub, passwords, sessions, lambda: Rate(limits.sign_in_tries_per_second, limits.sign_in_tries_burst)
        )
        return cls(passwords, sessions, signing_in, People(hub, signing_in, sessions))

    async def stop(self) -> None:
        """Finish what has begun."""
        await self.signing_in.finish()
        self.passwords.close()
