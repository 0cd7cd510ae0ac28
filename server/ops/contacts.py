"""Whom rules can tell: contacts, each with an Apprise address, and which services such an address may be of.

An address is a secret (it holds a gateway's key, and somebody's number): it goes in, is used to send, and is never shown again,
neither in an answer nor in a log. And it makes the hub ask another machine, so its service must be among the setting
`contact_services`: by default those that send to a provider's own address, and mail.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from dataclasses import replace

from peewee import SqliteDatabase

from alerts.errors import ContactError
from server.audit import HUB, AuditAction
from server.hub import Hub
from server.ops.contact_services import allowed
from server.ops.gateway import Gateway, GatewayOutcome
from server.store import audit
from server.store import contacts as contact_rows
from server.store.contacts import Contact

URL_CHARS_MAX = 2048
_SCHEME = re.compile(r"([A-Za-z0-9]{1,32})://\S", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_service(url: str, services: Collection[str]) -> str:
    """The service of an address. Raises ContactError, which says nothing of the rest: it is none, or of one not allowed."""
    found = _SCHEME.match(url)
    if found is None or len(url) > URL_CHARS_MAX or _CONTROL.search(url):
        raise ContactError(
            f"the address is no Apprise URL (service://…, at most {URL_CHARS_MAX} characters); "
            "see https://github.com/caronc/apprise for how each service writes it"
        )
    service = found[1].lower()
    if service not in services:
        hint = (
            " (write https addresses of a service in its own form, like slack://…)"
            if service.startswith("http")
            else ""
        )
        raise ContactError(
            f"the service {service} is not among the setting contact_services{hint}; name it there if the hub may use it"
        )
    return service


class Contacts:
    """The contacts of a hub. Raises besides StoreError what its methods say."""

    def __init__(self, hub: Hub, gateway: Gateway, services: Collection[str]) -> None:
        self._hub = hub
        self._gateway = gateway
        self.services = allowed(services)

    async def all(self) -> list[Contact]:
        """All, by name."""
        return await self._hub.read(contact_rows.contacts)

    async def one(self, name: str) -> Contact:
        """Raises UnknownContactError."""
        return await self._hub.read(lambda db: contact_rows.contact(db, name))

    async def add(self, new: Contact, by: str = HUB) -> Contact:
        """Raises ContactError, NameTakenError, UnknownAreaError."""
        await self._check(new.url)
        now = self._hub.now()
        made = replace(new, made_at=now, changed_at=now)

        def job(db: SqliteDatabase) -> None:
            contact_rows.add_contact(db, made)
            said = {"roles": made.roles, "areas": made.areas, "language": made.language}
            audit.note(db, now, by, AuditAction.CONTACT_ADDED, made.name, **said)

        await self._hub.write(job)
        return made

    async def change(
        self,
        name: str,
        *,
        url: str | None = None,
        roles: tuple[str, ...] | None = None,
        areas: tuple[str, ...] | None = None,
        language: str | None = None,
        by: str = HUB,
    ) -> Contact:
        """Change what is not None. Raises UnknownContactError, ContactError, UnknownAreaError."""
        if url is not None:
            await self._check(url)
        changes = {"url": url, "roles": roles, "areas": areas, "language": language}
        said = {key: value for key, value in changes.items() if value is not None}
        before = await self.one(name)
        changed = replace(before, **said, changed_at=self._hub.now())  # type: ignore[arg-type]
        noted = {key: "changed" if key == "url" else value for key, value in said.items()}

        def job(db: SqliteDatabase) -> None:
            contact_rows.change_contact(db, changed)
            audit.note(db, changed.changed_at, by, AuditAction.CONTACT_CHANGED, name, **noted)

        await self._hub.write(job)
        return changed

    async def remove(self, name: str, by: str = HUB) -> None:
        """Forget one. Rules that name it tell it no more, and say so. Raises UnknownContactError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            contact_rows.remove_contact(db, name)
            audit.note(db, now, by, AuditAction.CONTACT_REMOVED, name)

        await self._hub.write(job)

    async def test(self, name: str) -> GatewayOutcome:
        """Send a message that says that it is a test. Raises UnknownContactError, ContactError."""
        found = await self.one(name)
        check_service(found.url, self.services)
        text = f"TEST. This is a test of how Tocsin reaches {name}; there is no alert and nothing to do."
        return await self._gateway.send(found.url, "Tocsin: TEST", text)

    async def _check(self, url: str) -> None:
        check_service(url, self.services)
        problem = await asyncio.to_thread(self._gateway.problem_of, url)
        if problem:
            raise ContactError(problem)
