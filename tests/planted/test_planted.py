"""The simulation can fail: each bug of this folder, planted into the running code, is caught, and by the promise it breaks."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from netsim.virtual.campaign import run_seeds

SEEDS_MAX = 1500

BUGS = {
    "canary": {1, 2, 3, 4},
    "stored_before_commit": {4, 6},
    "cursor_past_what_is_due": {1, 3},
    "outbox_forgotten_when_sent": {1},
    "known_by_identity_only": {1, 3},
    "as_of_not_checked": {1, 3, 4, 6},
    "owed_roll_call_not_durable": {1, 3, 6},
    "nothing_inherited": {1},
    "clock_gone_back_ignored": {1, 3},
    "lost_numbers_not_struck": {1, 2, 3},
    "alarm_with_every_text": {2},
    "outbox_epoch_kept": {1, 6},
    "no_epoch_when_put_back": {1, 2, 3, 4, 6},
    "audience_change_without_roll_call": {1},
    "deadly_items_tried_for_ever": {6},
    "half_a_message": {6},
    "clone_taken_for_its_original": {4},
}
"""Each file of this folder, and the promises (by number) that its bug may be seen to break first."""


@pytest.mark.parametrize("bug", BUGS)
def test_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import_module(f"tests.planted.{bug}").plant(monkeypatch)
    violation = next((found.violation for found in run_seeds(range(SEEDS_MAX)) if found.violation), None)
    assert violation is not None, f"{SEEDS_MAX} seeds, and nobody noticed"
    assert int(violation.split()[1].rstrip(":")) in BUGS[bug], violation


def test_every_planted_bug_is_listed() -> None:
    files = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"test_planted"}
    assert files == set(BUGS)
