"""What an outcome counts as lost, doubled and falsely acknowledged, and when it is clean."""

from __future__ import annotations

from typing import Any

from netsim.chaos.outcome import Outcome, percentiles
from netsim.judge.stores import Verdict


def outcome(found: dict[str, Any] | None = None, **more: Any) -> Outcome:
    verdict = Verdict(4, 6, 6, 6, 1, 1, 6, 0, found or {"excused": ()})
    values: dict[str, Any] = {
        "profile": "gprs",
        "via": "toxiproxy (embedded)",
        "seed": 7,
        "minutes": 1.0,
        "devices": 2,
        "verdict": verdict,
        "answered": 4,
        "deliveries_ms": [100.0, 200.0, 900.0],
        "faults": {"cut": 2},
        "acts": {"publish": 4},
        "up_bytes": 10,
        "down_bytes": 20,
        "connections": 2,
        "settled_s": 4.0,
    }
    return Outcome(**values | more)


def test_the_json_has_what_machines_ask_for() -> None:
    said = outcome().as_json()
    asked = {"published", "delivered", "lost", "shown_twice", "false_acknowledgements", "faults", "seed"}
    assert asked <= set(said)
    assert (said["ok"], said["published"], said["delivered"], said["lost"]) == (True, 4, 6, 0)
    assert said["delivery_ms"] == {"p50": 200, "p90": 900, "p99": 900}


def test_each_finding_is_counted_under_its_name() -> None:
    pair = (("amina", "a,1"),)
    said = outcome({"lost": pair, "hidden": pair, "alarms_twice": pair, "claimed_without_proof": pair}).as_json()
    assert (said["ok"], said["lost"], said["shown_twice"], said["false_acknowledgements"]) == (False, 2, 1, 1)


def test_what_was_wrong_at_a_moment_stays_wrong_and_counts_once() -> None:
    pair = ("amina", "a,1")
    bad = outcome({"doubled": (pair,)}, meanwhile={"doubled": (pair,), "strays": (pair,)})
    assert bad.wrong == {"doubled": (pair,), "strays": (pair,)}
    assert bad.exit_code == 1


def test_a_crash_or_no_rest_is_not_clean() -> None:
    assert outcome().is_clean and outcome().exit_code == 0
    assert not outcome(crashed=("amina: out of memory",)).is_clean
    assert not outcome(settled_s=None).is_clean


def test_percentiles_of_nothing_are_nothing() -> None:
    assert percentiles([]) == {"p50": None, "p90": None, "p99": None}
    assert percentiles([float(n) for n in range(1, 101)]) == {"p50": 50, "p90": 90, "p99": 99}
