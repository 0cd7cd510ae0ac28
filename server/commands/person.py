"""`tocsin-hub person`: who has an account for the console."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Flag, Json, Several

EXIT_USAGE = 2

Name = Annotated[str, Parameter(name="NAME", help="The person's name.")]
RoleName = Literal["viewer", "author", "approver", "administrator"]

app = App(name="person", help="People with an account for the console: add, change, close, sign out.")


@app.command
def add(
    name: Name,
    /,
    *,
    role: RoleName,
    area: Several = None,
    language: str | None = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Give somebody an account. A code is shown this once, with which they set their password on the console.

    Parameters
    ----------
    role
        viewer looks; author composes; approver is the second person; administrator decides about everything.
    area
        An area that they are bound to: they see what reaches somebody there, and address nobody outside. Repeat it for more.
    language
        The language (BCP 47) of the console.
    """
    body = {"name": name, "role": role, "areas": area or [], "language": language}
    with at_hub(where, make=True) as api:
        output.answer(api.post("/v1/people", body), _show_code, json=json)


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List all people, those whose account is closed too."""
    with at_hub(where) as api:
        rows = api.get("/v1/people")["people"]
    output.answer_rows(rows, ("name", "role", "areas", "account", "made"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return row["name"], row["role"], " ".join(row["areas"]), row["state"], output.when(row["made_at"])


@app.command
def show(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show a person."""
    with at_hub(where) as api:
        output.answer(api.get(f"/v1/people/{part(name)}"), _show, json=json)


@app.command
def change(
    name: Name,
    /,
    *,
    role: RoleName | None = None,
    area: Several = None,
    no_area: Flag = False,
    language: str | None = None,
    close: Flag = False,
    open: Flag = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Change what is given. Another role, other areas, and closing the account sign them out.

    Parameters
    ----------
    role
        Their role from now on.
    area
        An area that they are bound to from now on, instead of those before; repeat it for more.
    no_area
        They are bound to no area from now on.
    language
        The language of the console.
    close
        Close the account: nobody signs in with it. Accounts are not removed, since decisions are told by their names.
    open
        Open a closed account again.
    """
    if (area and no_area) or (close and open):
        raise UserError(
            "these flags exclude each other", "Leave out one of --area and --no-area, --close and --open.", EXIT_USAGE
        )
    body: dict[str, Any] = {"role": role, "areas": [] if no_area else area or None, "language": language}
    body["disabled"] = True if close else False if open else None
    said = {key: value for key, value in body.items() if value is not None}
    if not said:
        raise UserError("what is to be changed?", "Give --role, --area, --language, --close or --open.", EXIT_USAGE)
    with at_hub(where) as api:
        output.answer(api.patch(f"/v1/people/{part(name)}", said), _show, json=json)


@app.command
def reset(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Take somebody's password away, sign them out, and show a code with which they set another."""
    with at_hub(where) as api:
        output.answer(api.post(f"/v1/people/{part(name)}/invitation"), _show_code, json=json)


@app.command(name="sign-out")
def sign_out(name: Name, /, *, where: Where = HERE) -> None:
    """End all sessions of somebody."""
    with at_hub(where) as api:
        ended = api.delete(f"/v1/people/{part(name)}/sessions")["ended"]
    output.say(f"{name!r} is signed out: {ended} session{'' if ended == 1 else 's'} ended.")


def _show_code(made: dict[str, Any]) -> None:
    output.say(made["code"])
    name, until = made["person"]["name"], output.when(made["expires_at"])
    output.note(f"{name!r} sets a password with this code on the console, until {until}. It is shown this once.")


def _show(one: dict[str, Any]) -> None:
    for label, value in (
        *(("name", one["name"]), ("role", one["role"]), ("areas", " ".join(one["areas"]) or "everywhere")),
        *(("language", one["language"]), ("account", one["state"]), ("made", output.when(one["made_at"]))),
    ):
        if value:
            output.say(f"{label:<10}{value}")
