"""`tocsin-hub quarantine`: what could not be used, and somebody has to look at."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Json


def quarantine(
    *,
    limit: Annotated[
        int, Parameter(validator=Number(gte=1, lte=10_000), help="How many at most, newest first.")
    ] = 1000,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List what could not be used: entries at devices, items of devices at the hub, alerts that a restored log has lost.

    Devices whose store was copied stand there too. Nothing is refused in silence.
    """
    with at_hub(where) as api:
        items = api.get("/v1/quarantine", limit=limit)["items"]
    output.answer_rows(items, ("kind", "device", "at", "number", "what", "alerts"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    number = str(row["number"]) if row["number"] else ""
    return row["kind"], row["device"], output.when(row["at"]), number, row["words"], " ".join(row["alerts"])
