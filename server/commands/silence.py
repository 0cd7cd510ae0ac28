"""`tocsin-hub silence`: what is quieter than its own usual."""

from __future__ import annotations

from typing import Any

from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Json


def silence(*, where: Where = HERE, json: Json = False) -> None:
    """List the sources and areas whose silence would be noticed, what is silent first, with the figures behind it."""
    with at_hub(where) as api:
        watched = api.get("/v1/silence")["watched"]
    output.answer_rows(watched, ("kind", "name", "state", "since", "figures"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return row["kind"], row["name"], row["state"], output.when(row["since"]), row["words"]
