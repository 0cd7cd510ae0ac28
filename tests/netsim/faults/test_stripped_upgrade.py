"""A proxy lets no WebSocket through."""

from __future__ import annotations

import pytest

from netsim.faults.stripped_upgrade import StrippedUpgrade
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("pass", "NO_WEBSOCKET"),
        ("200", "NOT_A_HUB"),
        ("400", "NOT_A_HUB"),
        ("426", "NO_WEBSOCKET"),
        ("501", "NO_WEBSOCKET"),
    ],
)
def test_the_client_says_what_stands_between(story: Story, answer: str, trouble: str) -> None:
    fault = StrippedUpgrade(answer=answer)
    story.begin(fault)
    story.target.connect_now()
    story.until_trouble(trouble)
    story.publish()
    story.end(fault)
    story.ends_well()
