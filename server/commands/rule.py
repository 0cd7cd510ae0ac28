"""`tocsin-hub rule`: who is told when devices do not act, and who was."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Json

EXIT_USAGE = 2

Name = Annotated[str, Parameter(name="NAME", help="The rule's name.")]
Text = Annotated[
    str,
    Parameter(
        name="RULE",
        allow_leading_hyphen=True,
        help="Like: 'Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor'; "
        "- reads it from standard input.",
    ),
]

app = App(name="rule", help="Rules: who is told when devices do not act in time, or somebody falls silent.")


@app.command
def add(name: Name, rule: Text, /, *, where: Where = HERE, json: Json = False) -> None:
    """Add a rule. It holds at once, for alerts in force too; steps whose time has come already are left out."""
    with at_hub(where) as api:
        output.answer(api.post("/v1/rules", {"name": name, "rule": _read(rule)}), _show, json=json)


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List all rules."""
    with at_hub(where) as api:
        rows = api.get("/v1/rules")["rules"]
    output.answer_rows(rows, ("name", "rule", "state", "by", "since"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return row["name"], row["rule"], "on" if row["enabled"] else "off", row["made_by"], output.when(row["made_at"])


@app.command
def show(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show a rule."""
    with at_hub(where) as api:
        output.answer(api.get(f"/v1/rules/{part(name)}"), _show, json=json)


@app.command
def change(name: Name, rule: Text, /, *, where: Where = HERE, json: Json = False) -> None:
    """Say a rule anew. What is open under the old wording is stopped; what was done stays readable."""
    with at_hub(where) as api:
        output.answer(api.put(f"/v1/rules/{part(name)}", {"rule": _read(rule)}), _show, json=json)


@app.command
def off(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Switch a rule off: it stays, and tells nobody. What is open under it is stopped."""
    _switch(name, where, is_on=False, json=json)


@app.command
def on(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Switch a rule on again. It begins as if it were added: steps whose time has come already are left out."""
    _switch(name, where, is_on=True, json=json)


def _switch(name: str, where: Where, *, is_on: bool, json: bool) -> None:
    with at_hub(where) as api:
        output.answer(api.patch(f"/v1/rules/{part(name)}", {"enabled": is_on}), _show, json=json)


@app.command
def remove(name: Name, /, *, where: Where = HERE) -> None:
    """End a rule. What is open under it is stopped; what it did stays readable."""
    with at_hub(where) as api:
        api.delete(f"/v1/rules/{part(name)}")
    output.say(f"The rule {name!r} holds no more.")


@app.command(name="dry-run")
def dry_run(
    name: Name,
    alert: Annotated[str, Parameter(name="ALERT", help="An alert's number, identity or identifier.")],
    /,
    *,
    rule: str | None = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Show who would be told of an alert, when, and in which words. Nothing is sent.

    Parameters
    ----------
    rule
        Another wording to try, or a rule that is not added yet; - reads it from standard input.
    """
    asked = {"alert": alert} if rule is None else {"alert": alert, "rule": _read(rule)}
    with at_hub(where) as api:
        run = api.post(f"/v1/rules/{part(name)}/dry-run", asked)
    output.answer(run, _say_run, json=json)


def _say_run(run: dict[str, Any]) -> None:
    if run["why_not"]:
        output.say(f"Nothing: {run['why_not']}.")
    for step in run["steps"]:
        figures = step["figures"]
        acted = figures["addressed"] - figures["lacking"]
        line = f"step {step['step']}, {output.when(step['due_at'])}: {acted} of {output.devices(figures['addressed'])}"
        output.say(f"{line} {'have acted, so nobody would be told' if step['is_reached'] else 'have acted'}")
        for told in step["tell"]:
            output.say(f"  {told['contact']} ({told['target']}): {told['text']}")
        for words in step["nobody_for"]:
            output.say(f"  nobody: {words}")


@app.command
def log(
    name: Annotated[str | None, Parameter(name="NAME", help="The rule's name.")] = None,
    /,
    *,
    alert: str | None = None,
    limit: Annotated[int, Parameter(help="How many steps, the newest.")] = 100,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Show who was told what, by a rule or of an alert.

    Parameters
    ----------
    alert
        An alert's number, identity or identifier, instead of a rule's name.
    """
    if (name is None) == (alert is None):
        raise UserError("the log of what?", "Give a rule's name, or an alert with --alert.", EXIT_USAGE)
    with at_hub(where) as api:
        if alert is not None:
            done = api.get(f"/v1/alerts/{part(alert)}/escalations")["escalations"]
        else:
            done = api.get(f"/v1/rules/{part(str(name))}/log", limit=limit)["escalations"]
    output.answer(done, _say_log, json=json)


def _say_log(done: list[dict[str, Any]]) -> None:
    if not done:
        output.say("There is nothing.")
    for step in done:
        _say_step(step)


def _say_step(step: dict[str, Any]) -> None:
    about = f"alert {step['alert']}" if step["alert"] is not None else f"silence {step['silence']}"
    words = f": {step['words']}" if step["words"] else ""
    output.say(f"{output.when(step['due_at'])}  {step['rule']}, step {step['step']}, {about}: {step['state']}{words}")
    for told in step["told"]:
        state = told["state"] + (f" after {told['tries']} tries" if told["tries"] > 1 else "")
        words = f" ({told['words']})" if told["words"] else ""
        output.say(f"  {output.when(told['changed_at'])}  {told['contact']} ({told['target']}): {state}{words}")
        if told["text"]:
            output.say(f"    {told['text']}")


def _read(rule: str) -> str:
    return " ".join(sys.stdin.read().split()) if rule == "-" else rule


def _show(one: dict[str, Any]) -> None:
    output.say(f"{one['name']}{'' if one['enabled'] else ' (off)'}: {one['rule']}")
    output.note(f"By {one['made_by']}, since {output.when(one['made_at'])}.")
