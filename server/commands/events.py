"""`tocsin-hub events`: what has happened at a hub, and what happens."""

from __future__ import annotations

import json as json_text
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Flag, Json, Several

SHOWN = ("identifier", "name", "feed", "rule", "contact", "value", "words")
"""Members that are worth their place in a line."""


def events(
    *,
    kind: Annotated[
        Several, Parameter(help="Only events of this kind, like alert.acknowledged. Repeat it for more.")
    ] = None,
    alert: Annotated[
        int | None, Parameter(validator=Number(gte=1), help="Only those about the alert with this number.")
    ] = None,
    after: Annotated[int | None, Parameter(validator=Number(gte=0), help="Only those with a higher number.")] = None,
    follow: Annotated[Flag, Parameter(help="Show what happens from now on, or behind --after, until Ctrl-C.")] = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List what has happened in the last 30 days, the oldest first, or follow what happens."""
    with at_hub(where, running=follow) as api:
        if not follow:
            for event in api.pages("/v1/events", "events", kind=kind, alert=alert, after=after or 0, limit=1000):
                _print(event, json=json)
            return
        try:
            for told in api.stream("/v1/events/stream", kind=kind, alert=alert, after=after):
                if told.event == "resync":
                    output.note("The hub was put back from an older copy; this goes on from now.")
                elif told.event != "position":
                    _print(json_text.loads(told.data), json=json)
        except KeyboardInterrupt:
            return


def _print(event: dict[str, Any], *, json: bool) -> None:
    output.answer(event, _say, json=json)
    output.flush()


def _say(event: dict[str, Any]) -> None:
    about = [f"alert {event['alert']}"] if event["alert"] is not None else []
    about += [event["device"]] if event["device"] is not None else []
    about += [str(event["members"][name]) for name in SHOWN if event["members"].get(name) not in (None, "")]
    output.say(f"{event['id']}  {output.when(event['at'])}  {event['kind']}  {', '.join(about)}".rstrip())
