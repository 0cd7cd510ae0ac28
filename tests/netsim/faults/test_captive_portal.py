"""A network wants its user to sign in first."""

from __future__ import annotations

from typing import Literal

import pytest

from netsim.faults.captive_portal import CaptivePortal
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.parametrize("answer", ["page", "redirect"])
def test_the_person_is_asked_to_sign_in_and_then_has_everything(
    story: Story, answer: Literal["page", "redirect"]
) -> None:
    fault = CaptivePortal(answer=answer)
    story.begin(fault)
    story.target.connect_now()
    words = story.until_trouble("NOT_A_HUB")
    assert "does this network want you to sign in first?" in words
    story.publish()
    story.end(fault)
    story.ends_well()
