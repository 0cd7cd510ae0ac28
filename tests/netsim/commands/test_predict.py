"""The command shows medians side by side, for people and for machines, and says by its exit code whether they agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from alerts.errors import UserError
from netsim.bench import predict as predicting
from netsim.bench.ends import Subject
from netsim.bench.predict import Compared, Machine, Report
from netsim.bench.prediction import Workload
from netsim.commands.bench import TOCSIN, bench
from netsim.profiles.library import profile_names
from netsim.profiles.profile import Profile


def _run(*arguments: str) -> object:
    return bench(["predict", *arguments], result_action="return_value")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    asked: dict[str, object] = {}

    def measured(
        subject: Subject,
        profiles: Sequence[Profile],
        workload: Workload,
        *,
        seed: str,
        jobs: int,
        compared: Callable[[Compared], None],
    ) -> Report:
        assert subject is TOCSIN
        asked.update(names=[profile.name for profile in profiles], live=workload.live, seed=seed, jobs=jobs)
        off = 1300.0 if "worst" in asked["names"] else 1100.0  # type: ignore[operator]
        rows = tuple(
            row
            for profile in profiles
            for row in (
                Compared(profile.name, "live", 2.0, 40, 441.2, 450.4),
                Compared(profile.name, "catch-up", None, 100, 1000.0, off),
            )
        )
        compared(rows[0])
        return Report(Machine(1.25, 0.5, "reno"), rows, {"hf-radio": "the hub end has ended"} if seed == "9" else {})

    monkeypatch.setattr(predicting, "report", measured)
    monkeypatch.setenv("COLUMNS", "80")
    return asked


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str], asked: dict[str, object]) -> None:
    assert _run("--profile", "edge", "--live", "12") == 0
    printed = capsys.readouterr().out
    assert asked == {"names": ["edge"], "live": 12, "seed": "1", "jobs": 1}
    lines = [line.split() for line in printed.splitlines()]
    assert ["edge", "live,", "each", "2", "s", "40", "441", "ms", "450", "ms", "+2%"] in lines
    assert ["edge", "catch-up", "100", "1,000", "ms", "1,100", "ms", "+10%"] in lines
    assert "1.25 times" in printed
    assert "All that was measured is within 20%." in printed
    assert max(len(line) for line in printed.splitlines() if " ms " in line) <= 80


def test_what_is_off_is_named_and_tells_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--profile", "edge", "worst") == 1
    printed = capsys.readouterr().out
    assert "+30% !" in printed
    assert "Not within 20%: edge catch-up, worst catch-up." in printed


def test_what_could_not_be_measured_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--profile", "edge", "--seed", "9") == 1
    assert "hf-radio was not measured: the hub end has ended" in capsys.readouterr().out


def test_machines_get_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--profile", "edge", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["live_factor"], said["catch_up_factor"], said["congestion"]) == (1.25, 0.5, "reno")
    assert [(one["workload"], one["every_s"], one["holds"]) for one in said["compared"]] == [
        ("live", 2.0, True),
        ("catch-up", None, True),
    ]


def test_without_names_all_profiles_are_compared(asked: dict[str, object]) -> None:
    _run("--seed", "7", "--jobs", "3")
    assert asked == {"names": profile_names(), "live": Workload().live, "seed": "7", "jobs": 3}


def test_a_profile_that_there_is_not_is_told() -> None:
    with pytest.raises(UserError, match="'egde'"):
        _run("--profile", "egde")
