"""Rules and what they did, as the API takes and answers them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from alerts.cap.terms import Category, Certainty, Severity, Status, Urgency
from server.api.types import AreaCode, Asked, ContactName, Moment, RoleName, Said, time_of
from server.ops import message
from server.ops.rule_text import TEXT_CHARS_MAX as RULE_CHARS_MAX
from server.ops.rule_text import parse, write
from server.ops.rulebook import Done, DryRun, WouldDo, rule_of
from server.ops.rules import (
    AFTER_SECONDS_MAX,
    MATCHED_MAX,
    STEPS_MAX,
    TARGETS_MAX,
    TEXT_CHARS_MAX,
    Act,
    Figures,
    Rule,
    from_json,
    to_json,
)
from server.store.escalations import STEP_STATES, TELLING_STATES, StepState, TellingRecord, TellingState
from server.store.rules import RuleRecord

Word = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=r"^[^\s\x00-\x1f\x7f-\xa0]([^\x00-\x1f\x7f-\xa0]*[^\s\x00-\x1f\x7f-\xa0])?$",
    ),
]


def _of_a_text(text: str) -> str:
    if problem := message.check_text(text):
        raise ValueError(problem)
    return text


class UnlessBody(Asked):
    """A step is not carried out once this share of the addressed devices has acted."""

    act: Act
    """What devices are waited for; each act includes those after it in the list."""
    percent: int = Field(ge=1, le=100, strict=True)


class TargetBody(Asked):
    """Whom to tell: exactly one of these."""

    contact: ContactName | None = None
    """The contact of this name."""
    role: RoleName | None = None
    """The contacts of this role in whose areas too few devices have acted; each is told of the devices there."""
    supervisor: Annotated[bool, Field(strict=True)] = False
    """The supervisors of the devices that have not acted; each is told of their own."""

    @model_validator(mode="after")
    def _is_one(self) -> TargetBody:
        if (self.contact is not None) + (self.role is not None) + self.supervisor != 1:
            raise ValueError("name one of contact, role and supervisor")
        return self


class StepBody(Asked):
    """So long after the alert was published (or the silence began), tell these."""

    after_seconds: int = Field(ge=0, le=AFTER_SECONDS_MAX, strict=True)
    unless: UnlessBody | None = None
    """Null: in any case."""
    tell: tuple[TargetBody, ...] = Field(min_length=1, max_length=TARGETS_MAX)
    text: Annotated[str, Field(max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00-\x1f]*$"), AfterValidator(_of_a_text)] = (
        Field(
            default="",
            description="What to say in the place of the usual words, in one line. In braces: "
            + "; ".join(f"{{{name}}} {meaning}" for name, meaning in message.PLACES.items())
            + ".",
        )
    )


class WhenBody(Asked):
    """Which alerts. What is null or empty does not matter; severity, urgency and certainty mean at least so grave, so soon, so
    sure."""

    severity: Severity | None = None
    urgency: Urgency | None = None
    certainty: Certainty | None = None
    status: tuple[Status, ...] = Field(default=(Status.ACTUAL,), min_length=1, max_length=len(Status))
    """An alert of another status than Actual reaches a contact only by a rule that names it, and its text begins with that
    word."""
    category: tuple[Category, ...] = Field(default=(), max_length=len(Category))
    event: tuple[Word, ...] = Field(default=(), max_length=MATCHED_MAX)
    """Words, any of which stands in the event."""
    areas: tuple[AreaCode, ...] = Field(default=(), max_length=MATCHED_MAX)
    """The alert is for somebody in one of these areas, and only the devices in them count."""


class SilenceBody(Asked):
    """Which silences: of an `area` (or below it), of a `source`, or of `anything`; `names` empty means any."""

    of: Literal["area", "source", "anything"]
    names: tuple[Word, ...] = Field(default=(), max_length=MATCHED_MAX)


class RuleSpec(Asked):
    """A rule, either as one line (`rule`), or as `when` or `silence` with `steps`."""

    rule: str | None = Field(default=None, max_length=RULE_CHARS_MAX)
    """Like: Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor"""
    when: WhenBody | None = None
    silence: SilenceBody | None = None
    steps: tuple[StepBody, ...] = Field(default=(), max_length=STEPS_MAX)

    @model_validator(mode="after")
    def _is_said_once(self) -> RuleSpec:
        if self.rule is not None:
            if self.when is not None or self.silence is not None or self.steps:
                raise ValueError("the rule stands in `rule` and beside it; which is meant?")
        elif not self.steps:
            raise ValueError("give the rule as one line in `rule`, or `steps` with `when` or `silence`")
        elif self.when is not None and self.silence is not None:
            raise ValueError("a rule is about alerts (`when`) or about silence (`silence`), not about both")
        return self

    def to_rule(self) -> Rule:
        """The rule that is meant. Raises RuleError."""
        if self.rule is not None:
            return parse(self.rule)
        return from_json(self.model_dump(mode="json", exclude_none=True, exclude={"rule"}))


class RuleBody(RuleSpec):
    """A new rule."""

    name: ContactName


class RuleSwitch(Asked):
    """Whether a rule is to be on."""

    enabled: bool = Field(strict=True)
    """Off, it tells nobody, and what is open under it is stopped. On again, it begins as if it were added."""


class RuleAnswer(Said):
    """A rule."""

    name: str
    rule: str
    """The rule in one line."""
    when: dict[str, Any] | None
    silence: dict[str, Any] | None
    steps: tuple[dict[str, Any], ...]
    made_by: str
    """The token that said it so."""
    made_at: Moment
    """Since when it says so, or is on again. It is about alerts that are in force, but for steps whose time had come by then."""
    enabled: bool
    """Whether it is on."""

    @classmethod
    def of(cls, record: RuleRecord) -> RuleAnswer:
        """From the store's."""
        said = to_json(rule_of(record))
        return cls(
            name=record.name,
            rule=write(rule_of(record)),
            when=said.get("when"),
            silence=said.get("silence"),
            steps=tuple(said["steps"]),
            made_by=record.made_by,
            made_at=time_of(record.made_at),
            enabled=record.off_at is None,
        )


