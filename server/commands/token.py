"""`tocsin-hub token`: the credentials of people and programs that use the API."""

from __future__ import annotations

import json as json_text
import sys
from dataclasses import asdict
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.table import Table

from server.api.types import maybe_time_of, time_of
from server.commands.beside import Data, Json, now, opened, show
from server.commands.data import DEFAULT
from server.hub import Role
from server.store import credentials

app = App(name="token", help="Tokens for the API: make, list, revoke. Also while the hub runs.")


@app.command
def make(
    *,
    role: Literal["publisher", "admin", "viewer"],
    name: str,
    data: Data = DEFAULT,
    quiet: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Make a token. Its secret is shown this once; only its hash is kept.

    Parameters
    ----------
    role
        viewer reads; publisher also publishes; admin may do everything.
    name
        Who or what will use it; alerts are listed with it.
    quiet
        Print the secret and nothing else.
    """
    secret = credentials.make_secret()
    with opened(data, make=True) as db:
        credentials.make_token(db, Role(role), name, secret, now())
    if quiet:
        sys.stdout.write(f"{secret}\n")
        return
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write(f"The token of the {role} {name!r}, shown this once. Use: Authorization: Bearer TOKEN\n")


@app.command(name="list")
def list_(*, data: Data = DEFAULT, json: Json = False) -> None:
    """List all tokens, the revoked ones too, without their secrets."""
    with opened(data) as db:
        rows = credentials.tokens(db)
    if json:
        listed = [
            asdict(row) | {"made_at": time_of(row.made_at), "revoked_at": maybe_time_of(row.revoked_at)} for row in rows
        ]
        sys.stdout.write(json_text.dumps(listed, ensure_ascii=False) + "\n")
        return
    table = Table("name", "role", "made", "revoked")
    for row in rows:
        table.add_row(row.name, row.role, time_of(row.made_at), maybe_time_of(row.revoked_at) or "")
    show(table)


@app.command
def revoke(name: str, *, data: Data = DEFAULT) -> None:
    """Revoke a token: it is refused from the next request on.

    Parameters
    ----------
    name
        The token's name.
    """
    with opened(data) as db:
        credentials.revoke_token(db, name, now())
    sys.stdout.write(f"The token {name!r} is revoked.\n")
