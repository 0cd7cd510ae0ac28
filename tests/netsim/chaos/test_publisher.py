"""What is published is asked for until it is answered, under one key; what follows it inherits its audience."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from netsim.chaos.publisher import Publisher
from netsim.chaos.schedule import HUB, Act
from netsim.site.api import Answer, SilentError
from netsim.site.site import people
from tests.support.waiting import wait_until


class FakeHub:
    """Answers as told: an exception, or a status."""

    def __init__(self) -> None:
        self.answers: list[int | None] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def now(self) -> int:
        return 1_800_000_000

    def ask(self, _: str, path: str, *, body: Any, **headers: Any) -> Answer:
        self.asked.append((path, headers["Idempotency_Key"], body))
        status = self.answers.pop(0) if self.answers else 201
        if status is None:
            raise SilentError("dead")
        return Answer(status, {"number": len(self.asked), "title": "No"})


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def publisher(hub: FakeHub, told: list[tuple[str, str]]) -> Iterator[Publisher]:
    made = Publisher(hub, people(2), lambda act, words, outcome: told.append((act.kind, outcome)))  # type: ignore[arg-type]
    yield made
    made.close()


def _until_done(publisher: Publisher) -> None:
    def is_done() -> bool:
        publisher.collect()
        return not publisher.waiting_count

    wait_until(is_done, "everything is answered")


def test_a_silent_or_busy_hub_is_asked_the_same_again(publisher: Publisher, hub: FakeHub, told: list[Any]) -> None:
    hub.answers = [None, 503, 201]
    publisher.take(5, Act(0.0, "publish", HUB, 1))
    assert publisher.waiting_count == 1
    _until_done(publisher)
    assert len(hub.asked) == 3 and hub.asked[0] == hub.asked[1] == hub.asked[2]
    assert told == [("publish", "done")]
    assert [(one.key, one.number) for one in publisher.answered] == [("campaign.example,c5", 3)]


def test_an_update_follows_what_stands_and_a_cancel_ends_it(publisher: Publisher, hub: FakeHub) -> None:
    for index, kind in enumerate(("publish", "update", "cancel", "cancel")):
        publisher.take(index, Act(0.0, kind, HUB, index))
        _until_done(publisher)
    paths = ["/v1/alerts", "/v1/alerts/c0/update", "/v1/alerts/c1/cancel", "/v1/alerts"]
    assert [path for path, _, _ in hub.asked] == paths
    first, update, *_ = publisher.answered
    assert update.audience == first.audience


def test_what_is_refused_is_told_and_not_counted(publisher: Publisher, hub: FakeHub, told: list[Any]) -> None:
    hub.answers = [409]
    publisher.take(0, Act(0.0, "publish", HUB, 1))
    _until_done(publisher)
    assert told == [("publish", "refused: 409 No")]
    assert publisher.answered == []


def test_who_an_alert_is_for(publisher: Publisher) -> None:
    for index in range(30):
        publisher.take(index, Act(0.0, "publish", HUB, index))
    _until_done(publisher)
    amina, tomas = people(2)
    due = publisher.due_for("d-1", amina), publisher.due_for("d-2", tomas)
    assert 0 < due[0] < 30 and 0 < due[1] < 30
