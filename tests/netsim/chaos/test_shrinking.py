"""Parts are left out as long as it fails, within the number of reruns."""

from __future__ import annotations

from netsim.chaos.shrinking import shrink


def test_what_matters_is_left() -> None:
    needed = {3, 17}
    assert set(shrink(range(40), lambda places: needed <= set(places), 1000)) == needed


def test_it_stops_after_so_many_reruns_with_the_shortest_so_far() -> None:
    runs: list[tuple[int, ...]] = []

    def fails(places: tuple[int, ...]) -> bool:
        runs.append(places)
        return 0 in places

    kept = shrink(range(64), fails, 3)
    assert len(runs) == 3 and 0 in kept and len(kept) < 64


def test_nothing_is_rerun_without_leave() -> None:
    assert shrink((1, 2), lambda _: True, 0) == (1, 2)
