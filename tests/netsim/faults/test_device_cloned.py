"""Two phones are one device."""

from __future__ import annotations

import pytest

from netsim.faults.device_cloned import DeviceCloned
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import until_connected, until_has

pytestmark = pytest.mark.xdist_group("faults")


def test_both_phones_get_what_comes_and_neither_cuts_the_other_off(story: Story) -> None:
    fault = DeviceCloned()
    story.begin(fault)
    assert fault.clone is not None
    until_connected(fault.clone, story.target)
    key = story.publish()
    story.until_all_have(key)
    until_has(fault.clone, key)
    assert "REPLACED" not in [name for name, _ in story.troubles + fault.clone.troubles]
    story.end(fault)
    story.ends_well()
