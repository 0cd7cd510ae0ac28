from __future__ import annotations

from server.store.feed_records import OUTCOMES, Outcome, credential_name


def test_every_outcome_has_a_meaning() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert all(meaning.endswith(".") for meaning in OUTCOMES.values())


def test_alerts_are_published_by_the_feed() -> None:
    assert credential_name("met") == "feed:met"
