"""One alert as somebody sees it who is bound to some areas (or to none), tallied, and told to pages: whole, or what changed.

board ──▶ sync(places) ──▶ tallies ──▶ snapshot   the whole, for a page that comes
                                   └─▶ change     what is other than when it was last told, for the pages that are there
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server import scope
from server.api.progress_types import AreaProgressAnswer, PointAnswer, ProgressAnswer
from server.api.types import time_of
from server.watch.board import ACTS, NONE, Board
from server.watch.course import Course, Point, Sample, course
from server.watch.progress import Span, progress_of, rows_of
from server.watch.roster import Roster
from server.watch.tallies import NEVER, Tallies, Times, named

LATEST_MAX = 20
AREAS_MAX = 2000
"""Rows by area that are told; the levels above come first."""
_WORDS = {place: kind.value.partition(".")[2] for kind, place in ACTS.items()}

Counted = tuple[tuple[str, ...], int, Times]


class View:
    """What one board comes to for who is bound to `bound`."""

    def __init__(self, number: int, bound: tuple[str, ...]) -> None:
        self.number = number
        self.bound = bound
        self.board: Board | None = None
        self.is_whole = False
        """Whether it was told as a whole; what changes is told then."""
        self._forget()

    # -- what the watch gives -----------------------------------------------------------------------------------------

    def begin(self, roster: Roster) -> None:
        """Forget everything."""
        self._forget()

    def _forget(self) -> None:
        self.tallies = Tallies(self.bound)
        self._counted: dict[int, Counted] = {}
        self.latest: deque[dict[str, Any]] = deque(maxlen=LATEST_MAX)
        self._new: list[dict[str, Any]] = []
        self._told_course: Course | None = None
        self.is_whole = False

    def moved(self, places: Sequence[int]) -> None:
        """Nothing: `changed` follows for who is counted."""

    def board_made(self, board: Board) -> None:
        """A board, or another one."""
        if board.number == self.number:
            self._forget()
            self.board = board

    def board_gone(self, number: int) -> None:
        """Nothing: the board of an alert that is watched stays."""

    def changed(self, board: Board, places: Sequence[int]) -> None:
        """Count what the board says of these devices now."""
        if board is not self.board:
            return
        roster = board.roster
        for place in places:
            areas, state = roster.devices[place].areas, board.states[place]
            now: Counted | None = (areas, state, board.times.get(place, NEVER))
            if state == NONE or not scope.may_see_device(self.bound, areas):
                now = None
            before = self._counted.get(place)
            if now == before:
                continue
            if before is not None:
                self.tallies.add(*before, -1)
                del self._counted[place]
            if now is not None:
                self.tallies.add(*now)
                self._counted[place] = now
                self._note(place, NEVER if before is None else before[2], now[2])

    def _note(self, place: int, before: Times, now: Times) -> None:
        """Remember who has done what last."""
        for which, (old, new) in enumerate(zip(before, now, strict=True)):
            if old is None and new is not None:
                assert self.board is not None, "it counts"
                traits = self.board.roster.devices[place]
                self._new.append(
                    {
                        "device": traits.device,
                        "name": traits.name,
                        "areas": traits.areas,
                        "did": _WORDS[which],
                        "at": time_of(new),
                    }
                )

    # -- what pages are told ------------------------------------------------------------------------------------------

    def snapshot(self, identifier: str, names: Mapping[str, str], now: int) -> dict[str, Any]:
        """The whole, as JSON."""
        found = progress_of(self.tallies, self._span(), self._samples(), names, now)
        said = ProgressAnswer.of(identifier, found).model_dump(mode="json", by_alias=True)
        areas = sorted(said["areas"], key=lambda row: (row["area"].count("-"), row["area"]))
        said["areas"] = areas[:AREAS_MAX]
        return {
            "progress": said,
            "areas_left_off": max(0, len(areas) - AREAS_MAX),
            "latest": _newest([*self.latest, *self._new]),
        }

    def told(self, now: int) -> None:
        """Everything up to now was told, or will be to whoever comes."""
        self.latest.extend(_newest(self._new))
        self._new.clear()
        self.tallies.changed.clear()
        self._told_course = self._course(now)
        self.is_whole = True

    @property
    def is_news(self) -> bool:
        """Whether something is other than when it was last told."""
        return bool(self.tallies.changed or self._new)

    def change(self, names: Mapping[str, str], now: int) -> dict[str, Any]:
        """What is other than when it was last told, as JSON; it is told then."""
        codes = sorted(self.tallies.changed, key=lambda code: (code.count("-"), code))[:AREAS_MAX]
        rows = [AreaProgressAnswer.of(row).model_dump(mode="json") for row in rows_of(self.tallies, codes, names)]
        ran, same = self._course(now), 0
        if self._told_course is not None and self._told_course.step_s == ran.step_s:
            same = _same(self._told_course.points, ran.points)
        said = {
            "counts": {str(state): count for state, count in named(self.tallies.counts).items()},
            "areas": rows,
            "gone": [code for code in codes if not any(self.tallies.areas[code])],
            "step_seconds": ran.step_s,
            "points_from": same,
            "points": [PointAnswer.of(point).model_dump(mode="json") for point in ran.points[same:]],
            "latest": _newest(self._new),
        }
        self.told(now)
        return said

    def _span(self) -> Span:
        assert self.board is not None, "the watch has given it one"
        loaded = self.board.loaded
        return Span(self.number, loaded.alert.published_at, loaded.ended_at)

    def _samples(self) -> Sequence[Sample]:
        assert self.board is not None, "the watch has given it one"
        return () if self.bound else self.board.samples

    def _course(self, now: int) -> Course:
        span = self._span()
        return course(self.tallies, span.begun_at, now if span.ended_at is None else span.ended_at, self._samples())


def _newest(acts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(acts, key=lambda act: str(act["at"]))[-LATEST_MAX:]


def _same(before: Sequence[Point], after: Sequence[Point]) -> int:
    """How many points at the beginning are as they were."""
    same = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        same += 1
    return same
