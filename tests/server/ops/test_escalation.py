from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from server.events import EventKind
from server.ops.escalation import RETRY_S_MAX
from server.ops.gateway import GatewayOutcome
from server.ops.rule_text import parse
from server.store import silences
from tests.support.escalation import DOWN, SILENT, FakeGateway, Field, in_the_field
from tests.support.stores import PUBLISHER, SetClock, following, make_alert

THREE_STEPS = (
    "Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor; "
    "after 3h: tell contact minister"
)


def extreme(identifier: str = "one", **changes: Any) -> Alert:
    """An alert that the rules are about, in force for ten hours."""
    info = make_alert().to_json()["info"][0] | {"severity": "Extreme", "headline": "Boil all water"}
    return make_alert(identifier, **{"info": [info], **changes})


def follow(kind: str, identifier: str, earlier: Alert) -> Alert:
    """What takes the place of an alert."""
    return following(kind, identifier, earlier, info=extreme().to_json()["info"])


async def staffed(field: Field) -> list[str]:
    """Officers of two districts, a supervisor, the minister; and five devices in one district."""
    await field.contact("amina", "district-officer", area="KE-047")
    await field.contact("otieno", "district-officer", area="KE-030")
    await field.contact("wanjiru")
    await field.contact("minister")
    return [await field.device("KE-047-1", name=f"Clinic {letter}", supervisor="wanjiru") for letter in "ABCDE"]


