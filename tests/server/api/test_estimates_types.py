"""What an estimate costs is said only where somebody has said what a megabyte costs."""

from __future__ import annotations

from server.api.estimates_types import EstimateAnswer
from server.ops.estimates import Estimate, VariantEstimate


def test_a_cost_needs_a_price() -> None:
    estimate = Estimate((VariantEstimate(("en",), 1000, 150, 212, 0.57),), {"sw": 3})
    said = EstimateAnswer.of(estimate, None, (), None, 0.0, "KES")
    assert (said.fleet_bytes, said.cost, said.currency, said.missing_languages) == (212_000, None, "", {"sw": 3})
    assert EstimateAnswer.of(estimate, None, (), None, 50.0, "KES").cost == 10.6
