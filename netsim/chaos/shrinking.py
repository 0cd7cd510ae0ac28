"""A failing schedule made short: parts are left out for as long as the same thing stays wrong (delta debugging, bounded)."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def shrink(places: Sequence[int], still_fails: Callable[[tuple[int, ...]], bool], reruns_max: int) -> tuple[int, ...]:
    """The fewest places found with which it still fails, after at most so many reruns.

    Runs of real processes do not repeat exactly: a rerun that happens to go well keeps a part that was not needed.
    """
    kept = tuple(places)
    size = max(1, len(kept) // 2)
    reruns = 0
    while True:
        index, has_shrunk = 0, False
        while index < len(kept):
            if reruns == reruns_max:
                return kept
            shorter = kept[:index] + kept[index + size :]
            reruns += 1
            if shorter and still_fails(shorter):
                kept, has_shrunk = shorter, True
            else:
                index += size
        if size == 1 and not has_shrunk:
            return kept
        size = max(1, size // 2)
