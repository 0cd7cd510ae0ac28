"""Upgrades are let in at a rate; who has to wait is told for how long, and not everybody the same."""

from __future__ import annotations

import random

from server.push.admission import Admission


def test_a_burst_is_let_in_and_the_rest_waits() -> None:
    admission = Admission(per_second=10, burst=3, connections_max=100, rng=random.Random(1), clock=0.0)
    assert [admission.admit(0, 0.0) for _ in range(3)] == [None, None, None]
    waits = {admission.admit(0, 0.0) for _ in range(50)}
    assert None not in waits and len(waits) > 3


def test_tokens_come_back_with_time() -> None:
    admission = Admission(per_second=10, burst=1, connections_max=100, rng=random.Random(1), clock=0.0)
    assert admission.admit(0, 0.0) is None
    assert admission.admit(0, 0.05) is not None
    assert admission.admit(0, 0.2) is None


def test_a_full_hub_sends_devices_away_for_longer() -> None:
    admission = Admission(per_second=10, burst=5, connections_max=2, rng=random.Random(1), clock=0.0)
    assert admission.admit(1, 0.0) is None
    wait = admission.admit(2, 0.0)
    assert wait is not None and wait >= 30
