from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.audience import Audience, Reader
from alerts.session.claim import Claim
from alerts.session.spans import Spans
from server.delivery import STATES, DeliveryState, Ending, Evidence, judge, state_of

NOW = 1000
ALERT = Ending(5, Audience(areas=("KE",)), 500, 2000, None, False)
DEVICE = Evidence("d", "phone", Reader("d", ("KE-047",)), None, Claim())
HAS = Claim(cursor=5, epoch=1, as_of=5)


def test_each_state_says_what_it_means_and_what_proves_it() -> None:
    assert set(STATES) == set(DeliveryState)
    assert all(state.meaning.endswith(".") and state.proof.endswith(".") for state in STATES.values())


@pytest.mark.parametrize(
    ("alert", "device", "state"),
    [
        (ALERT, DEVICE, DeliveryState.ADDRESSED),
        (ALERT, replace(DEVICE, claim=HAS), DeliveryState.DELIVERED),
        (ALERT, replace(DEVICE, claim=Claim(held=(5,))), DeliveryState.DELIVERED),
        (ALERT, replace(DEVICE, claim=replace(HAS, spared=Spans.of([5]))), DeliveryState.ADDRESSED),
        (ALERT, replace(DEVICE, claim=HAS, seen_at=900), DeliveryState.SEEN),
        (ALERT, replace(DEVICE, seen_at=900, acknowledged_at=950), DeliveryState.ACKNOWLEDGED),
        (ALERT, replace(DEVICE, reader=Reader("d", ("UG",))), None),
        (ALERT, replace(DEVICE, reader=None), None),
        (ALERT, replace(DEVICE, reader=Reader("d", ("UG",)), acknowledged_at=950), DeliveryState.ACKNOWLEDGED),
        (ALERT, replace(DEVICE, revoked_at=400), None),
        (ALERT, replace(DEVICE, revoked_at=600), DeliveryState.NOT_REACHED),
        (replace(ALERT, expires=900), DEVICE, DeliveryState.NOT_REACHED),
        (replace(ALERT, expires=900), replace(DEVICE, claim=HAS), DeliveryState.DELIVERED),
        (replace(ALERT, replaced_by=6), DEVICE, DeliveryState.WITHDRAWN),
        (replace(ALERT, replaced_by=6), replace(DEVICE, claim=HAS), DeliveryState.DELIVERED),
        (replace(ALERT, is_cancel=True), replace(DEVICE, claim=replace(HAS, spared=Spans.of([5]))), None),
    ],
)
def test_the_furthest_state_that_there_is_proof_of(
    alert: Ending, device: Evidence, state: DeliveryState | None
) -> None:
    assert state_of(alert, device, NOW) is state


def test_counts_name_every_state_and_sum_up_to_the_devices() -> None:
    found = judge(
        ALERT, [DEVICE, replace(DEVICE, device="e", claim=HAS), replace(DEVICE, device="f", reader=None)], NOW
    )
    assert set(found.counts) == set(DeliveryState)
    assert sum(found.counts.values()) == len(found.devices) == 2
    assert found.counts[DeliveryState.DELIVERED] == 1
