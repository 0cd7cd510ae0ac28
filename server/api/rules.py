"""`/v1/rules`, and who was told what of an alert."""

from __future__ import annotations

from alerts.errors import UnknownAlertError
from server import scope
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, Answer, Body, operation
from server.api.rule_types import (
    DoneAnswer,
    DryRunAnswer,
    DryRunBody,
    EscalationList,
    RuleAnswer,
    RuleBody,
    RuleList,
    RuleLogQuery,
    RuleSpec,
    RuleSwitch,
)
from server.ops.rule_text import parse
from server.ops.rulebook import rule_of

TAG = "escalation"
NAMED = {
    ("get-rules-name", "name"): "name",
    ("put-rules-name", "name"): "name",
    ("patch-rules-name", "name"): "name",
    ("delete-rules-name", "name"): "name",
    ("get-rules-name-log", "name"): "name",
}


class RulesHandler(ApiHandler):
    """All rules."""

    @operation(summary="List rules", roles=VIEWERS, answers={200: Answer("All rules.", RuleList)}, tag=TAG)
    async def get(self) -> None:
        """The rules that hold, be they on or off, in JSON and in one line."""
        found = await self.api.ops.rules.all()
        self.answer(RuleList(rules=tuple(RuleAnswer.of(one) for one in found)))

    @operation(
        summary="Add a rule",
        roles=ADMINS,
        body=Body(RuleBody),
        answers={201: Answer("The rule.", RuleAnswer, links=NAMED)},
        problems=("body-invalid", "content-invalid", "rule-invalid", "name-taken", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Say who is to be told when devices do not act in time. It holds at once, for alerts that are in force too; steps whose
        time has come already are left out."""
        scope.check_hub_wide(self.credential.areas, "a rule")
        asked = self.read_body(RuleBody)
        record = await self.api.ops.rules.add(asked.name, asked.to_rule(), self.credential.name)
        self.answer(RuleAnswer.of(record), 201)


class RuleHandler(ApiHandler):
    """One rule."""

    @operation(
        summary="Fetch a rule",
        roles=VIEWERS,
        answers={200: Answer("The rule.", RuleAnswer)},
        problems=("unknown-rule",),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """A rule that holds, in JSON and in one line."""
        self.answer(RuleAnswer.of(await self.api.ops.rules.one(name)))

    @operation(
        summary="Change a rule",
        roles=ADMINS,
        body=Body(RuleSpec),
        answers={200: Answer("The rule as it is now.", RuleAnswer)},
        problems=("body-invalid", "content-invalid", "rule-invalid", "unknown-rule", "outside-areas"),
        tag=TAG,
    )
    async def put(self, name: str) -> None:
        """Say a rule anew. What is open under the old wording is stopped; under the new one the steps count whose time is still
        to come. What was done stays readable."""
        scope.check_hub_wide(self.credential.areas, "a rule")
        asked = self.read_body(RuleSpec)
        self.answer(RuleAnswer.of(await self.api.ops.rules.change(name, asked.to_rule(), self.credential.name)))

    @operation(
        summary="Switch a rule off or on",
        roles=ADMINS,
        body=Body(RuleSwitch),
        answers={200: Answer("The rule as it is now.", RuleAnswer)},
        problems=("body-invalid", "content-invalid", "unknown-rule", "outside-areas"),
        tag=TAG,
    )
    async def patch(self, name: str) -> None:
        """Off, a rule stays and tells nobody; what is open under it is stopped. On again, it begins as if it were added: it is
        about alerts in force too, but for steps whose time has come already."""
        scope.check_hub_wide(self.credential.areas, "a rule")
        is_on = self.read_body(RuleSwitch).enabled
        self.answer(RuleAnswer.of(await self.api.ops.rules.switch(name, self.credential.name, is_on=is_on)))

    @operation(
        summary="Remove a rule",
        roles=ADMINS,
        answers={204: Answer("The rule holds no more.")},
        problems=("unknown-rule", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, name: str) -> None:
        """End a rule. What is open under it is stopped; what it did stays readable."""
        scope.check_hub_wide(self.credential.areas, "a rule")
        await self.api.ops.rules.remove(name, self.credential.name)
        self.set_status(204)
        self.finish()


class DryRunHandler(ApiHandler):
    """Dry runs of a rule."""

    @operation(
        summary="Try a rule on an alert",
        roles=VIEWERS,
        body=Body(DryRunBody),
        answers={200: Answer("Who would be told.", DryRunAnswer)},
        problems=("body-invalid", "content-invalid", "rule-invalid", "unknown-rule", "unknown-alert", "outside-areas"),
        tag=TAG,
    )
    async def post(self, name: str) -> None:
        """Who would be told of an alert, when, and in which words, with the figures as they are now. Nothing is sent.
        With `rule` it is another wording that is tried, or a rule before it is added."""
        scope.check_hub_wide(self.credential.areas, "a dry run")
        asked = self.read_body(DryRunBody)
        if asked.rule is None:
            record = await self.api.ops.rules.one(name)
            rule, is_on = rule_of(record), record.off_at is None
        else:
            rule, is_on = parse(asked.rule), True
        stored = await self.hub.alert(asked.alert)
        self.answer(DryRunAnswer.of(await self.api.ops.rules.dry_run(rule, stored, is_on=is_on)))


class RuleLogHandler(ApiHandler):
    """What a rule did."""

    @operation(
        summary="What a rule did",
        roles=VIEWERS,
        query=RuleLogQuery,
        answers={200: Answer("Who was told what.", EscalationList)},
        problems=("unknown-rule", "outside-areas"),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """The steps that a rule began last, in all its wordings, whom each told, and in which words."""
        asked = self.query
        assert isinstance(asked, RuleLogQuery), "the operation says so"
        scope.check_hub_wide(self.credential.areas, "what a rule did")
        found = await self.api.ops.rules.done_by(name, asked.limit)
        self.answer(EscalationList(escalations=tuple(DoneAnswer.of(one, with_text=True) for one in found)))


class EscalationsHandler(ApiHandler):
    """Who was told of an alert."""

    @operation(
        summary="Who was told of an alert",
        roles=VIEWERS,
        answers={200: Answer("Who was told what.", EscalationList)},
        problems=("unknown-alert",),
        tag=TAG,
    )
    async def get(self, identifier: str) -> None:
        """What all rules did about an alert, or will do: each step with its state, and each contact with what it was told and
        when. A token that is bound to areas is not shown the texts, which name devices of other areas."""
        stored = await self.hub.alert(identifier)
        if not self.hub.may_see(self.credential, stored):
            raise UnknownAlertError(f"no alert {identifier[:200]!r} is known here, neither as number nor as identifier")
        found = await self.api.ops.rules.done_for(stored.number)
        with_text = not self.credential.areas
        self.answer(EscalationList(escalations=tuple(DoneAnswer.of(one, with_text=with_text) for one in found)))
