"""What commands print: tables in their full width on a pipe, JSON for machines, times as people read them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar

import rich.table
from cyclopts import Parameter
from rich.console import Console, RenderableType

Json = Annotated[bool, Parameter(name="--json", negative=(), help="For machines: JSON.")]
Flag = Annotated[bool, Parameter(negative=())]
Several = Annotated[list[str] | None, Parameter(negative=())]
PIPE_COLUMNS = 240
Value = TypeVar("Value")


class Table(rich.table.Table):
    """A table of words that come from elsewhere."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """A line of it."""
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **options)


def show(*tables: rich.table.Table) -> None:
    """Print tables, to a file or a pipe in their full width."""
    # what stands in the cells came from elsewhere: square brackets in it are no markup
    console = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS, markup=False, emoji=False)
    for table in tables:
        if table.row_count:
            console.print(table)
        else:
            say("There are none.")


STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls of terminals, and what turns the direction of writing. Joiners stay: Persian and Hindi are written with them."""


def plain(words: str) -> str:
    """Words from elsewhere without what would steer a terminal, in one line."""
    return STEERS.sub(" ", words)


def plain_lines(words: str) -> str:
    """The same of several lines."""
    return "\n".join(map(plain, words.split("\n")))


def say(words: str) -> None:
    """The answer, or a line of it."""
    sys.stdout.write(f"{plain_lines(words)}\n")


def flush() -> None:
    """Let a pipe have what was said so far."""
    sys.stdout.flush()


def note(words: str) -> None:
    """A line beside the answer, which does not end up in a file or a pipe."""
    sys.stderr.write(f"{plain_lines(words)}\n")


def notes(reports: Iterable[str]) -> None:
    """What the hub has to say beside its answer."""
    for report in reports:
        note(f"Note: {report}")


def as_json(value: Any) -> None:
    """The answer as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def answer(value: Value, tell: Callable[[Value], None], *, json: bool) -> None:
    """What the hub has answered: for machines as it came, for people as `tell` prints it."""
    if json:
        as_json(value)
    else:
        tell(value)


def answer_rows(
    rows: Sequence[Value], headings: Iterable[str], cells: Callable[[Value], Iterable[str | None]], *, json: bool
) -> None:
    """A list, for people as a table: `cells` are those of a row."""

    def tell(rows: Sequence[Value]) -> None:
        table = Table(*headings)
        for row in rows:
            table.add_row(*cells(row))
        show(table)

    answer(rows, tell, json=json)


def when(moment: str | None, otherwise: str = "") -> str:
    """A time of the API, shorter: `2026-11-28 12:05Z`."""
    return otherwise if moment is None else f"{moment[:10]} {moment[11:16]}Z"


def devices(count: int) -> str:
    """A number of devices in words."""
    return f"{count:,} device{'' if count == 1 else 's'}"
