"""`/v1/templates`: alerts for the common cases, with blanks to fill."""

from __future__ import annotations

import re

from server.api.handler import ApiHandler
from server.api.operation import APPROVERS, PUBLISHERS, Answer, Body, operation
from server.api.templates_types import TemplateAnswer, TemplateBody, TemplateList

TAG = "templates"


class TemplatesHandler(ApiHandler):
    """All templates."""

    @operation(
        summary="List templates",
        roles=PUBLISHERS,
        answers={200: Answer("All templates, by name.", TemplateList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """Those that came with the program, and those that were written here."""
        found = await self.api.ops.templates.all()
        self.answer(TemplateList(templates=tuple(TemplateAnswer.of(one) for one in found)))


class TemplateHandler(ApiHandler):
    """One template."""

    @operation(
        summary="Fetch a template",
        roles=PUBLISHERS,
        answers={200: Answer("The template.", TemplateAnswer)},
        problems=("unknown-template",),
        tag=TAG,
    )
    async def get(self, template: str) -> None:
        """A template by its name."""
        self.answer(TemplateAnswer.of(await self.api.ops.templates.one(template)))

    @operation(
        summary="Write a template",
        roles=APPROVERS,
        body=Body(TemplateBody),
        answers={200: Answer("The template.", TemplateAnswer)},
        problems=("body-invalid", "content-invalid"),
        tag=TAG,
    )
    async def put(self, template: str) -> None:
        """Make or change one. One that came with the program is not lost: removing what was written here brings it back."""
        if not (len(template) <= 64 and re.fullmatch(r"[a-z0-9][a-z0-9-]*", template)):
            problem = "a template's name is lower-case letters, digits and hyphens, at most 64"
            self.refuse("content-invalid", problem, violations=[{"path": "name", "problem": problem}])
        body = self.read_body(TemplateBody).body()
        self.answer(TemplateAnswer.of(await self.api.ops.templates.put(template, body, self.credential)))

    @operation(
        summary="Remove a template",
        roles=APPROVERS,
        answers={204: Answer("It is gone; one that came with the program is as it came.")},
        problems=("unknown-template",),
        tag=TAG,
    )
    async def delete(self, template: str) -> None:
        """Forget what was written here."""
        await self.api.ops.templates.remove(template, self.credential)
        self.set_status(204)
