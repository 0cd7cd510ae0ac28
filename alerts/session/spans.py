"""A set of numbers that mostly lie side by side, such as those that a device was spared while it was away."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class Spans:
    """An immutable set of positive numbers, kept as runs: memory follows the number of runs, not of numbers."""

    __slots__ = ("_bounds",)

    def __init__(self, runs: Iterable[tuple[int, int]] = ()) -> None:
        """`runs` are (first, last), in any order, overlapping or not; empty ones (last below first) are left away."""
        bounds: list[int] = []
        for first, last in sorted(runs):
            if last < first:
                continue
            if bounds and first <= bounds[-1]:
                bounds[-1] = max(bounds[-1], last + 1)
            else:
                bounds += (first, last + 1)
        self._bounds = tuple(bounds)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Spans:
        """The set of these numbers."""
        return cls((number, number) for number in numbers)

    def runs(self) -> Iterator[tuple[int, int]]:
        """The runs as (first, last), ascending, none touching the next."""
        for index in range(0, len(self._bounds), 2):
            yield self._bounds[index], self._bounds[index + 1] - 1

    def __contains__(self, number: int) -> bool:
        return bisect_right(self._bounds, number) % 2 == 1

    def __iter__(self) -> Iterator[int]:
        for first, last in self.runs():
            yield from range(first, last + 1)

    def __bool__(self) -> bool:
        return bool(self._bounds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self._bounds == other._bounds

    def __hash__(self) -> int:
        return hash(self._bounds)

    def __repr__(self) -> str:
        return f"Spans({list(self.runs())})"

    def __or__(self, other: Spans) -> Spans:
        """Both together."""
        if not other:
            return self
        return Spans((*self.runs(), *other.runs())) if self else other

    def without(self, numbers: Iterable[int]) -> Spans:
        """All but these numbers."""
        runs = list(self.runs())
        for number in numbers:
            index = bisect_right(runs, (number, 2**63)) - 1
            if index >= 0 and runs[index][0] <= number <= runs[index][1]:
                first, last = runs[index]
                runs[index : index + 1] = [(first, number - 1), (number + 1, last)]
        return Spans(runs)


def gaps(low: int, high: int, numbers: Iterable[int]) -> Spans:
    """All numbers of (low, high] that are not among `numbers`."""
    runs = []
    before = low
    for number in sorted(numbers):
        if low < number <= high:
            runs.append((before + 1, number - 1))
            before = number
    return Spans([*runs, (before + 1, high)])
