"""What to send a reader next: urgent first, the present and not the past, in small steps.

        above the cursor    5  6  7* 8  9  10*        * Extreme or Severe
        sent                Ahead[7, 10], Data(4, 5), Data(5, 8), Data(8, 10)

Each call looks at the log as it is now, so what has expired or been replaced since is left out by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from alerts import limits
from alerts.audience import Reader
from alerts.session.log import Entry, Form, Log, Urgency

Chosen = tuple[Entry, Form]


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries to send in one frame. `upto` None: they go ahead."""

    entries: tuple[Chosen, ...]
    epoch: int
    upto: int | None


def choose(
    log: Log,
    reader: Reader,
    now: int,
    *,
    after: int,
    ahead: Collection[int],
    room_ahead: int,
    items_max: int,
    may_have: Callable[[str], bool],
    size: Callable[[Entry, Form], int],
) -> Batch | None:
    """The next frame for a reader that was sent everything up to `after` and, out of order, `ahead`. None: nothing is due."""
    due = _due(log, reader, now, after, ahead, may_have)
    if not due:
        top = max(ahead, default=0)
        return _data((), log, None) if top > after else None
    urgent = sorted((item for item in due if item[0].urgency), key=lambda item: (-item[0].urgency, item[0].number))
    if urgent and urgent[0] is not due[0] and room_ahead > 0:
        return _ahead(urgent[: min(items_max, room_ahead)], size)
    # With no room ahead nothing can overtake, so nothing is cut short to let it.
    run = _run(due, urgent if room_ahead > 0 else [], items_max, size)
    rest = due[len(run)][0].number if len(run) < len(due) else None
    return _data(run, log, rest)


def choose_extreme(
    log: Log, reader: Reader, now: int, *, after: int, ahead: Collection[int], may_have: Callable[[str], bool]
) -> Batch | None:
    """The first Extreme entry above `after` that was not sent yet: it waits for no window and no roll-call."""
    for entry in log.after(after):
        if entry.urgency is Urgency.EXTREME and entry.number not in ahead:
            form = log.form_for(entry, reader, now, may_have)
            if form:
                return Batch(((entry, form),), entry.epoch, None)
    return None


def _due(
    log: Log, reader: Reader, now: int, after: int, ahead: Collection[int], may_have: Callable[[str], bool]
) -> list[Chosen]:
    return [
        (entry, form)
        for entry in log.after(after)
        if entry.number not in ahead and (form := log.form_for(entry, reader, now, may_have))
    ]


def _run(
    due: list[Chosen], urgent: list[Chosen], items_max: int, size: Callable[[Entry, Form], int]
) -> tuple[Chosen, ...]:
    """The next items in their order: of one epoch, within the batch, and none ordinary while an urgent one is among them."""
    run: list[Chosen] = []
    total = 0
    for index, item in enumerate(due[:items_max]):
        total += size(*item)
        mixed = index < len(urgent) and item is not urgent[index]
        if run and (total > limits.BATCH_BYTES_MAX or item[0].epoch != run[0][0].epoch or mixed):
            break
        run.append(item)
    return tuple(run)


def _ahead(urgent: Iterable[Chosen], size: Callable[[Entry, Form], int]) -> Batch:
    run: list[Chosen] = []
    total = 0
    for item in urgent:
        total += size(*item)
        if run and (total > limits.BATCH_BYTES_MAX or item[0].epoch != run[0][0].epoch):
            break
        run.append(item)
    return Batch(tuple(run), run[0][0].epoch, None)


def _data(run: tuple[Chosen, ...], log: Log, rest: int | None) -> Batch:
    """A data frame for a run: up to just below what is still due (or to the head), within the epoch of its items."""
    upto = log.head if rest is None else rest - 1
    if run:
        end = log.path.end(run[0][0].epoch, log.head)
        assert end is not None, "an entry's epoch is on the path"
        upto = min(upto, end)
    return Batch(run, log.path.epoch_at(upto), upto)
