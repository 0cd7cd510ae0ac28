from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from alerts.audience import Audience
from alerts.errors import NameTakenError, RuleError, UnknownRuleError
from server.ops.rule_text import parse
from server.ops.rulebook import rule_of
from server.store.audit import AuditFilter, newest_first
from tests.support.escalation import KENYA, Field, in_the_field
from tests.support.stores import NOON, PUBLISHER, make_alert

RULE = "not acknowledged by 80% within 30m: tell role officer; within 2h: tell contact minister"


def run(folder: Path, test: Callable[[Field], Coroutine[Any, Any, None]]) -> None:
    async def in_field() -> None:
        async with in_the_field(folder) as field:
            await test(field)

    asyncio.run(in_field())


def test_rules_are_added_changed_and_removed(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.rule(RULE, "one")
        with pytest.raises(NameTakenError):
            await field.rule(RULE, "one")
        assert rule_of(await field.rules.one("one")) == parse(RULE)
        other = parse("at once: tell contact minister")
        assert rule_of(await field.rules.change("one", other, "another")) == other
        assert [record.made_by for record in await field.rules.all()] == ["another"]
        await field.rules.remove("one")
        for work in (field.rules.one("one"), field.rules.remove("one"), field.rules.done_by("one", 5)):
            with pytest.raises(UnknownRuleError):
                await work

    run(tmp_path, test)


def test_a_rule_is_switched_off_and_on_and_who_did_it_is_known(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.rule(RULE, "one")
        assert (await field.rules.switch("one", "amina", is_on=False)).off_at == NOON
        for _ in range(2):
            on = await field.rules.switch("one", "otieno", is_on=True)
            assert (on.off_at, on.made_by, rule_of(on)) == (None, "otieno", parse(RULE))
        rows = await field.hub.read(lambda db: newest_first(db, AuditFilter(subject="one"), None, 9))
        assert [(row.by, row.members.get("enabled")) for row in rows] == [
            ("otieno", True),
            ("amina", False),
            ("the-administrator", None),
        ]
        with pytest.raises(UnknownRuleError):
            await field.rules.switch("two", "amina", is_on=False)

    run(tmp_path, test)


def test_a_rule_with_a_text_that_names_nothing_is_refused(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        with pytest.raises(RuleError, match=r"there is no \{head\}"):
            await field.rule('at once: tell contact a say "{head}"')

    run(tmp_path, test)


def test_a_dry_run_says_who_would_be_told_when_and_sends_nothing(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.contact("amina", "officer", area="KE-047")
        await field.device("KE-047", name="Clinic A")
        published = await field.hub.publish(make_alert(), KENYA, by=PUBLISHER)
        stored = await field.hub.alert(str(published.number))
        run_ = await field.rules.dry_run(parse(RULE), stored)
        assert run_.why_not is None
        assert [(one.due_at, [tell.contact for tell in one.tells]) for one in run_.steps] == [
            (NOON + 1800, ["amina"]),
            (NOON + 7200, []),
        ]
        assert (
            run_.steps[0].tells[0].text.startswith("Severe: Cholera. 1 of 1 device in KE-047 has not acknowledged, 30")
        )
        assert run_.steps[1].decision.nobody_for == ("there is no contact minister",)
        assert (await field.rules.dry_run(parse(f"Extreme, {RULE}"), stored)).why_not == (
            "the rule is not about this alert"
        )
        field.clock.pass_seconds(11 * 3600)
        assert (await field.rules.dry_run(parse(RULE), stored)).why_not == "the alert has expired"
        with pytest.raises(RuleError):
            await field.rules.dry_run(parse("silence of anything: tell contact a"), stored)
        assert field.gateway.asked == []

    run(tmp_path, test)


def test_what_a_rule_did_is_read_by_alert_and_by_rule(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.contact("minister")
        await field.rule("at once: tell contact minister")
        numbers = [await field.publish(make_alert(name), Audience(everyone=True)) for name in ("one", "two", "three")]
        assert [done.step.subject.alert for done in await field.rules.done_for(numbers[1])] == [numbers[1]]
        assert [done.step.subject.alert for done in await field.rules.done_by("rule", 2)] == numbers[1:]
        (done,) = await field.rules.done_for(numbers[0])
        assert done.rule.name == "rule" and [one.contact for one in done.tellings] == ["minister"]

    run(tmp_path, test)
