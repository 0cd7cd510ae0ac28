"""`tocsin-hub token`: the credentials of people and programs that use the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Flag, Json, Several

app = App(name="token", help="Tokens for the API: make, list, revoke.")


@app.command
def make(
    *,
    role: Literal["viewer", "author", "approver", "administrator"],
    name: str,
    area: Several = None,
    quiet: Flag = False,
    where: Where = HERE,
) -> None:
    """Make a token. Its secret is shown this once; only its hash is kept.

    Parameters
    ----------
    role
        viewer reads; author also publishes; approver also approves; administrator may do everything.
    name
        Who or what will use it; alerts are listed with it.
    area
        An area that it is bound to: it sees what reaches somebody there, and addresses nobody outside. Repeat it for more.
    quiet
        Print the secret and nothing else.
    """
    with at_hub(where, make=True) as api:
        made = api.post("/v1/tokens", {"role": role, "name": name, "areas": area or []})
    output.say(made["token"])
    if not quiet:
        bound = f", bound to {' '.join(made['areas'])}" if made["areas"] else ""
        output.note(f"The token of the {role} {name!r}{bound}, shown this once. Use: Authorization: Bearer TOKEN")


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List all tokens, the revoked ones too, without their secrets."""
    with at_hub(where) as api:
        rows = api.get("/v1/tokens")["tokens"]
    output.answer_rows(rows, ("name", "role", "areas", "made", "revoked"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    times = output.when(row["made_at"]), output.when(row["revoked_at"])
    return row["name"], row["role"], " ".join(row["areas"]), *times


@app.command
def revoke(name: Annotated[str, Parameter(name="NAME", help="The token's name.")], /, *, where: Where = HERE) -> None:
    """Revoke a token: it is refused from the next request on."""
    with at_hub(where) as api:
        api.delete(f"/v1/tokens/{part(name)}")
    output.say(f"The token {name!r} is revoked.")