def run(folder: Path, test: Callable[[Field], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def in_field() -> None:
        async with in_the_field(folder, **options) as field:
            await test(field)

    asyncio.run(in_field())


# -- a rule with three steps ------------------------------------------------------------------------------------------


def test_acknowledged_in_time_nobody_is_told(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        devices = await staffed(field)
        await field.rule(THREE_STEPS.replace("after 3h", "within 3h"))
        number = await field.publish(extreme())
        await field.later(29)
        await field.acknowledge(number, *devices[:3])
        assert await field.record(number) == ["1 waiting", "2 waiting", "3 waiting"]
        await field.acknowledge(number, devices[3])
        over = "stopped: acknowledged by 4 of 5 devices"
        assert await field.record(number) == [f"1 {over}", f"2 {over}", f"3 {over}"]
        await field.later(600)
        assert field.gateway.asked == []

    run(tmp_path, test)


def test_too_late_each_step_tells_whom_it_says_once(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        devices = await staffed(field)
        await field.rule(THREE_STEPS)
        number = await field.publish(extreme())
        await field.acknowledge(number, devices[0])
        await field.later(29)
        assert field.gateway.asked == []
        await field.later(1)
        words = "4 of 5 devices in KE-047 have not acknowledged, 30 min after it was sent"
        names = "Not yet: Clinic B, Clinic C, Clinic D, +1. Call: ops@health.example"
        assert field.gateway.asked == [("amina", f"Extreme: Boil all water. {words}. {names}")]
        await field.later(60)
        assert field.gateway.told() == ["amina"]
        await field.later(30)
        assert field.gateway.told() == ["amina", "wanjiru"]
        assert "4 of 5 devices have not acknowledged, 2 h after" in field.gateway.asked[1][1]
        await field.acknowledge(number, *devices[1:])
        await field.later(60)
        assert field.gateway.told() == ["amina", "wanjiru", "minister"]
        await field.later(600)
        assert field.gateway.told() == ["amina", "wanjiru", "minister"]
        assert await field.record(number) == [
            *("1 told", "  amina sent x1", "2 told", "  wanjiru sent x1", "3 told", "  minister sent x1"),
        ]
        told = [event for event in await field.hub.events.after(0) if event.kind is EventKind.RULE_TOLD]
        assert [(event.alert, event.members) for event in told] == [
            (number, {"rule": "rule", "step": step, "contact": contact})
            for step, contact in ((1, "amina"), (2, "wanjiru"), (3, "minister"))
        ]

    run(tmp_path, test)


def test_cancelled_between_steps_nothing_more_goes_out(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        one = extreme()
        number = await field.publish(one)
        await field.later(30)
        cancel = await field.publish(follow("Cancel", "end", one))
        words = f"stopped: the alert was cancelled by number {cancel}"
        assert await field.record(number) == ["1 told", "  amina sent x1", f"2 {words}", f"3 {words}"]
        assert await field.record(cancel) == []
        await field.later(600)
        assert field.gateway.told() == ["amina"]

    run(tmp_path, test)


def test_an_update_has_a_clock_of_its_own(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        one = extreme()
        number = await field.publish(one)
        await field.later(20)
        update = await field.publish(follow("Update", "two", one))
        words = f"stopped: the alert was updated by number {update}"
        assert await field.record(number) == [f"1 {words}", f"2 {words}", f"3 {words}"]
        await field.later(29)
        assert field.gateway.asked == []
        await field.later(1)
        assert field.gateway.told() == ["amina"]
        assert "30 min after" in field.gateway.asked[0][1]

    run(tmp_path, test)


def test_an_alert_that_has_expired_is_told_of_no_more(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("after 9h: tell contact minister; after 11h: tell contact minister")
        number = await field.publish(extreme())
        await field.later(9 * 60)
        await field.later(61)
        assert await field.record(number) == [
            *("1 told", "  minister sent x1", "2 stopped: the alert has expired"),
        ]
        await field.later(600)
        assert field.gateway.told() == ["minister"]

    run(tmp_path, test)


# -- the gateway ------------------------------------------------------------------------------------------------------


def test_a_gateway_that_is_down_for_an_hour_tells_once_what_is_then_true(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        devices = await staffed(field)
        await field.rule(THREE_STEPS)
        field.gateway.answer = lambda contact: DOWN
        number = await field.publish(extreme())
        await field.later(30)
        for _ in range(60):
            await field.later(1)
        tries = len(field.gateway.asked)
        assert 5 <= tries <= 12, "with more and more time between"
        assert (await field.record(number))[:2] == ["1 told", f"  amina failed x{tries}: {DOWN.words}"]
        await field.acknowledge(number, devices[0])
        field.gateway.answer = lambda contact: GatewayOutcome(True)
        await field.later(RETRY_S_MAX / 60)
        assert field.gateway.told()[tries:] == ["amina"]
        assert "4 of 5 devices in KE-047 have not acknowledged, 1 h 40 min" in field.gateway.asked[-1][1]
        assert "(1 h 10 min late)" in field.gateway.asked[-1][1]
        await field.later(10)
        assert field.gateway.told()[tries:] == ["amina"]
        failed = [event for event in await field.hub.events.after(0) if event.kind is EventKind.RULE_FAILED]
        assert len(failed) == 1, "the first failure is an event, not each"

    run(tmp_path, test)


def test_what_waits_for_the_gateway_stops_when_enough_have_acted(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        devices = await staffed(field)
        await field.rule(THREE_STEPS)
        field.gateway.answer = lambda contact: DOWN
        number = await field.publish(extreme())
        await field.later(30)
        await field.acknowledge(number, *devices[:4])
        field.gateway.answer = lambda contact: GatewayOutcome(True)
        await field.later(60)
        assert field.gateway.told() == ["amina"], "asked once, in vain"
        over = "stopped"
        words = "acknowledged by 4 of 5 devices"
        assert await field.record(number) == [
            *("1 told", f"  amina {over} x1: {words}", f"2 {over}: {words}", "3 waiting"),
        ]

    run(tmp_path, test)


def test_what_may_have_arrived_is_sent_once_more_and_never_a_third_time(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister")
        field.gateway.answer = lambda contact: SILENT
        number = await field.publish(extreme())
        assert await field.record(number) == [
            *("1 told", "  minister failed x1: no answer; it may have arrived, and is sent once more"),
        ]
        for _ in range(30):
            await field.later(10)
        assert field.gateway.told() == ["minister", "minister"]
        assert (await field.record(number))[1] == "  minister given-up x2: no answer; it may have arrived, twice"

    run(tmp_path, test)


def test_what_may_have_arrived_and_arrives_then_is_marked(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister")
        answers = [SILENT, DOWN, GatewayOutcome(True)]
        field.gateway.answer = lambda contact: answers.pop(0)
        number = await field.publish(extreme())
        for _ in range(10):
            await field.later(2)
        assert (await field.record(number))[1] == "  minister sent x3: it may have arrived twice"

    run(tmp_path, test)


def test_a_gateway_that_refuses_for_a_day_is_given_up(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister")
        field.gateway.answer = lambda contact: DOWN
        info = extreme().to_json()["info"][0] | {"expires": "2026-03-05T12:00:00+00:00"}
        number = await field.publish(extreme(info=[info]))
        for _ in range(30):
            await field.later(60)
        asked = len(field.gateway.asked)
        assert (await field.record(number))[1].startswith(f"  minister given-up x{asked}: {DOWN.words}, for a day")

    run(tmp_path, test)


# -- a hub that was down ----------------------------------------------------------------------------------------------


def restarted(
    folder: Path,
    before: Callable[[Field], Coroutine[Any, Any, None]],
    away_minutes: float,
    after: Callable[[Field], Coroutine[Any, Any, None]],
) -> FakeGateway:
    """The same hub twice, with time between."""
    clock, gateway = SetClock(), FakeGateway()
    run(folder, before, clock=clock, gateway=gateway)
    clock.pass_seconds(away_minutes * 60)
    run(folder, after, clock=clock, gateway=gateway)
    return gateway


def test_after_the_hub_was_down_what_still_holds_goes_out_once_and_says_how_late(tmp_path: Path) -> None:
    async def before(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        await field.publish(extreme())

    async def after(field: Field) -> None:
        await field.look()
        (told,) = field.gateway.asked
        assert told[0] == "amina" and "1 h 40 min after it was sent (1 h 10 min late)." in told[1]
        await field.later(20)

    gateway = restarted(tmp_path, before, 100, after)
    assert gateway.told() == ["amina", "wanjiru"]


def test_after_the_hub_was_down_what_is_over_is_not_told(tmp_path: Path) -> None:
    async def before(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        assert await field.publish(extreme()) == 6

    async def after(field: Field) -> None:
        await field.look()
        assert await field.record(6) == [f"{step} stopped: the alert has expired" for step in (1, 2, 3)]

    assert restarted(tmp_path, before, 11 * 60, after).asked == []


def test_what_was_acknowledged_is_not_told_when_the_hub_was_too_late_to_look(tmp_path: Path) -> None:
    numbers: list[int] = []

    async def before(field: Field) -> None:
        devices = await staffed(field)
        await field.rule(THREE_STEPS)
        numbers.append(await field.publish(extreme()))
        field.escalation.look = _nothing  # type: ignore[method-assign]
        await field.acknowledge(numbers[0], *devices)

    async def after(field: Field) -> None:
        await field.look()
        assert (await field.record(numbers[0]))[0] == "1 stopped: acknowledged by 5 of 5 devices"

    assert restarted(tmp_path, before, 60, after).asked == []


async def _nothing() -> None:
    """The service does not come to look."""


def test_a_sending_that_the_end_of_the_hub_cut_off_is_repeated_once(tmp_path: Path) -> None:
    clock, gateway = SetClock(), FakeGateway()

    class CrashError(BaseException):
        """The process ends here."""

    def crash(contact: str) -> None:
        raise CrashError

    async def life() -> list[str]:
        async with in_the_field(tmp_path, clock, gateway) as field:
            await field.escalation._take_back()
            with suppress(CrashError):
                await field.look()
            return await field.record(1)

    async def begin() -> None:
        async with in_the_field(tmp_path, clock, gateway) as field:
            await field.contact("minister")
            await field.rule("at once: tell contact minister")
            await field.hub.publish(extreme(), Audience(everyone=True), by=PUBLISHER)

    asyncio.run(begin())
    gateway.before = crash
    assert asyncio.run(life())[1] == "  minister sending x1"
    assert asyncio.run(life())[1].startswith("  minister sending x2: the hub ended while this was being sent; it may")
    gateway.before = lambda contact: None
    assert asyncio.run(life())[1].startswith("  minister given-up x2: the hub ended twice while this was being sent")
    assert gateway.told() == ["minister", "minister"]


# -- rules, contacts, alerts ------------------------------------------------------------------------------------------


def test_an_exercise_reaches_contacts_by_rules_that_name_it_and_says_so(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister", "real")
        await field.rule("status Exercise, at once: tell contact wanjiru", "exercise")
        number = await field.publish(extreme(status="Exercise"))
        assert await field.record(number) == ["1 told", "  wanjiru sent x1"]
        assert field.gateway.asked[0][1].startswith("EXERCISE. Extreme: Boil all water.")

    run(tmp_path, test)


def test_a_rule_that_is_added_later_does_not_tell_of_the_past(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        number = await field.publish(extreme())
        await field.later(60)
        await field.rule(THREE_STEPS)
        await field.look()
        early = "stopped: its time had come before the rule was made or switched on"
        assert await field.record(number) == [f"1 {early}", "2 waiting", "3 waiting"]
        await field.later(60)
        assert field.gateway.told() == ["wanjiru"]

    run(tmp_path, test)


def test_a_rule_that_is_changed_or_removed_stops_what_is_open(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        number = await field.publish(extreme())
        await field.later(30)
        await field.rules.change("rule", parse("after 1h: tell contact minister"), "the-administrator")
        await field.look()
        changed = "stopped: the rule was changed or removed"
        assert await field.record(number) == [
            *("1 told", "  amina sent x1", "1 waiting", f"2 {changed}", f"3 {changed}"),
        ]
        await field.rules.remove("rule")
        await field.later(60)
        assert field.gateway.told() == ["amina"]

    run(tmp_path, test)


def test_a_rule_that_is_off_tells_nobody_and_begins_anew_when_it_is_on(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule(THREE_STEPS)
        before = await field.publish(extreme())
        await field.later(30)
        await field.rules.switch("rule", "the-administrator", is_on=False)
        meanwhile = await field.publish(extreme("two"))
        await field.later(60)
        off = "stopped: the rule was switched off"
        assert await field.record(before) == ["1 told", "  amina sent x1", f"2 {off}", f"3 {off}"]
        assert await field.record(meanwhile) == [] and field.gateway.told() == ["amina"]
        await field.rules.switch("rule", "the-administrator", is_on=True)
        await field.look()
        early = "stopped: its time had come before the rule was made or switched on"
        assert await field.record(meanwhile) == [f"1 {early}", "2 waiting", "3 waiting"]
        assert await field.record(before) == [
            *("1 told", "  amina sent x1", f"1 {early}", f"2 {off}", "2 waiting", f"3 {off}", "3 waiting"),
        ]
        assert field.gateway.told() == ["amina"]

    run(tmp_path, test)


def test_that_there_is_nobody_to_tell_is_an_event(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.device("KE-047")
        await field.rule("not acknowledged by 80% within 30m: tell role district-officer and contact boss")
        number = await field.publish(extreme())
        await field.later(30)
        words = "there is no contact of the role district-officer; there is no contact boss"
        assert await field.record(number) == [f"1 nobody: {words}"]
        (failed,) = [event for event in await field.hub.events.after(0) if event.kind is EventKind.RULE_FAILED]
        assert failed.members == {"rule": "rule", "step": 1, "words": words}

    run(tmp_path, test)


def test_a_contact_that_is_gone_or_may_not_be_used_is_given_up(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister and contact wanjiru")
        field.gateway.answer = lambda contact: DOWN
        number = await field.publish(extreme())
        await field.contacts.remove("minister")
        field.escalation._services = ()
        await field.later(10)
        gone, refused = (await field.record(number))[1:]
        assert gone == "  minister given-up x1: there is no contact 'minister'"
        assert refused.startswith("  wanjiru given-up x1: the service fake is not among the setting contact_services")

    run(tmp_path, test)


def test_what_acknowledges_or_complains_asks_nobody_to_act(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        one = extreme()
        await field.publish(one)
        await field.rule("at once: tell contact minister")
        for kind in ("Ack", "Error"):
            assert await field.record(await field.publish(follow(kind, kind, one))) == []

    run(tmp_path, test)


def test_an_alert_for_no_device_is_told_too(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.contact("amina", "district-officer", area="KE-047")
        await field.rule(THREE_STEPS)
        await field.publish(extreme(), Audience(areas=("KE-047",)))
        await field.later(30)
        assert field.gateway.asked[0][1].startswith("Extreme: Boil all water. No device in KE-047 is addressed, 30 min")

    run(tmp_path, test)


def test_a_silence_is_told_until_it_ends(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule(
            "silence of area KE: tell role district-officer; after 4h: tell contact minister and supervisor"
        )
        await field.rule("silence of any source: tell contact wanjiru", "sources")
        now = field.hub.now()
        await field.hub.write(
            lambda db: silences.begin_silence(db, "area", "KE-047", "heard 0 times", now, is_area=True)
        )
        await field.look()
        text = "Silence: area KE-047. heard 0 times. Noticed less than 1 min ago."
        assert field.gateway.asked == [("amina", text)]
        await field.later(60)
        (open_now,) = await field.hub.read(silences.open_silences)
        ended = field.hub.now()
        await field.hub.write(lambda db: silences.end_silences(db, [open_now], ended, area_kinds=frozenset({"area"})))
        await field.later(600)
        assert field.gateway.told() == ["amina"]

    run(tmp_path, test)


# -- the service itself -----------------------------------------------------------------------------------------------


def test_the_service_wakes_by_itself_and_ends_when_it_is_told(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("at once: tell contact minister")
        service = asyncio.create_task(field.escalation.run())
        told = asyncio.Event()
        field.gateway.before = lambda contact: told.set()
        await field.hub.publish(extreme(), Audience(everyone=True), by=PUBLISHER)
        await asyncio.wait_for(told.wait(), 30)
        service.cancel()
        with pytest.raises(asyncio.CancelledError):
            await service
        assert (await field.record(6))[1] == "  minister sent x1"

    run(tmp_path, test)


def test_the_clock_that_is_set_wakes_it(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await staffed(field)
        await field.rule("after 5h: tell contact minister")
        await field.publish(extreme())
        told = asyncio.Event()
        field.gateway.before = lambda contact: told.set()
        service = asyncio.create_task(field.escalation.run())
        field.clock.wall += 6 * 3600
        await field.hub.tick()
        await asyncio.wait_for(told.wait(), 30)
        service.cancel()
        with pytest.raises(asyncio.CancelledError):
            await service

    run(tmp_path, test)