class RuleList(Said):
    """The rules that hold, by name."""

    rules: tuple[RuleAnswer, ...]


# -- what would be done -----------------------------------------------------------------------------------------------


class DryRunBody(Asked):
    """An alert to try a rule on."""

    alert: str = Field(min_length=1, max_length=2000)
    """Its number, identity or identifier."""
    rule: str | None = Field(default=None, max_length=RULE_CHARS_MAX)
    """What to try in the place of what the rule says, in one line; then there need be no rule of that name yet."""


class FiguresAnswer(Said):
    """How many devices count, and how many of them have not acted."""

    addressed: int
    lacking: int

    @classmethod
    def of(cls, figures: Figures) -> FiguresAnswer:
        """From the rule's."""
        return cls(addressed=figures.addressed, lacking=figures.lacking)


class WouldTellAnswer(Said):
    """Somebody who would be told."""

    contact: str
    target: str
    """As what: contact, role or supervisor."""
    text: str


class WouldDoAnswer(Said):
    """What a step would do if it were due now."""

    step: int
    due_at: Moment
    figures: FiguresAnswer
    is_reached: bool
    """Enough devices have acted: nobody would be told."""
    tell: tuple[WouldTellAnswer, ...]
    nobody_for: tuple[str, ...]
    """What there is no contact for."""

    @classmethod
    def of(cls, one: WouldDo) -> WouldDoAnswer:
        """From the rule book's."""
        return cls(
            step=one.step + 1,
            due_at=time_of(one.due_at),
            figures=FiguresAnswer.of(one.decision.figures),
            is_reached=one.decision.is_reached,
            tell=tuple(WouldTellAnswer(contact=two.contact, target=two.target, text=two.text) for two in one.tells),
            nobody_for=one.decision.nobody_for,
        )


class DryRunAnswer(Said):
    """Who would be told of the alert, when, and in which words, with the figures as they are now. Nothing was sent."""

    why_not: str | None
    """Why the rule does nothing about this alert: it is off, or about others, or the alert is over."""
    steps: tuple[WouldDoAnswer, ...]

    @classmethod
    def of(cls, run: DryRun) -> DryRunAnswer:
        """From the rule book's."""
        return cls(why_not=run.why_not, steps=tuple(WouldDoAnswer.of(one) for one in run.steps))


# -- what was done ----------------------------------------------------------------------------------------------------


class TellingAnswer(Said):
    """One contact that a step told, or has still to tell."""

    contact: str
    target: str
    """As what: contact, role or supervisor."""
    state: TellingState = Field(description="\n".join(f"- `{state}`: {said}" for state, said in TELLING_STATES.items()))
    tries: int
    """How often the gateway was asked."""
    may_have_arrived_twice: bool
    """A sending had begun, and it is not known whether it went out: it was, or will be, sent once more."""
    text: str | None
    """What went out last. Null where nothing did, or where the token is bound to areas."""
    words: str
    next_at: Moment | None
    """When it is tried (again)."""
    changed_at: Moment
    """When it came into this state."""

    @classmethod
    def of(cls, one: TellingRecord, *, with_text: bool) -> TellingAnswer:
        """From the store's."""
        is_open = one.state in (TellingState.WAITING, TellingState.FAILED)
        return cls(
            contact=one.contact,
            target=one.target,
            state=one.state,
            tries=one.tries,
            may_have_arrived_twice=one.is_uncertain,
            text=one.text or None if with_text else None,
            words=one.words,
            next_at=time_of(one.next_at) if is_open else None,
            changed_at=time_of(one.changed_at),
        )


class DoneAnswer(Said):
    """A step of a rule for one alert or silence, and whom it told."""

    rule: str
    """The rule's name."""
    alert: int | None
    """The alert's number."""
    silence: int | None
    """The silence's id."""
    step: int
    due_at: Moment
    state: StepState = Field(description="\n".join(f"- `{state}`: {said}" for state, said in STEP_STATES.items()))
    words: str
    changed_at: Moment
    """When it came into this state."""
    told: tuple[TellingAnswer, ...]

    @classmethod
    def of(cls, done: Done, *, with_text: bool) -> DoneAnswer:
        """From the rule book's."""
        step = done.step
        return cls(
            rule=done.rule.name,
            alert=step.subject.alert or None,
            silence=step.subject.silence or None,
            step=step.step + 1,
            due_at=time_of(step.due_at),
            state=step.state,
            words=step.words,
            changed_at=time_of(step.changed_at),
            told=tuple(TellingAnswer.of(one, with_text=with_text) for one in done.tellings),
        )


class RuleLogQuery(Asked):
    """How many to list."""

    limit: int = Field(default=100, ge=1, le=1000)
    """How many steps at most, the newest."""


class EscalationList(Said):
    """Who was told what, in the order in which it was due."""

    escalations: tuple[DoneAnswer, ...]
