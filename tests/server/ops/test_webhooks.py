"""Deliveries against a receiver that answers what a test says: in order, until they arrive, each webhook for itself."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders

from server.event_tail import EventTail
from server.events import EVENTS_KEPT_S, EventKind
from server.hub import Hub
from server.metrics import Metrics
from server.ops import webhooks as module
from server.ops.webhooks import PAUSE_S, PAUSE_S_MAX, Webhooks, pause, retry_after_s
from server.outbound.client import Answered, Outbound
from server.outbound.errors import OutboundError
from server.outbound.policy import Policy
from server.service import Services
from server.store import events
from server.webhooks import Webhook
from tests.support.other_server import Asked, Exchange, OtherServer, answer, other_server
from tests.support.stores import NOON, SetClock, opened_hub
from tests.support.waiting import until

DAY_S = 86_400


class Stage:
    """A hub, its webhooks, and a receiver."""

    def __init__(self, hub: Hub, clock: SetClock, server: OtherServer) -> None:
        self.hub, self.clock, self.server = hub, clock, server
        self.metrics = Metrics()
        self.outbound = Outbound(Policy(["127.0.0.1/32"]))
        self.webhooks = self.make()
        self.services = Services([self.webhooks])

    def make(self) -> Webhooks:
        return Webhooks(
            *(self.hub, self.outbound, self.metrics),
            failing_s_max=5 * DAY_S,
            rng=random.Random(1),
            look_s=0.02,
        )

    async def happen(self, *feeds: str) -> None:
        """Something happens for each."""

        def job(db: Any) -> None:
            for feed in feeds:
                events.append(db, self.hub.now(), EventKind.FEED_RECOVERED, feed=feed)

        await self.hub.write(job)
        await self.hub.events.look()

    def got(self, path: str = "/hook") -> list[str]:
        """The feeds, or types, that a path was sent, in order."""
        found = [json.loads(asked.body) for asked in self.server.asked_for(path)]
        return [one["data"].get("feed", one["type"]) for one in found]

    def ids(self, path: str = "/hook") -> list[str]:
        return [header(asked, "webhook-id") for asked in self.server.asked_for(path)]

    async def until_got(self, *feeds: str, path: str = "/hook") -> None:
        await until(lambda: self.got(path) == list(feeds), f"{path} was sent {feeds}, not {self.got(path)}")

    async def until_is(self, name: str, holds: Callable[[Webhook], bool]) -> Webhook:
        async def now() -> bool:
            return holds(await self.webhooks.webhook(name))

        await until(now, f"{name} is so")
        return await self.webhooks.webhook(name)

    async def restart(self) -> None:
        """The service ends and begins again, knowing what the store knows."""
        await self.services.stop()
        self.webhooks = self.make()
        self.services = Services([self.webhooks])
        self.services.start()


def header(asked: Asked, name: str) -> str:
    return next(value for given, value in asked.headers.items() if given.lower() == name)


def staged(test: Callable[[Stage], Awaitable[None]]) -> Callable[[Path], None]:
    """A test on a stage of its own, with the service running."""

    def run(tmp_path: Path) -> None:
        async def main(server: OtherServer) -> None:
            clock = SetClock()
            async with opened_hub(tmp_path, clock) as hub:
                stage = Stage(hub, clock, server)
                stage.services.start()
                try:
                    await test(stage)
                finally:
                    await stage.services.stop()
                    stage.outbound.close()

        with other_server() as server:
            server.routes["/hook"] = answer(b"thanks")
            asyncio.run(main(server))

    return run


@staged
async def test_events_arrive_in_order_and_the_cursor_is_kept(stage: Stage) -> None:
    await stage.happen("before")
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen(*"abc")
    await stage.until_got(*"abc")
    found = await stage.until_is("ops", lambda one: one.cursor == stage.hub.events.newest)
    assert (found.tries, found.delivered_at, stage.webhooks.lag(found)) == (0, NOON, 0)
    assert [one.arrived for one in await stage.webhooks.attempts("ops", 9)] == [True] * 3
    await stage.restart()
    await stage.happen("d")
    await stage.until_got(*"abcd")


@staged
async def test_what_fails_is_sent_again_with_the_same_id_and_holds_up_what_follows(stage: Stage) -> None:
    answers = iter([answer(b"", 500), answer(b"", 302, Location="/elsewhere"), answer(b"", 204)])
    stage.server.routes["/hook"] = lambda exchange: next(answers, answer(b""))(exchange)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a", "b")
    failing = await stage.until_is("ops", lambda one: one.tries == 1)
    assert failing.last_error == "the receiver answered 500"
    assert failing.next_try_at is not None and NOON < failing.next_try_at <= NOON + PAUSE_S
    assert (failing.failing_since, stage.webhooks.lag(failing)) == (NOON, 2)
    stage.clock.pass_seconds(PAUSE_S)
    failing = await stage.until_is("ops", lambda one: one.tries == 2)
    assert failing.last_error == "the receiver answered 302 (redirects are not followed)"
    stage.clock.pass_seconds(2 * PAUSE_S)
    await stage.until_got("a", "a", "a", "b")
    ids = stage.ids()
    assert len(set(ids[:3])) == 1 and ids[3] != ids[0]
    stamps = [int(header(asked, "webhook-timestamp")) for asked in stage.server.asked_for("/hook")]
    assert stamps == [NOON, NOON + 5, NOON + 15, NOON + 15], "each attempt is signed for its own time"
    found = await stage.until_is("ops", lambda one: one.cursor == stage.hub.events.newest)
    assert (found.tries, found.failing_since, found.last_error) == (0, None, "")


@staged
async def test_a_restart_makes_no_attempt_before_its_time_and_forgets_none(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 503, Retry_After="900")
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    failing = await stage.until_is("ops", lambda one: one.tries == 1)
    assert failing.next_try_at == NOON + 900, "the receiver said when"
    await stage.restart()
    stage.server.routes["/hook"] = answer(b"")
    stage.clock.pass_seconds(899)
    await stage.webhooks.add("other", f"{stage.server.address}/other")
    await stage.happen("b")
    await until(lambda: len(stage.server.asked_for("/other")) > 0, "the service runs")
    assert stage.got() == ["a"]
    stage.clock.pass_seconds(1)
    await stage.until_got("a", "a", "b")


@staged
async def test_a_slow_one_delays_no_other(stage: Stage) -> None:
    free = threading.Event()

    def slow(exchange: Exchange) -> None:
        free.wait(60)
        answer(b"")(exchange)

    stage.server.routes |= {"/slow": slow, "/down": answer(b"", 500)}
    for name in ("slow", "down", "hook"):
        await stage.webhooks.add(name, f"{stage.server.address}/{name}")
    try:
        await stage.happen(*"abc")
        await stage.until_got(*"abc")
        assert len(stage.server.asked_for("/slow")) == 1
    finally:
        free.set()
    await stage.until_got(*"abc", path="/slow")


@staged
async def test_only_the_kinds_that_are_wanted_and_the_rest_is_passed_over(stage: Stage) -> None:
    await stage.webhooks.add("ops", f"{stage.server.address}/hook", [EventKind.DEVICE_ENROLLED])
    await stage.happen(*(["a"] * 500))
    await stage.until_is("ops", lambda one: one.cursor == stage.hub.events.newest)
    await stage.hub.enrol(await stage.hub.make_enrolment_code())
    await stage.hub.events.look()
    await stage.until_got("device.enrolled")
    await stage.webhooks.change("ops", kinds=())
    await stage.happen("b")
    await stage.until_got("device.enrolled", "b")


@staged
async def test_whoever_answers_410_is_sent_nothing_more_until_switched_on(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 410)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.webhooks.add("watch", f"{stage.server.address}/watch", [EventKind.WEBHOOK_STOPPED])
    stage.server.routes["/watch"] = answer(b"")
    await stage.happen("a", "b")
    stopped = await stage.until_is("ops", lambda one: not one.enabled)
    assert stopped.stopped_why == "the receiver answered 410: it wants no more"
    await stage.hub.events.look()
    await stage.until_got("webhook.stopped", path="/watch")
    stage.server.routes["/hook"] = answer(b"")
    await stage.happen("c")
    assert stage.got() == ["a"]
    again = await stage.webhooks.change("ops", enabled=True)
    assert (again.enabled, again.stopped_why, again.tries) == (True, "", 0)
    await stage.until_got("a", "a", "b", "webhook.stopped", "c")


@staged
async def test_after_days_of_failure_it_is_switched_off_and_that_is_said(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 500)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    for tries in range(1, 200):
        failing = await stage.until_is("ops", lambda one, tries=tries: one.tries == tries or not one.enabled)  # type: ignore[misc]
        if not failing.enabled:
            break
        assert failing.next_try_at is not None
        assert failing.next_try_at - stage.hub.now() <= PAUSE_S_MAX
        stage.clock.pass_seconds(failing.next_try_at - stage.hub.now())
    assert failing.stopped_why == "nothing has arrived for 5 days; the last time: the receiver answered 500"
    assert 5 * DAY_S <= stage.hub.now() - NOON < 5 * DAY_S + PAUSE_S_MAX
    assert len(set(stage.ids())) == 1


@staged
async def test_a_hub_that_was_off_for_days_does_not_switch_off_at_the_first_failure(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 500)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    await stage.until_is("ops", lambda one: one.tries == 1)
    stage.clock.pass_seconds(20 * DAY_S)
    failing = await stage.until_is("ops", lambda one: one.tries == 2)
    assert failing.enabled


@staged
async def test_what_the_log_has_forgotten_is_told_first(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 500)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a", "b")
    first = (await stage.until_is("ops", lambda one: one.tries == 1)).cursor + 1
    await stage.services.stop()
    stage.clock.pass_seconds(EVENTS_KEPT_S + 60)
    await stage.happen("c", "d")
    await stage.hub.write(lambda db: events.forget_old(db, stage.hub.now()))
    stage.hub.events = EventTail(stage.hub.read, stage.hub.events.newest)  # as after a restart
    stage.server.routes["/hook"] = answer(b"")
    await stage.restart()
    await stage.until_got("a", "webhook.gap", "c", "d")
    gap = json.loads(stage.server.asked_for("/hook")[1].body)
    assert gap["data"] == {"first": first, "last": first + 1}


@staged
async def test_a_clock_that_was_set_back_makes_nobody_wait_for_years(stage: Stage) -> None:
    stage.clock.wall += 365 * DAY_S
    await stage.hub.tick()
    stage.server.routes["/hook"] = answer(b"", 500)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    await stage.until_is("ops", lambda one: one.tries == 1)
    stage.server.routes["/hook"] = answer(b"")
    stage.clock.wall -= 365 * DAY_S
    await stage.hub.tick()
    await stage.until_got("a", "a")


@staged
async def test_a_trial_overtakes_what_waits_and_changes_nothing(stage: Stage) -> None:
    stage.server.routes["/hook"] = answer(b"", 500)
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    before = await stage.until_is("ops", lambda one: one.tries == 1)
    stage.server.routes["/hook"] = answer(b"", 202)
    attempt = await stage.webhooks.test("ops")
    assert (attempt.arrived, attempt.status, attempt.type) == (True, 202, "webhook.test")
    assert await stage.webhooks.webhook("ops") == before
    assert [one.type for one in await stage.webhooks.attempts("ops", 9)] == ["webhook.test", "feed.recovered"]


@staged
async def test_another_address_is_tried_at_once(stage: Stage) -> None:
    stage.server.routes["/new"] = answer(b"")
    await stage.webhooks.add("ops", f"{stage.server.address}/nowhere")
    await stage.happen("a")
    failing = await stage.until_is("ops", lambda one: one.tries == 1)
    assert failing.last_error == "the receiver answered 404"
    await stage.webhooks.change("ops", url=f"{stage.server.address}/new")
    await stage.until_got("a", path="/new")


@staged
async def test_one_that_is_removed_is_sent_nothing_more_and_its_name_is_free(stage: Stage) -> None:
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.happen("a")
    await stage.until_got("a")
    for before, after in ("bc", "de"):
        await stage.webhooks.change("ops", enabled=False)
        await stage.happen(before)
        await stage.webhooks.remove("ops")
        await stage.webhooks.add("ops", f"{stage.server.address}/hook")
        await stage.happen(after)
    await stage.until_got("a", "c", "e")


@staged
async def test_both_secrets_sign_for_a_while(stage: Stage) -> None:
    await stage.webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.webhooks.rotate("ops", 3600)
    await stage.happen("a")
    await stage.until_got("a")
    stage.clock.pass_seconds(3600)
    await stage.happen("b")
    await stage.until_got("a", "b")
    signatures = [header(asked, "webhook-signature").split() for asked in stage.server.asked_for("/hook")]
    assert [len(one) for one in signatures] == [2, 1]


@staged
async def test_the_own_network_is_not_reached_unless_allowed(stage: Stage) -> None:
    outbound = Outbound(Policy())
    webhooks = Webhooks(stage.hub, outbound, stage.metrics, failing_s_max=DAY_S)
    with pytest.raises(OutboundError, match="outbound_networks"):
        await webhooks.add("ops", f"{stage.server.address}/hook")
    await stage.webhooks.add("named", f"http://localhost:{stage.server.port}/hook")
    attempt = await webhooks.test("named")
    assert not attempt.arrived and attempt.status is None
    assert "is this machine's own" in attempt.words
    assert stage.got() == []
    outbound.close()


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_pauses_double_up_to_hours_and_the_half_is_chance() -> None:
    rng = random.Random(3)
    for tries in range(1, 60):
        whole = min(PAUSE_S * 2 ** (tries - 1), PAUSE_S_MAX)
        found = [pause(tries, rng) for _ in range(50)]
        assert all(whole / 2 <= seconds <= whole for seconds in found)
        assert len(set(found)) > 40


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 20:10:00 GMT", "Date": "Mon, 23 Nov 2026 20:08:00 GMT"}, 120),
        ({"Retry-After": "Mon, 23 Nov 2026 20:00:00 GMT", "Date": "Mon, 23 Nov 2026 20:08:00 GMT"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 20:10:00 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(Answered(503, HTTPHeaders(headers), b"", "https://x")) == seconds


def test_a_receiver_cannot_put_it_off_for_ever() -> None:
    assert module.RETRY_AFTER_S_MAX <= 2 * DAY_S
