"""Templates: alerts for the common cases, with blanks in words. Those that came with the program are files beside this one; one
of the same name that was written here takes its place, and removing that brings the file's back."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from alerts.errors import UnknownTemplateError
from server.audit import AuditAction
from server.hub import Credential, Hub
from server.store import audit
from server.store.models_drafts import TemplateRow

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    """A template. `body` is as the API answers it; `changed_by` None: it came with the program."""

    name: str
    body: dict[str, Any]
    changed_by: str | None = None
    changed_at: int | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether one of this name came with the program, be this that or what was written in its place."""
        return self.name in shipped()


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Name → body of those that came with the program."""
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.toml"))}


class TemplateLibrary:
    """The templates of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def all(self) -> list[Template]:
        """All, by name."""
        own = await self._hub.read(_own)
        found = {name: Template(name, body) for name, body in shipped().items()} | own
        return [found[name] for name in sorted(found)]

    async def one(self, name: str) -> Template:
        """Raises UnknownTemplateError."""
        found = next((one for one in await self.all() if one.name == name), None)
        if found is None:
            raise UnknownTemplateError(f"there is no template {name[:80]!r}")
        return found

    async def put(self, name: str, body: dict[str, Any], by: Credential) -> Template:
        """Write one, in the place of any of that name."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            text = json.dumps(body, ensure_ascii=False)
            TemplateRow.delete().where(TemplateRow.name == name).execute(db)
            TemplateRow.insert(name=name, body=text, changed_by=by.name, changed_at=now).execute(db)
            audit.note(db, now, by.name, AuditAction.TEMPLATE_CHANGED, name)

        await self._hub.write(job)
        return Template(name, body, by.name, now)

    async def remove(self, name: str, by: Credential) -> None:
        """Forget what was written here. Raises UnknownTemplateError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            if not TemplateRow.delete().where(TemplateRow.name == name).execute(db):
                raise UnknownTemplateError(f"no template {name[:80]!r} was written here")
            audit.note(db, now, by.name, AuditAction.TEMPLATE_REMOVED, name)

        await self._hub.write(job)


def _own(db: SqliteDatabase) -> dict[str, Template]:
    rows = TemplateRow.select().execute(db)
    return {row.name: Template(row.name, json.loads(row.body), row.changed_by, row.changed_at) for row in rows}
