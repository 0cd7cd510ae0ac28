"""`tocsin-hub template`: alerts for the common cases, with blanks to fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.composing import EXIT_USAGE, read_file
from server.commands.hub_api import part
from server.commands.output import Json

app = App(name="template", help="Templates: alerts for the common cases, with blanks to fill.")

Name = Annotated[str, Parameter(name="TEMPLATE", help="The template's name.")]
ANSWERED_ONLY = ("name", "changed_by", "changed_at", "shipped")


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List templates."""
    with at_hub(where) as api:
        rows = api.get("/v1/templates")["templates"]
    output.answer_rows(rows, ("template", "what", "severity", "languages", "written by"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    title = row["title"].get("en") or next(iter(row["title"].values()), "")
    return row["name"], title, row["severity"], " ".join(row["text"]), row["changed_by"] or "the program"


@app.command
def show(name: Name, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show a template; with --json as a file that `template put` takes."""
    with at_hub(where) as api:
        row = api.get(f"/v1/templates/{part(name)}")
    said = {key: value for key, value in row.items() if key not in ANSWERED_ONLY}
    output.answer(said, lambda _: output.say(_page(row)), json=json)


@app.command
def put(
    name: Name,
    file: Annotated[Path, Parameter(name="FILE", allow_leading_hyphen=True, help="JSON; - is standard input.")],
    /,
    *,
    where: Where = HERE,
) -> None:
    """Make or change a template."""
    content = read_file(file)
    if content.value is None:
        raise UserError(f"{file} is no JSON", "tocsin-hub template show NAME --json prints one.", EXIT_USAGE)
    with at_hub(where) as api:
        api.put(f"/v1/templates/{part(name)}", content.value)
    output.say(f"The template {name!r} is kept.")


@app.command
def remove(name: Name, /, *, where: Where = HERE) -> None:
    """Forget what was written here; one that came with the program comes back."""
    with at_hub(where) as api:
        api.delete(f"/v1/templates/{part(name)}")
    output.say(f"What was written in {name!r} is gone.")


def _page(row: dict[str, Any]) -> str:
    lines = [
        f"{row['name']}: {'; '.join(row['title'].values())}",
        f"{row['urgency']}, {row['severity']}, {row['certainty']}; holds {row['holds_hours']} h",
    ]
    lines += [f"blank {{{name}}}: {'; '.join(asked.values())}" for name, asked in row["blanks"].items()]
    for language, text in row["text"].items():
        lines += [
            "",
            f"[{language}] {text['event']}: {text['headline']}",
            f"  {text['description']}",
            f"  {text['instruction']}",
        ]
    return "\n".join(lines)
