"""Templates as the API takes and answers them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from alerts.cap.terms import Category, Certainty, ResponseType, Severity, Urgency
from server.api.types import Asked, LanguageTag, Moment, QuestionBody, Said, maybe_time_of
from server.ops.template_library import Template

LANGUAGES_MAX, BLANKS_MAX = 20, 30
Line = Annotated[str, StringConstraints(max_length=500)]
Text = Annotated[str, StringConstraints(max_length=10_000)]
BlankName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
InLanguages = Annotated[dict[LanguageTag, Line], Field(max_length=LANGUAGES_MAX)]


class TemplateText(Asked):
    """What an alert says in one language. {name} stands for the blank of that name."""

    event: Line
    headline: Line = ""
    description: Text = ""
    instruction: Text = ""


class TemplateBody(Asked):
    """A template: what an alert of this kind says, and how CAP grades it."""

    title: InLanguages
    """What it is called, in each language."""
    category: tuple[Category, ...] = Field(default=(), max_length=12)
    response_type: tuple[ResponseType, ...] = Field(default=(), max_length=9)
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    holds_hours: int = Field(ge=1, le=366 * 24, strict=True)
    """For how long such an alert holds, in hours."""
    blanks: dict[BlankName, InLanguages] = Field(default_factory=dict, max_length=BLANKS_MAX)
    """What is to be filled in: the blank's name -> what to ask, in each language."""
    text: dict[LanguageTag, TemplateText] = Field(min_length=1, max_length=LANGUAGES_MAX)
    question: QuestionBody | None = None

    def body(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json", exclude_none=True)


class TemplateAnswer(TemplateBody, Said):
    """A template."""

    name: str
    changed_by: str | None
    """Who wrote it here; null: it came with the program."""
    changed_at: Moment | None
    shipped: bool
    """Whether one of this name came with the program: removing what was written here brings that back."""

    @classmethod
    def of(cls, template: Template) -> TemplateAnswer:
        """From the library's."""
        about = {
            "name": template.name,
            "changed_by": template.changed_by,
            "changed_at": maybe_time_of(template.changed_at),
            "shipped": template.is_shipped,
        }
        return cls.model_validate({**template.body, **about})


class TemplateList(Said):
    """All templates, by name."""

    templates: tuple[TemplateAnswer, ...]
