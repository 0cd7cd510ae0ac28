"""`tocsin-hub audit`: who has decided what, and whether the log of it is what it was."""

from __future__ import annotations

import json as json_text
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.audit_export import Export, read_export
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Json

EXIT_USAGE = 2
NDJSON = "application/x-ndjson"

app = App(name="audit", help="The audit log: list, export, verify.")


@app.command(name="list")
def list_(
    *,
    by: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: Annotated[int, Parameter(help="How many rows at most.")] = 100,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List decisions, the newest first.

    Parameters
    ----------
    by
        Only those of this person or token.
    action
        Only this action, like draft.approved; `draft.` stands for all that begin so.
    subject
        Only those about this: an alert's number, a device, a person.
    since
        Only from this moment on, like 2026-11-28T00:00:00Z.
    until
        Only before this moment.
    """
    asked = {"by": by, "action": action, "subject": subject, "since": since, "until": until, "limit": limit}
    with at_hub(where) as api:
        rows = api.get("/v1/audit", **{name: value for name, value in asked.items() if value is not None})["rows"]
    output.answer_rows(rows, ("number", "at", "by", "action", "subject", ""), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    said = " ".join(f"{name}={_short(value)}" for name, value in row["members"].items())
    return str(row["number"]), output.when(row["at"]), row["by"], row["action"], row["subject"], said


@app.command
def export(
    file: Annotated[Path, Parameter(name="FILE", allow_leading_hyphen=True, help="Where to; - is standard output.")],
    /,
    *,
    where: Where = HERE,
) -> None:
    """Export the whole log with its hashes, its head in the last line.

    Keep it where nobody who administers the hub can change it: a later log can then be compared with it.
    """
    with at_hub(where) as api:
        text = api.text("/v1/audit/export", NDJSON)
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}", "An export never replaces a file.") from None
    head = read_export(text.splitlines()).head
    output.say(f"{file}: {head.number} rows, up to {head.hash.hex()}")


@app.command
def verify(
    *,
    against: Annotated[
        list[Path] | None,
        Parameter(negative=(), help="An earlier export, which the log must continue; repeat it for more."),
    ] = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Compute every hash anew, and compare with the head beside the database and with earlier exports.

    What is found, and what cannot be, is said in docs/accounts.md. The exit code is 1 where something is wrong.
    """
    exports = [(file, _read(file)) for file in against or ()]
    for file, earlier in exports:
        problem = earlier.verify().problem
        if problem:
            raise UserError(f"the export {file} is itself not what it was: {problem}")
    found: list[dict[str, object]] = []
    with at_hub(where) as api:
        for _, earlier in exports:
            found.append(api.get("/v1/audit/verification", number=earlier.head.number, hash=earlier.head.hash.hex()))
        found = found or [api.get("/v1/audit/verification")]
    wrong = next((one for one in found if one["problem"]), None)
    if json:
        output.as_json(wrong or found[0])
    if wrong:
        raise UserError(
            f"the audit log is not what it was: {wrong['problem']}", "Keep the database as it is, and ask why."
        )
    if not json:
        with_what = f", and continues {', '.join(str(file) for file, _ in exports)}" if exports else ""
        output.say(f"The audit log is one chain of {found[0]['number']} rows, up to {found[0]['hash']}{with_what}.")


def _read(file: Path) -> Export:
    try:
        with file.open(encoding="utf-8") as opened:
            return read_export(opened)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}", "Check --against.", EXIT_USAGE) from None
    except ValueError as error:
        raise UserError(f"{file} is no export of the audit log: {error}", "Check --against.", EXIT_USAGE) from None


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= 60 else f"{text[:59]}…"
