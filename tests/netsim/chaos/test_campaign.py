"""A campaign carries out what its schedule says, ends what it began, and judges closed stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.chaos.campaign import run_campaign
from netsim.chaos.record import Recorder, read_record
from netsim.chaos.schedule import HUB, Act, Schedule, Spell
from netsim.profiles.profile import Profile
from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks

PERFECT = Profile(name="perfect", title="Perfect")
ACTS = (
    Act(0.2, "publish", HUB, 1),
    Act(1.0, "acknowledge", "amina", 1),
    Act(1.1, "move", "tomas", 2),
    Act(1.2, "languages", "amina", 3),
    Act(1.3, "roll-call", "tomas", 4),
    Act(2.0, "update", HUB, 5),
    Act(2.1, "publish", HUB, 6),
)
SPELLS = (
    Spell(0.5, 1.0, "device-kill", "amina", 1),
    Spell(1.5, 60.0, "cut", "tomas", 2),
    Spell(2.2, 0.1, "reset", "amina", 3),
)


@pytest.mark.xdist_group("campaign")
def test_a_short_campaign_of_everything(tmp_path: Path) -> None:
    schedule = Schedule(1, 4.0, tuple(enumerate(ACTS)), tuple(enumerate(SPELLS, len(ACTS))))
    recorder = Recorder(tmp_path / "record.sqlite")
    said: list[str] = []
    with Site(tmp_path / "site", ToxiproxyLinks("embedded", seed=1), people(2)) as site:
        outcome = run_campaign(site, schedule, PERFECT, recorder, said.append)
        assert not site.hub.is_running and not any(device.is_running for device in site.devices)
    recorder.close()
    assert outcome.is_clean, outcome.as_json()
    excused = len(outcome.verdict.found["excused"])
    assert outcome.answered == 3 and outcome.verdict.delivered == outcome.verdict.addressed - excused > 0
    assert outcome.faults == {"cut": 1, "device-kill": 1, "reset": 1}
    record = read_record(recorder.file)
    assert {row.kind for row in record.acts} == {act.kind for act in ACTS}
    assert len(record.published) == 3 and record.meta["summary"]["ok"] is True
    assert len(record.deliveries) >= outcome.verdict.delivered
    assert all(0 <= row.published_s <= row.arrived_s for row in record.deliveries)
    ended = {fault.name: fault.ended_s for fault in record.faults}
    assert ended["cut"] is not None, "what still lasted was ended"
    assert any("links heal" in words for words in said)
