"""Token buckets."""

from __future__ import annotations

from server.api.rate import Rate


def test_a_burst_then_one_at_a_time() -> None:
    rate = Rate(per_second=2, burst=3)
    assert [rate.take("a", 10.0) for _ in range(3)] == [None] * 3
    assert rate.take("a", 10.0) == 0.5
    assert rate.take("a", 10.25) == 0.25
    assert rate.take("a", 10.5) is None
    assert rate.take("a", 10.5) == 0.5


def test_a_pause_fills_the_bucket_and_no_more() -> None:
    rate = Rate(per_second=1, burst=2)
    rate.take("a", 0.0)
    assert [rate.take("a", 1000.0) is None for _ in range(3)] == [True, True, False]


def test_each_name_has_its_own() -> None:
    rate = Rate(per_second=1, burst=1)
    assert rate.take("a", 0.0) is None and rate.take("b", 0.0) is None
    assert rate.take("a", 0.0) is not None


def test_what_is_given_back_does_not_count() -> None:
    rate = Rate(per_second=0.001, burst=1)
    for _ in range(5):
        assert rate.take("a", 1.0) is None
        rate.give_back("a")
    assert rate.take("a", 1.0) is None
    assert rate.take("a", 1.0) is not None
