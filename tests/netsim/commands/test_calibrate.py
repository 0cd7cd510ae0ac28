"""The command prints what was measured, for people and for machines, and says by its exit code how near it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from alerts.errors import UserError
from netsim.bench import calibrate as calibrating
from netsim.bench.calibrate import Comparison, Figure, Report, Speed
from netsim.commands.bench import bench
from netsim.packet.network import Shaping
from netsim.profiles.profile import Profile

ROUND_TRIP = Figure("round trip", "ms", 600.0, 603.0, 30.0)
RATE = Figure("rate up", "bit/s", 15_000, 13_000, 750)
LOSS = Figure("loss", "of packets", 0.2, 0.203, 0.016)


def _run(*arguments: str) -> object:
    return bench(["calibrate", *arguments], result_action="return_value")


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def measured(
        profiles: Sequence[Profile], *, seconds: float, packets: int, shaping: Shaping, measured: Callable[[str], None]
    ) -> Report:
        assert (seconds, packets) == (calibrating.SECONDS, calibrating.PACKETS)
        has_netem = shaping == "netem"
        names.extend(profile.name for profile in profiles)
        measured("all")
        figures = (ROUND_TRIP,) if names == ["lan"] else (ROUND_TRIP, RATE)
        comparisons = (
            Comparison("loss of 20%, up", "iptables -m statistic", LOSS, LOSS, None),
            Comparison("rate of 2 Mbit/s, down", "tc tbf", ROUND_TRIP, None, "tc is not installed (package iproute2)"),
        )
        return Report(has_netem, dict.fromkeys(names, figures), comparisons, (Speed(None, 2_000_000, 2.0, 0.1),))

    monkeypatch.setattr(calibrating, "report", measured)
    monkeypatch.setenv("COLUMNS", "80")
    return names


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--profile", "lan") == 0
    printed = capsys.readouterr().out
    assert ["600.0", "ms", "603.0", "ms", "+0.5", "%", "±5", "%"] in [
        line.split()[-8:] for line in printed.splitlines()
    ]
    assert "ours 20.300 %, iptables -m statistic 20.300 %; both within ± 1.600 %" in printed
    assert "not compared with tc tbf: tc is not installed" in printed
    assert "as fast as it can: 1.0 MB/s, 50 ms of processor for a MB" in printed
    assert "Everything is within its bounds." in printed
    assert max(len(line) for line in printed.splitlines() if "±" in line and "ours" not in line) <= 80


def test_what_is_outside_is_marked_and_tells_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--profile", "gprs", "edge") == 1
    printed = capsys.readouterr().out
    assert "-13.3 % !" in printed
    assert "Outside of their bounds: 2 figures" in printed


@pytest.mark.parametrize(
    ("shaping", "said"),
    [("router", "The router in Python, on the real TCP"), ("netem", "The kernel's netem where it means the same")],
)
def test_it_says_who_shapes(capsys: pytest.CaptureFixture[str], shaping: str, said: str) -> None:
    _run("--profile", "lan", "--shaping", shaping)
    assert capsys.readouterr().out.startswith(said)


def test_what_asks_for_nothing_has_no_error_in_percent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Figure("round trip", "ms", 0.0, 0.4, 1.0)
    monkeypatch.setattr(calibrating, "report", lambda *_, **__: Report(False, {"bus-ride": (nothing,)}, (), ()))
    assert _run("--profile", "bus-ride") == 0
    assert "±1.0 ms" in capsys.readouterr().out


def test_json_is_one_object(capsys: pytest.CaptureFixture[str], made: list[str]) -> None:
    assert _run("--profile", "lan", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["is_within"] is True
    assert report["profiles"]["lan"][0]["error_percent"] == 0.5
    assert made == ["lan"]


def test_without_a_name_all_profiles_are_measured(made: list[str]) -> None:
    _run()
    assert {"gprs", "lan", "vsat-geo"} < set(made)


def test_a_profile_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no profile 'gpsr'"):
        _run("--profile", "gpsr")
