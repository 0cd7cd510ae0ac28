"""What is scheduled goes out at its time by the hub's clock, once; late only if that is still of use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from server.hub import Role
from server.ops.schedule import LATE_S_MAX
from server.store import drafts as rows
from server.store.models_drafts import DraftRow
from tests.support.extreme import alert_body, do, made
from tests.support.hub import RunningHub, running_hub
from tests.support.stores import HOUR, NOON, SetClock
from tests.support.waiting import wait_until


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, clock: SetClock) -> Iterator[RunningHub]:
    data = tmp_path_factory.mktemp("hub")
    with running_hub(data, clock.hub_clock(), second_person="Extreme") as running:
        yield running


def at(seconds: int) -> str:
    return datetime.fromtimestamp(NOON + seconds, UTC).isoformat()


def scheduled(hub: RunningHub, seconds: int, **alert: Any) -> dict[str, Any]:
    draft = made(hub, **alert_body("Severe", **alert))
    found = do(hub, draft, "publish", devices=0, publish_at=at(seconds))
    assert found["status"] == "scheduled"
    return found


def now_is(hub: RunningHub, draft: dict[str, Any]) -> dict[str, Any]:
    hub.do(hub.process.ops.schedule.look())
    found: dict[str, Any] = hub.ask("GET", f"/v1/drafts/{draft['id']}").json()
    return found


def test_it_goes_out_at_its_time_in_the_name_of_who_scheduled_it(hub: RunningHub, clock: SetClock) -> None:
    draft = scheduled(hub, HOUR)
    assert now_is(hub, draft)["status"] == "scheduled"
    clock.pass_seconds(HOUR)
    done = now_is(hub, draft)
    assert done["status"] == "published"
    stored = hub.ask("GET", f"/v1/alerts/{done['number']}").json()
    assert (stored["published_by"], stored["sent"][:16]) == ("the-author", at(HOUR)[:16])
    head = hub.hub.log.head
    now_is(hub, draft)
    assert hub.hub.log.head == head


def test_what_needs_a_second_person_has_one_before_its_time(hub: RunningHub, clock: SetClock) -> None:
    waiting = do(hub, made(hub), "publish", status=202, devices=0, publish_at=at(HOUR))
    clock.pass_seconds(60)
    approved = do(hub, waiting, "approve", Role.APPROVER, devices=0)
    assert approved["status"] == "scheduled"
    clock.pass_seconds(HOUR)
    assert now_is(hub, approved)["status"] == "published"


def test_what_nobody_has_approved_in_time_waits_on_and_goes_out_when_somebody_does(
    hub: RunningHub, clock: SetClock
) -> None:
    waiting = do(hub, made(hub), "submit", status=202, publish_at=at(60))
    clock.pass_seconds(120)
    assert now_is(hub, waiting)["status"] == "waiting"
    assert do(hub, waiting, "approve", Role.APPROVER, devices=0)["status"] == "published"


@pytest.mark.parametrize(("late_s", "status"), [(LATE_S_MAX, "published"), (LATE_S_MAX + 1, "failed")])
def test_a_hub_that_was_down_publishes_late_but_not_too_late(
    hub: RunningHub, clock: SetClock, late_s: int, status: str
) -> None:
    draft = scheduled(hub, HOUR)
    hub.do(_stop_looking(hub))
    clock.pass_seconds(HOUR + late_s)
    found = now_is(hub, draft)
    assert found["status"] == status
    assert status == "published" or "seconds late" in found["words"]
    if status == "failed":
        kinds = [one["kind"] for one in hub.ask("GET", "/v1/events").json()["events"]]
        assert "draft.failed" in kinds


async def _stop_looking(hub: RunningHub) -> None:
    await hub.process._services.stop()


def test_what_holds_no_more_at_its_time_does_not_go_out(hub: RunningHub, clock: SetClock) -> None:
    info = {**alert_body("Severe")["alert"]["info"][0], "expires": at(HOUR // 2).replace("+00:00", "+00:00")}
    draft = scheduled(hub, HOUR, info=[info])
    clock.pass_seconds(HOUR)
    found = now_is(hub, draft)
    assert (found["status"], bool(found["words"])) == ("failed", True)


def test_what_is_not_what_was_approved_does_not_go_out(hub: RunningHub, clock: SetClock) -> None:
    draft = scheduled(hub, HOUR)

    def tamper(db: Any) -> None:
        content = rows.draft(db, draft["id"]).content
        content["alert"]["info"][0]["headline"] = "Send money"
        import json

        DraftRow.update(content=json.dumps(content)).where(DraftRow.id == draft["id"]).execute(db)

    hub.do(hub.hub.write(tamper))
    clock.pass_seconds(HOUR)
    found = now_is(hub, draft)
    assert (found["status"], found["words"]) == ("failed", "it is not what was approved")


def test_the_service_does_it_by_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        when = datetime.fromtimestamp(hub.hub.now() + 1, UTC).isoformat()
        draft = do(hub, made(hub, **alert_body("Severe")), "publish", devices=0, publish_at=when)
        wait_until(
            lambda: hub.ask("GET", f"/v1/drafts/{draft['id']}").json()["status"] == "published", "it is published"
        )
