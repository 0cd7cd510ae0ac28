"""`tocsin-hub situation`: everything at a glance."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from cyclopts import Parameter

from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Flag, Json
from server.commands.situation_pages import situation_tables


def situation(
    *,
    all_areas: Annotated[
        Flag, Parameter(help="All areas, not only those that something reaches or that are silent.")
    ] = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Show what is in force and how far it has come, the areas, who is silent, what waits for approval, and what fails."""
    with at_hub(where) as api:
        found = api.get("/v1/situation")
    output.answer(found, partial(_show, all_areas=all_areas), json=json)


def _show(found: dict[str, Any], *, all_areas: bool) -> None:
    tables = situation_tables(found, all_areas=all_areas)
    output.show(*tables)
    if not tables:
        output.say("Nothing is in force, nothing waits, and nothing fails.")
