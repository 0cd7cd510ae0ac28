"""The rules of a hub: written, changed, removed, and what each would do. What they did stands in the store under each wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from peewee import SqliteDatabase

from alerts.errors import RuleError
from server.audit import HUB, AuditAction
from server.hub import Hub
from server.ops import message
from server.ops.facts import Facts
from server.ops.rules import AlertMatch, ContactFacts, Decision, Rule, check, decide, from_json, to_json
from server.store import audit, escalations
from server.store import contacts as contact_rows
from server.store import rules as rule_rows
from server.store.contacts import Contact
from server.store.escalations import StepRecord, TellingRecord
from server.store.records import StoredAlert
from server.store.rules import RuleRecord


@dataclass(frozen=True, slots=True)
class WouldTell:
    """One contact that a step would tell now, as what, and in which words."""

    contact: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class WouldDo:
    """What a step would do if it were due now."""

    step: int
    due_at: int
    decision: Decision
    tells: tuple[WouldTell, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would do about an alert. `why_not`: why it does nothing at all, or None."""

    why_not: str | None
    steps: tuple[WouldDo, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A step with its contacts, under the wording of the rule that it is of."""

    rule: RuleRecord
    step: StepRecord
    tellings: list[TellingRecord] = field(default_factory=list)


class RuleBook:
    """The rules of one hub. `changed` is called after each change."""

    def __init__(self, hub: Hub, facts: Facts, changed: Callable[[], None] = lambda: None) -> None:
        self._hub = hub
        self._facts = facts
        self._changed = changed

    async def all(self) -> list[RuleRecord]:
        """Those that hold, by name, be they on or off."""
        return await self._hub.read(rule_rows.rules)

    async def one(self, name: str) -> RuleRecord:
        """Raises UnknownRuleError."""
        return await self._hub.read(lambda db: rule_rows.rule(db, name))

    async def add(self, name: str, rule: Rule, by: str) -> RuleRecord:
        """Raises RuleError, NameTakenError."""
        spec, now = to_json(checked(rule)), self._hub.now()

        def job(db: SqliteDatabase) -> RuleRecord:
            audit.note(db, now, by, AuditAction.RULE_CHANGED, name, rule=spec)
            return rule_rows.add_rule(db, name, spec, by, now)

        record = await self._hub.write(job)
        self._changed()
        return record

    async def change(self, name: str, rule: Rule, by: str) -> RuleRecord:
        """Another wording: what is open under the one before is stopped. Raises RuleError, UnknownRuleError."""
        spec, now = to_json(checked(rule)), self._hub.now()

        def job(db: SqliteDatabase) -> RuleRecord:
            audit.note(db, now, by, AuditAction.RULE_CHANGED, name, rule=spec)
            return rule_rows.change_rule(db, name, spec, by, now)

        record = await self._hub.write(job)
        self._changed()
        return record

    async def switch(self, name: str, by: str, *, is_on: bool) -> RuleRecord:
        """Off: what is open under the rule is stopped, and nothing begins. On: it begins as if it were added, so steps whose time
        has come meanwhile are left out. Raises UnknownRuleError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> RuleRecord:
            found = rule_rows.rule(db, name)
            if (found.off_at is None) != is_on:
                audit.note(db, now, by, AuditAction.RULE_CHANGED, name, enabled=is_on)
            return rule_rows.switch_rule(db, name, by, now, is_on=is_on)

        record = await self._hub.write(job)
        self._changed()
        return record

    async def remove(self, name: str, by: str = HUB) -> None:
        """The rule holds no more; what is open under it is stopped. Raises UnknownRuleError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            rule_rows.end_rule(db, name, now)
            audit.note(db, now, by, AuditAction.RULE_REMOVED, name)

        await self._hub.write(job)
        self._changed()

    async def dry_run(self, rule: Rule, stored: StoredAlert, *, is_on: bool = True) -> DryRun:
        """What a rule would do about an alert, with the figures as they are now. Nothing is sent, nothing is written."""
        if not isinstance(rule.when, AlertMatch):
            raise RuleError("the rule is about silence, not about alerts", "silence")
        if not self._facts.matches(rule.when, stored):
            return DryRun("the rule is not about this alert", ())
        over = await self._hub.read(lambda db: escalations.why_over(db, stored.number, self._hub.now()))
        contacts = await self._hub.read(contact_rows.contacts)
        devices = await self._facts.devices(stored.number)
        steps = []
        for number, step in enumerate(rule.steps):
            decision = decide(rule, step, devices, [facts_of(one) for one in contacts], stored.audience)
            due_at = stored.published_at + step.after_s
            languages = {one.name: one.language for one in contacts}
            tells = tuple(
                WouldTell(
                    telling.contact,
                    str(telling.target.whom),
                    message.tell(
                        message.words_of(stored.alert, languages[telling.contact]),
                        step,
                        telling.figures,
                        age_s=max(step.after_s, self._hub.now() - stored.published_at),
                        late_s=0,
                    ),
                )
                for telling in decision.tellings
            )
            steps.append(WouldDo(number, due_at, decision, tells))
        return DryRun(over if is_on else "the rule is off", tuple(steps))

    async def done_for(self, alert: int) -> list[Done]:
        """What all rules did about an alert, in the order in which it was due."""
        return await self._done(await self._hub.read(lambda db: escalations.steps_of_alert(db, alert)))

    async def done_by(self, name: str, limit: int) -> list[Done]:
        """What a rule did last, the newest last. Raises UnknownRuleError: there was never one of this name."""
        found = await self._hub.read(lambda db: escalations.steps_of_rule(db, name, limit))
        if not found:
            await self.one(name)
        return await self._done(found)

    async def _done(self, found: list[tuple[StepRecord, list[TellingRecord]]]) -> list[Done]:
        ids = sorted({step.rule for step, _ in found})
        wordings = await self._hub.read(lambda db: rule_rows.wordings(db, ids))
        return [Done(wordings[step.rule], step, tellings) for step, tellings in found]


def checked(rule: Rule) -> Rule:
    """A rule that makes sense, in its own texts too. Raises RuleError."""
    for at, step in enumerate(check(rule).steps):
        if problem := message.check_text(step.text):
            raise RuleError(problem, f"steps[{at}].text")
    return rule


def rule_of(record: RuleRecord) -> Rule:
    """The rule that a wording says."""
    return from_json(record.spec)


def facts_of(contact: Contact) -> ContactFacts:
    """A contact without its address."""
    return ContactFacts(contact.name, contact.roles, contact.areas)
