"""A page of answers."""

from __future__ import annotations

import json

from alerts.cap.question import AnswerValue
from server.answers import Answers, DeviceAnswer
from server.api.answers_types import AnswersAnswer, AnswersQuery
from tests.support.questions import NUMBER


def test_pages_follow_one_another_and_the_counts_are_those_of_all() -> None:
    devices = tuple(DeviceAnswer(f"d-{n}", "", ("KE",), n, 0, 0, False) for n in range(5))
    answers = Answers(3, (("en", NUMBER),), devices)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = AnswersAnswer.of("x", answers, AnswersQuery(after=after, limit=2))
        seen += [one.device for one in page.devices]
        assert (page.tally.count, page.areas[0].area, page.areas[0].count) == (5, "KE", 5)
        after = page.next
        if after is None:
            break
    assert seen == [one.device for one in devices]


def test_values_keep_their_types() -> None:
    values: tuple[AnswerValue, ...] = (True, 1, 2.5, "x")
    devices = tuple(DeviceAnswer(f"d-{at}", "", (), value, 0, 0, False) for at, value in enumerate(values))
    said = json.loads(AnswersAnswer.of("x", Answers(3, ((None, NUMBER),), devices), AnswersQuery()).model_dump_json())
    assert [json.dumps(one["value"]) for one in said["devices"]] == ["true", "1", "2.5", '"x"']
