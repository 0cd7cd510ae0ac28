"""`tocsin-hub webhook`: where events are delivered to."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Flag, Json, Table, note, say, when

Kind = Annotated[
    tuple[str, ...],
    Parameter(name="--kind", negative=(), help="A kind of event, like alert.acknowledged; repeated for more."),
]

app = App(name="webhook", help="Webhooks: have every event of the hub delivered, signed, to another machine.")


@app.command
def add(name: str, url: str, /, *, kind: Kind = (), json: Json = False, where: Where = HERE) -> None:
    """Have events from now on delivered to an address; prints the secret, once.

    Parameters
    ----------
    name
        What the webhook is called here.
    url
        Where events are sent.
    kind
        Only events of this kind; unless any is given, all.
    """
    with at_hub(where) as api:
        made = api.post("/v1/webhooks", {"name": name, "url": url, "kinds": list(kind)})
    output.answer(made, _say_secret, json=json)


@app.command(name="list")
def list_(*, json: Json = False, where: Where = HERE) -> None:
    """List webhooks, and how each goes."""
    with at_hub(where) as api:
        found = api.get("/v1/webhooks")["webhooks"]
    output.answer_rows(found, ("name", "address", "kinds", "state", "arrived last"), _cells, json=json)


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    return one["name"], one["url"], _kinds(one), _state(one), when(one["delivered_at"], "never")


@app.command
def show(
    name: str,
    /,
    *,
    limit: Annotated[int, Parameter(help="How many deliveries.")] = 10,
    json: Json = False,
    where: Where = HERE,
) -> None:
    """Show one webhook, and what came of its newest deliveries."""
    with at_hub(where) as api:
        found = api.get(f"/v1/webhooks/{part(name)}")
        deliveries = api.get(f"/v1/webhooks/{part(name)}/deliveries", limit=limit)["deliveries"]
    output.answer({**found, "deliveries": deliveries}, _show, json=json)


def _show(found: Mapping[str, Any]) -> None:
    for label, value in (
        *(("name", found["name"]), ("address", found["url"]), ("kinds", _kinds(found)), ("state", _state(found))),
        *(("waiting", f"{found['lag']} events"), ("arrived last", when(found["delivered_at"], "never"))),
        *(("last error", found["last_error"]), ("next try", when(found["next_try_at"]))),
        ("old secret", f"signs too until {when(found['old_secret_until'])}" if found["old_secret_until"] else ""),
    ):
        if value:
            say(f"{label:<14}{value}")
    table = Table("at", "type", "outcome", "ms", "webhook-id")
    for one in found["deliveries"]:
        table.add_row(when(one["at"]), one["type"], _outcome(one), str(one["milliseconds"]), one["message"])
    if table.row_count:
        output.show(table)


@app.command
def change(
    name: str,
    /,
    *,
    url: str | None = None,
    kind: Kind = (),
    all_kinds: Flag = False,
    on: Flag = False,
    off: Flag = False,
    where: Where = HERE,
) -> None:
    """Send elsewhere, send other kinds, switch off or on again.

    Parameters
    ----------
    url
        Where events are sent from now on; what waits is tried there at once.
    kind
        Only events of this kind.
    all_kinds
        Events of all kinds.
    on
        Go on where it was.
    off
        Send nothing until it is switched on again.
    """
    if (on and off) or (kind and all_kinds):
        raise UserError("--on and --off, and --kind and --all-kinds, say opposite things", "Leave one out.", 2)
    body: dict[str, Any] = {} if url is None else {"url": url}
    if kind or all_kinds:
        body["kinds"] = list(kind)
    if on or off:
        body["enabled"] = on
    with at_hub(where) as api:
        found = api.patch(f"/v1/webhooks/{part(name)}", body)
    say(f"{found['name']}  {found['url']}  {_kinds(found)}  {_state(found)}")


@app.command
def remove(name: str, /, *, where: Where = HERE) -> None:
    """Forget a webhook and what waits for it."""
    with at_hub(where) as api:
        api.delete(f"/v1/webhooks/{part(name)}")
    say(f"{name}: removed")


@app.command
def rotate(
    name: str,
    /,
    *,
    keep_hours: Annotated[float, Parameter(help="How long the old secret signs beside the new one.")] = 24,
    json: Json = False,
    where: Where = HERE,
) -> None:
    """Make another secret and print it, once. For a while the old one signs too."""
    with at_hub(where) as api:
        made = api.post(f"/v1/webhooks/{part(name)}/rotate", {"keep_seconds": round(keep_hours * 3600)})
    output.answer(made, _say_secret, json=json)


@app.command
def test(name: str, /, *, json: Json = False, where: Where = HERE) -> None:
    """Send something now, and say whether it arrived. The exit code is 1 if it did not."""
    with at_hub(where) as api:
        tried = api.post(f"/v1/webhooks/{part(name)}/test")
    words = f"{name}: {_outcome(tried)} after {tried['milliseconds']} ms"
    output.answer(tried, lambda _: say(words), json=json)
    if not tried["arrived"]:
        sys.exit(1)


def _say_secret(made: Mapping[str, Any]) -> None:
    say(made["secret"])
    until = f"; the old one signs too until {when(made['old_secret_until'])}" if made["old_secret_until"] else ""
    note(
        f"The secret of the webhook {made['name']}, shown this once: give it to the receiver, who verifies by it{until}."
    )


def _kinds(webhook: Mapping[str, Any]) -> str:
    kinds: Sequence[str] = webhook["kinds"]
    return ",".join(kinds) or "all kinds"


def _state(webhook: Mapping[str, Any]) -> str:
    if not webhook["enabled"]:
        return f"off: {webhook['stopped_why']}"
    if webhook["tries"]:
        return f"failing since {when(webhook['failing_since'])}, {webhook['lag']} waiting: {webhook['last_error']}"
    return f"well, {webhook['lag']} waiting" if webhook["lag"] else "well"


def _outcome(attempt: Mapping[str, Any]) -> str:
    return f"arrived ({attempt['status']})" if attempt["arrived"] else f"failed: {attempt['words']}"
