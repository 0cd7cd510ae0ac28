"""The workload on real processes: a time for each alert, none shorter than the link. What goes beyond that is not judged."""

from __future__ import annotations

import pytest

from netsim.bench import followed
from netsim.bench.prediction import Workload
from netsim.commands.bench import TOCSIN
from tests.support.tcp_pair import link

WORKLOAD = Workload(live=3, missed=4, every_s=0.1)


@pytest.mark.needs("namespaces")
def test_live_and_missed_alerts_are_timed() -> None:
    live = followed.live_ms(TOCSIN, link(rtt_ms=60), WORKLOAD, "reno", "1")
    caught_up = followed.caught_up_ms(TOCSIN, link(rtt_ms=60), WORKLOAD, "reno", ("1", "2"))
    assert (len(live), len(caught_up)) == (3, 2 * 4)
    assert min(caught_up) >= 120, "two round trips; of a live alert the publisher may hear later than the device has it"


@pytest.mark.needs("namespaces")
def test_the_ends_use_a_congestion_control_that_the_model_knows() -> None:
    assert followed.possible_congestion() in followed.CONGESTIONS
