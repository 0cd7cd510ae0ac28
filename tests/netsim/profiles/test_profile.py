"""The models of a profile: what they take, what they refuse, how they find the source of a figure."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from netsim.profiles.profile import Profile, Source, Way
from netsim.profiles.trace import Step, Trace, Track

LINK: dict[str, Any] = {
    "name": "x",
    "title": "A link",
    "up": {"rate_bit_s": 9600, "delay_ms": 300, "queue_bytes": 20_000},
    "down": {"delay_ms": 200, "loss": {"bad_loss": 0.5, "good_packets": 90, "bad_packets": 10}},
    "outages": [{"every_s": 600, "lasts_s": 60}],
    "nat": {"idle_s": 300, "forgets": "drop"},
    "sources": {
        "up": {"note": "assumed"},
        "up.delay_ms": {"title": "A paper", "where": "Somebody, 2001"},
        "outages.0": {"note": "assumed"},
    },
}


def _track(*steps: Step) -> Track:
    return Track(file="x.csv", steps=steps, lasts_s=10)


def test_figures_are_what_the_file_states() -> None:
    assert Profile.model_validate(LINK).figures() == {
        "up.rate_bit_s": 9600,
        "up.delay_ms": 300,
        "up.queue_bytes": 20_000,
        "down.delay_ms": 200,
        "down.loss.bad_loss": 0.5,
        "down.loss.good_packets": 90,
        "down.loss.bad_packets": 10,
        "outages.0.every_s": 600,
        "outages.0.lasts_s": 60,
        "nat.idle_s": 300,
        "nat.forgets": "drop",
    }


def test_the_nearest_source_counts() -> None:
    profile = Profile.model_validate(LINK)
    assert profile.source_of("up.delay_ms") == Source(title="A paper", where="Somebody, 2001")
    assert profile.source_of("up.rate_bit_s") == Source(note="assumed")
    assert profile.source_of("outages.0.lasts_s") == Source(note="assumed")
    assert profile.source_of("nat.idle_s") is None


def test_it_travels_as_json() -> None:
    profile = Profile.model_validate(LINK | {"trace": Trace(up=_track(Step(0, None, 0.1)), down=_track(Step(0)))})
    assert Profile.model_validate_json(profile.model_dump_json()) == profile
    assert Profile.model_validate(profile.model_dump()) == profile
    assert profile.round_trip_ms == 500


def test_a_trace_and_a_way_do_not_say_the_same() -> None:
    trace = Trace(up=_track(Step(0, 9600)), down=_track(Step(0, 9600)))
    with pytest.raises(ValidationError, match=r"the trace says rate_bit_s, so leave out up\.rate_bit_s"):
        Profile.model_validate(LINK | {"trace": trace})


def test_a_delay_of_a_trace_brings_its_own_spread() -> None:
    trace = Trace(up=_track(Step(0, 9600)), down=_track(Step(0, None, None, 50)))
    with pytest.raises(ValidationError, match=r"the trace says delay_ms, so leave out down\.delay_spread_ms"):
        Profile(name="x", title="x", down=Way(delay_spread_ms=10.0), trace=trace)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"up": {"rate_bit_s": 0}}, "up.rate_bit_s"),
        ({"up": {"rate_bit_s": 9600.5}}, "up.rate_bit_s"),
        ({"up": {"delay_ms": True}}, "up.delay_ms"),
        ({"up": {"delay_ms": float("inf")}}, "up.delay_ms"),
        ({"down": {"reorder": 1.1}}, "down.reorder"),
        ({"down": {"rate_bit_s": 9600, "queue_bytes": 1499}}, "down.queue_bytes"),
        ({"down": {"queue_bytes": 20_000}}, ""),
        ({"outages": [{"every_s": 60, "lasts_s": 60}]}, "outages.0"),
        ({"nat": {"idle_s": 60, "forgets": "shout"}}, "nat.forgets"),
        ({"nat": {"idle_s": 60}}, "nat.forgets"),
        ({"sideways": {}}, "sideways"),
        ({"sources": {"up.jitter": {"note": "assumed"}}}, ""),
        ({"sources": {"up": {"title": "A paper"}}}, "sources.up"),
        ({"sources": {"up": {}}}, "sources.up"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate(LINK | wrong)
    assert {".".join(map(str, error["loc"])) for error in caught.value.errors()} == {path}
