"""`tocsin-hub contact`: whom rules can tell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Flag, Json, Several

EXIT_USAGE = 2

Name = Annotated[str, Parameter(name="NAME", help="The contact's name.")]
UrlFile = Annotated[
    Path, Parameter(allow_leading_hyphen=True, help="A file with its address, an Apprise URL; - is standard input.")
]

app = App(name="contact", help="Contacts: whom rules can tell, by SMS, mail or chat.")


@app.command
def add(
    name: Name,
    /,
    *,
    url_file: UrlFile,
    role: Several = None,
    area: Several = None,
    language: str = "",
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Add a contact. Its address is a secret, and never shown again.

    Parameters
    ----------
    role
        A role, like district-officer; repeat it for more.
    area
        An area that it is responsible for; repeat it for more. Without any: everywhere.
    language
        The language (BCP 47) in which it is told an alert's headline.
    """
    body = {"name": name, "url": _read_url(url_file), "roles": role or [], "areas": area or [], "language": language}
    with at_hub(where) as api:
        output.answer(api.post("/v1/contacts", body), _show, json=json)


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List all contacts, without their addresses."""
    with at_hub(where) as api:
        rows = api.get("/v1/contacts")["contacts"]
    output.answer_rows(rows, ("name", "service", "roles", "areas", "language"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    roles, areas = " ".join(row["roles"]), " ".join(row["areas"]) or "everywhere"
    return row["name"], row["service"], roles, areas, row["language"]


@app.command
def show(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show a contact, without its address."""
    with at_hub(where) as api:
        output.answer(api.get(f"/v1/contacts/{part(name)}"), _show, json=json)


@app.command
def change(
    name: Name,
    /,
    *,
    url_file: Annotated[
        Path | None, Parameter(allow_leading_hyphen=True, help="A file with another address; - is standard input.")
    ] = None,
    role: Several = None,
    no_role: Flag = False,
    area: Several = None,
    no_area: Flag = False,
    language: str | None = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Change what is given.

    Parameters
    ----------
    role
        A role that it has from now on, instead of those before; repeat it for more.
    no_role
        It has no role from now on.
    area
        An area that it is responsible for from now on, instead of those before; repeat it for more.
    no_area
        It is responsible everywhere from now on.
    language
        The language of headlines; empty: the alert's first.
    """
    body: dict[str, Any] = {"roles": _instead("role", role, no_role), "areas": _instead("area", area, no_area)}
    body |= {"language": language, "url": None if url_file is None else _read_url(url_file)}
    said = {key: value for key, value in body.items() if value is not None}
    if not said:
        raise UserError("what is to be changed?", "Give --url-file, --role, --area or --language.", EXIT_USAGE)
    with at_hub(where) as api:
        output.answer(api.patch(f"/v1/contacts/{part(name)}", said), _show, json=json)


@app.command
def remove(name: Name, /, *, where: Where = HERE) -> None:
    """Forget a contact and its address."""
    with at_hub(where) as api:
        api.delete(f"/v1/contacts/{part(name)}")
    output.say(f"The contact {name!r} is forgotten.")


@app.command
def test(name: Name, /, *, where: Where = HERE) -> None:
    """Send a contact a message that says that it is a test."""
    with at_hub(where) as api:
        outcome = api.post(f"/v1/contacts/{part(name)}/test")
    if not outcome["sent"]:
        raise UserError(f"the message to {name!r} did not go out: {outcome['words']}", "Check the contact's address.")
    output.say(f"The gateway has taken the message to {name!r}.")


def _read_url(file: Path) -> str:
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"the address cannot be read from {file}: {words}", "Check --url-file.", EXIT_USAGE) from None
    if not text.strip():
        raise UserError(f"there is no address in {file}", "Write it as service://…", EXIT_USAGE)
    return text.strip()


def _instead(name: str, given: list[str] | None, is_none: bool) -> list[str] | None:
    if given and is_none:
        raise UserError(f"--{name} and --no-{name} are both given", "Leave one out.", EXIT_USAGE)
    return [] if is_none else given or None


def _show(one: dict[str, Any]) -> None:
    for label, value in (
        *(("name", one["name"]), ("service", f"{one['service']}://… (the address is not shown)")),
        *(("roles", " ".join(one["roles"])), ("areas", " ".join(one["areas"]) or "everywhere")),
        *(("language", one["language"]), ("changed", output.when(one["changed_at"]))),
    ):
        if value:
            output.say(f"{label:<10}{value}")
