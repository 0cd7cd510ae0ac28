"""`tocsin-hub draft`: alerts before they are published; hand in, approve, reject, publish now or at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.alert_pages import status_words, words_of
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.composing import EXIT_USAGE, For, body_of, read_file, until
from server.commands.hub_api import HubApi
from server.commands.output import Flag, Json, Table
from server.commands.publishing import audience_words, reached

app = App(
    name="draft", help="Drafts: alerts before they are published; hand in, approve, reject, publish now or at a time."
)

NOBODY = For()
Number = Annotated[int, Parameter(name="DRAFT", help="The draft's number.")]
File = Annotated[
    Path,
    Parameter(name="FILE", allow_leading_hyphen=True, help="JSON, as alert publish takes it; - is standard input."),
]
At = Annotated[
    str | None, Parameter(help="When it goes out: 45m, 2h, 3d from now, or a time with offset; at once if not said.")
]
Yes = Annotated[bool, Parameter(negative=(), help="Do not ask on a terminal before it is done.")]
BreakGlass = Annotated[
    str | None,
    Parameter(help="Publish without the second person that is needed, for this reason. Everybody hears of it."),
]
Status = Literal["draft", "waiting", "scheduled", "published", "rejected", "withdrawn", "failed"]


@app.command(name="list")
def list_(
    *,
    status: Annotated[list[Status] | None, Parameter(help="Only those in it. Repeat it for more.")] = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List drafts, the newest first."""
    with at_hub(where) as api:
        rows = api.get("/v1/drafts", status=status)["drafts"]
    headings = ("draft", "status", "severity", "headline", "changed", "by", "goes out")
    output.answer_rows(rows, headings, _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    mark = "" if row["alert_status"] in ("Actual", "") else f"{row['alert_status'].upper()}: "
    times = output.when(row["changed_at"]), row["changed_by"], output.when(row["publish_at"])
    return str(row["id"]), row["status"], f"{mark}{row['severity']}", row["headline"], *times


@app.command
def show(draft: Number, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show a draft."""
    with at_hub(where) as api:
        output.answer(api.get(f"/v1/drafts/{draft}"), _show, json=json)


@app.command
def make(
    file: File,
    /,
    *,
    audience: For = NOBODY,
    replaces: Annotated[str | None, Parameter(help="The alert that it updates: its number or identifier.")] = None,
    cancel: Annotated[bool, Parameter(negative=(), help="It cancels that alert.")] = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Make a draft from a file. Nothing in it need be complete."""
    body = _body(file, audience)
    if cancel and replaces is None:
        raise UserError("--cancel of what?", "Name the alert with --replaces.", EXIT_USAGE)
    if replaces is not None:
        body["replaces"] = {"alert": replaces, "by": "Cancel" if cancel else "Update"}
    with at_hub(where) as api:
        output.answer(api.post("/v1/drafts", body), _show, json=json)


@app.command
def change(draft: Number, file: File, /, *, audience: For = NOBODY, where: Where = HERE, json: Json = False) -> None:
    """Write a draft anew. What was handed in is taken back by that."""
    body = _body(file, audience)
    with at_hub(where) as api:
        before = api.get(f"/v1/drafts/{draft}")
        kept = {"version": before["version"], "replaces": before["replaces"]}
        output.answer(api.put(f"/v1/drafts/{draft}", {**kept, **body}), _show, json=json)


@app.command
def delete(draft: Number, /, *, where: Where = HERE) -> None:
    """Forget a draft that was never handed in."""
    with at_hub(where) as api:
        api.delete(f"/v1/drafts/{draft}")
    output.say(f"Draft {draft} is gone.")


@app.command
def submit(draft: Number, /, *, at: At = None, where: Where = HERE, json: Json = False) -> None:
    """Hand a draft in for a second person."""
    with at_hub(where) as api:
        found = api.get(f"/v1/drafts/{draft}")
        output.answer(
            api.post(f"/v1/drafts/{draft}/submit", {"version": found["version"], **_time(at)}), _said, json=json
        )


@app.command
def publish(
    draft: Number,
    /,
    *,
    at: At = None,
    break_glass: BreakGlass = None,
    dry_run: Flag = False,
    yes: Yes = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Publish a draft, now or at a time; on a terminal it says first how many devices it will reach, and asks.

    One that is Extreme waits for a second person then.

    Parameters
    ----------
    dry_run
        Check everything, say who would get it, and publish nothing.
    """
    with at_hub(where) as api:
        tried = _tried(api, draft)
        if dry_run:
            output.answer(tried, _rehearsed, json=json)
            return
        _confirm(tried, yes=yes)
        broken = {} if break_glass is None else {"break_glass": break_glass}
        body = {"version": tried["version"], "devices": tried["reached"]["devices"], **_time(at), **broken}
        output.answer(api.post(f"/v1/drafts/{draft}/publish", body), _said, json=json)


@app.command
def approve(draft: Number, /, *, yes: Yes = False, where: Where = HERE, json: Json = False) -> None:
    """Approve a draft, as the second person: exactly what was handed in goes out."""
    with at_hub(where) as api:
        output.note(_page(api.get(f"/v1/drafts/{draft}")))
        tried = _tried(api, draft)
        _confirm(tried, yes=yes)
        body = {"version": tried["version"], "devices": tried["reached"]["devices"]}
        output.answer(api.post(f"/v1/drafts/{draft}/approve", body), _said, json=json)


@app.command
def reject(
    draft: Number,
    words: Annotated[str, Parameter(name="WORDS", help="Why, for whoever wrote it.")],
    /,
    *,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Reject a draft, as the second person."""
    with at_hub(where) as api:
        found = api.get(f"/v1/drafts/{draft}")
        output.answer(
            api.post(f"/v1/drafts/{draft}/reject", {"version": found["version"], "words": words}), _said, json=json
        )


@app.command
def withdraw(draft: Number, /, *, where: Where = HERE, json: Json = False) -> None:
    """Give a draft up, whatever it waits for."""
    with at_hub(where) as api:
        found = api.get(f"/v1/drafts/{draft}")
        output.answer(api.post(f"/v1/drafts/{draft}/withdraw", {"version": found["version"]}), _said, json=json)


@app.command
def estimate(file: File, /, *, audience: For = NOBODY, where: Where = HERE, json: Json = False) -> None:
    """Say what an alert would be: bytes for each language, seconds on 2G, cost, devices, and what is wrong."""
    body = _body(file, audience)
    with at_hub(where) as api:
        found = api.post("/v1/estimates", body)
    output.answer(found, _show_estimate, json=json)


def _show_estimate(found: dict[str, Any]) -> None:
    table = Table("languages", "devices", "bytes", "seconds on 2G")
    for one in found["variants"]:
        table.add_row(
            ", ".join(one["languages"]), f"{one['devices']:,}", f"{one['link_bytes']:,}", f"{one['seconds_on_2g']:.1f}"
        )
    output.show(table)
    cost = "" if found["cost"] is None else f", {found['cost']:,.2f} {found['currency']}".rstrip()
    output.say(f"{output.devices(found['devices'])}; together {found['fleet_bytes']:,} bytes{cost}")
    for language, count in found["missing_languages"].items():
        output.note(f"Missing: {language}, which {output.devices(count)} asked for")
    for one in found["violations"]:
        output.note(f"Not yet: {one['path']}: {one['problem']}")


# -- parts ------------------------------------------------------------------------------------------------------------


def _body(file: Path, audience: For) -> dict[str, Any]:
    content = read_file(file)
    if content.value is None:
        raise UserError(
            f"{file} is CAP XML", "A draft is JSON; XML is published as it is, with alert publish.", EXIT_USAGE
        )
    return body_of(content.value, audience.body(), file)


def _time(at: str | None) -> dict[str, str]:
    return {} if at is None else {"publish_at": until(at, datetime.now(UTC), "--at")}


def _tried(api: HubApi, draft: int) -> Any:
    found = api.get(f"/v1/drafts/{draft}")
    return api.post(f"/v1/drafts/{draft}/dry-run", {"version": found["version"]})


def _rehearsed(tried: dict[str, Any]) -> None:
    output.say(f"It would reach {reached(tried['reached'])}.")
    output.say(f"For {audience_words(tried['audience'])}, until {output.when(tried['expires'])}.")
    if tried["second_person"] is not None:
        output.say(f"It needs a second person: {tried['second_person']}.")
    output.notes(tried["reports"])


def _confirm(tried: dict[str, Any], *, yes: bool, ask: Callable[[str], bool] | None = None) -> None:
    ask = ask or (_asked if sys.stdin.isatty() and sys.stderr.isatty() else None)
    words = (
        f"For {audience_words(tried['audience'])}, until {output.when(tried['expires'])}: {reached(tried['reached'])}."
    )
    if ask is not None and not yes and not ask(words):
        raise UserError("nothing is done")


def _asked(words: str) -> bool:
    sys.stderr.write(f"{words}\nGo on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _said(row: dict[str, Any]) -> None:
    output.say(state_words(row))


def state_words(row: dict[str, Any]) -> str:
    """What has become of a draft, in a sentence."""
    draft, status = row["id"], row["status"]
    words = {
        "waiting": f"Draft {draft} waits for a second person: an approver says tocsin-hub draft approve {draft}.",
        "scheduled": f"Draft {draft} goes out {output.when(row['publish_at'])}.",
        "published": f"Published: number {row['number']}. Who has it: tocsin-hub alert delivery {row['number']}",
    }
    return words.get(status, f"Draft {draft} is {status}.")


def _show(row: dict[str, Any]) -> None:
    output.say(_page(row))


def _page(row: dict[str, Any]) -> str:
    status = row["alert_status"]
    mark = "" if status in ("Actual", "") else f"{status_words(status)} "
    replaces = row["replaces"]
    lines = [
        f"draft {row['id']}, version {row['version']}: {row['status']}",
        f"{mark}{row['msgType'] or 'Alert'}, {row['severity'] or 'severity not said'}",
        f"for {'nobody yet' if row['audience'] is None else audience_words(row['audience'])}",
        f"written by {', '.join(row['authors'])}, changed {output.when(row['changed_at'])}",
    ]
    lines += [f"{replaces['by']} of {replaces['alert']}"] if replaces else []
    lines += [f"goes out {output.when(row['publish_at'])}"] if row["publish_at"] else []
    lines += [f"{row['decided_by']}: {row['words']}"] if row["words"] and row["decided_by"] else []
    lines += [row["words"]] if row["words"] and not row["decided_by"] else []
    try:
        lines += words_of(row["alert"])
    except (KeyError, TypeError, AttributeError):
        lines += ["", "(its words are not complete; --json shows them)"]
    return "\n".join(lines)
