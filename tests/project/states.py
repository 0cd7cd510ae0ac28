"""The tables of states as pictures for docs/protocol.md: `python -m tests.project.states` draws them into the page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from alerts.session.states import READER_TRANSITIONS, SENDER_TRANSITIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
Table = Mapping[Any, Enum]
TABLES: dict[str, Table] = {"reader": READER_TRANSITIONS, "sender": SENDER_TRANSITIONS}


def grid(table: Table) -> str:
    """Events down, states across, in each cell the state that follows."""
    states, events = _members(table, 0), _members(table, 1)
    head = [_row("", *(state.value for state in states)), "|---" * (len(states) + 1) + "|"]
    rows = [_row(event.value, *(_value(table.get((state, event))) for state in states)) for event in events]
    return "\n".join(head + rows)


def picture(table: Table) -> str:
    """The transitions between different states, for Mermaid."""
    edges = [(state, event, after) for (state, event), after in table.items() if state is not after]
    lines = [f"    {_name(state)} --> {_name(after)}: {event.value}" for state, event, after in edges]
    named = [f'    state "{state.value}" as {_name(state)}' for state in _members(table, 0)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *named, *lines, "```"])


def drawn(page: str) -> str:
    """The page with its tables of states as the code has them."""
    for name, table in TABLES.items():
        block = f"<!-- states: {name} -->\n{picture(table)}\n\n{grid(table)}\n<!-- end -->"
        before, _, rest = page.partition(f"<!-- states: {name} -->")
        page = before + block + rest.partition("<!-- end -->")[2]
    return page


def _members(table: Table, at: int) -> list[Enum]:
    """All states (0) or events (1), those too that the table does not have."""
    kind: type[Enum] = type(next(iter(table))[at])
    return list(kind)


def _value(state: Enum | None) -> str:
    return "–" if state is None else str(state.value)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _name(state: Enum) -> str:
    return state.name.lower()


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
