"""A proxy lets no WebSocket through."""

from __future__ import annotations

import pytest

from netsim.faults.stripped_upgrade import StrippedUpgrade
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.parametrize("answer", ["pass", "200", "400", "426", "501"])
def test_the_client_says_what_answers_instead(story: Story, answer: str) -> None:
    fault = StrippedUpgrade(answer=answer)
    story.begin(fault)
    story.target.connect_now()
    story.until_trouble("NOT_A_HUB", "REFUSED")
    story.publish()
    story.end(fault)
    story.ends_well()
