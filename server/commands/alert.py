"""`tocsin-hub alert`: publish, update, cancel, and see who has what."""

from __future__ import annotations

import csv
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from alerts.errors import UserError
from server.commands import output
from server.commands.alert_pages import answers_page, delivery_tables, graded, page_of
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.composing import EXIT_USAGE, SENDER_VARIABLE, XML, For, Severity, Status, Words, body_of, read_file
from server.commands.hub_api import HubApi, part
from server.commands.output import Flag, Json, Several
from server.commands.publishing import How, Request, audience_words, carry_out
from server.commands.watch_pages import calls_table, progress_tables
from server.commands.watching import watch_alert, watch_all
from server.sheets import harmless

app = App(name="alert", help="Alerts: publish, update, cancel, list, show; who has one, what was answered, what comes.")

NOBODY, NOTHING, PLAINLY = For(), Words(), How()
Alert = Annotated[str, Parameter(name="ALERT", help="The alert's number, its identifier, or sender,identifier.")]
File = Annotated[
    Path | None, Parameter(name="FILE", allow_leading_hyphen=True, help="CAP XML, or JSON; - is standard input.")
]
Sender = Annotated[str | None, Parameter(help=f"Who says it, like ops@health.example. [env var: {SENDER_VARIABLE}]")]
InArea = Annotated[Several, Parameter(help="Only what reaches somebody in this area. Repeat it for more.")]
AtLeast = Annotated[Severity | None, Parameter(help="Only what is at least so grave.")]
CSV = "text/csv"
CALLS_MAX = 100_000
Missing = Literal["delivery", "acknowledgement", "answer"]
State = Literal["addressed", "delivered", "seen", "acknowledged", "answered", "withdrawn", "not reached"]
CALLED_COLUMNS = ("device", "name", "state", "seen_at", "acknowledged_at", "answered_at")


# -- publishing -------------------------------------------------------------------------------------------------------


@app.command
def publish(
    file: File = None,
    /,
    *,
    audience: For = NOBODY,
    words: Words = NOTHING,
    sender: Sender = None,
    status: Annotated[
        Status | None, Parameter(help="Actual if not said; Exercise and Test say that it is none.")
    ] = None,
    how: How = PLAINLY,
    where: Where = HERE,
) -> None:
    """Publish an alert: a file, or one put together from flags.

    On a terminal it says first how many devices it will reach, and asks. A retry after a broken connection does not publish
    twice.
    """
    if file is not None and not (words.is_empty() and sender is None and status is None):
        raise UserError("give a file, or the alert in flags, not both", "Flags can say whom a file is for.", EXIT_USAGE)
    if file is None and words.is_empty():
        raise UserError(
            "what is to be published?",
            "Name a file with CAP XML or JSON, or give --event, --severity and --headline.",
            EXIT_USAGE,
        )
    with at_hub(where) as api:
        carry_out(api, _of_file(file, audience) if file else _of_flags(api, words, audience, sender, status), how)


def _of_file(file: Path, audience: For) -> Request:
    content = read_file(file)
    if content.value is None:
        return Request("/v1/alerts", "published", content=content.raw, media_type=XML, query=audience.query())
    return Request("/v1/alerts", "published", body_of(content.value, audience.body(), file))


def _of_flags(api: HubApi, words: Words, audience: For, sender: str | None, status: str | None) -> Request:
    by = sender or os.environ.get(SENDER_VARIABLE)
    if not by:
        raise UserError(
            "an alert says who sends it", f"Give --sender ops@health.example, or set {SENDER_VARIABLE}.", EXIT_USAGE
        )
    if audience.body() is None:
        raise UserError("nobody is addressed", "Give --area, --role, --device or --everyone.", EXIT_USAGE)
    info = words.info(_names_of(api, audience.area or []), _now())
    alert = {"sender": by, "status": status or "Actual", "msgType": "Alert", "scope": "Public", "info": [info]}
    return Request("/v1/alerts", "published", {"alert": alert, "audience": audience.body()})


def _names_of(api: HubApi, codes: list[str]) -> str:
    """Where it is, in words: the names of the areas, and codes where the list has none."""
    if not codes:
        return "Everywhere"
    names = {row["code"]: row["name"] for row in api.get("/v1/areas")["areas"]}
    return ", ".join(names.get(code) or code for code in codes)[:500]


@app.command
def update(
    alert: Alert,
    file: File = None,
    /,
    *,
    audience: For = NOBODY,
    words: Words = NOTHING,
    how: How = PLAINLY,
    where: Where = HERE,
) -> None:
    """Replace an alert by a newer version.

    A file holds what is different, as JSON ({"info": […]}); flags change the words of the alert as it is. Whoever was addressed
    before hears in any case that the old one is over.
    """
    if (file is None) == words.is_empty():
        raise UserError("what is different?", "Name a file with JSON, or give flags like --headline.", EXIT_USAGE)
    with at_hub(where) as api:
        if file is not None:
            content = read_file(file)
            if content.value is None:
                raise UserError(
                    f"{file} is CAP XML", "An Update in XML names what it replaces: publish it.", EXIT_USAGE
                )
            body = body_of(content.value, audience.body(), file)
        else:
            body = body_of({"info": [_changed(api, alert, words)]}, audience.body(), Path())
        carry_out(api, Request(f"/v1/alerts/{part(alert)}/update", "updated", body), how)


def _changed(api: HubApi, alert: str, words: Words) -> dict[str, Any]:
    infos = api.get(f"/v1/alerts/{part(alert)}")["alert"].get("info", [])
    if len(infos) != 1:
        found = ", ".join(info.get("language", "en-US") for info in infos) or "none"
        raise UserError(
            f"the alert has words in {found}, and flags change those of one language",
            f'Write all of them into a file, as {{"info": […]}}; tocsin-hub alert show {alert} --json has them as they are.',
            EXIT_USAGE,
        )
    return words.over(infos[0], _now())


@app.command
def cancel(
    alert: Alert,
    /,
    *,
    note: Annotated[str | None, Parameter(help="Why, in words.")] = None,
    audience: For = NOBODY,
    how: How = PLAINLY,
    where: Where = HERE,
) -> None:
    """End an alert. Devices that have it withdraw it."""
    body = {"alert": {} if note is None else {"note": note}}
    if audience.body() is not None:
        body["audience"] = audience.body() or {}
    with at_hub(where) as api:
        carry_out(api, Request(f"/v1/alerts/{part(alert)}/cancel", "cancelled", body), how)


def _now() -> datetime:
    return datetime.now(UTC)


# -- looking ----------------------------------------------------------------------------------------------------------


@app.command(name="list")
def list_(
    *,
    all: Annotated[bool, Parameter(negative=(), help="Those that are over too.")] = False,
    after: Annotated[int, Parameter(validator=Number(gte=0), help="Only those with a higher number.")] = 0,
    area: InArea = None,
    severity: AtLeast = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List the alerts that are in force, in the order of their numbers."""
    wanted = {"in_force": None if all else True, "area": area, "severity": severity}
    with at_hub(where) as api:
        listed = list(api.pages("/v1/alerts", "alerts", after=after, limit=1000, **wanted))
    headings = ("number", "severity", "event", "headline", "for", "published", "expires", "state")
    output.answer_rows(listed, headings, _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        *(str(row["number"]), graded(row), row["event"] or "", row["headline"] or ""),
        *(audience_words(row["audience"]), output.when(row["published_at"]), output.when(row["expires"])),
        _state(row),
    )


def _state(row: dict[str, Any]) -> str:
    if row["replaced_by"] is not None:
        return f"replaced by {row['replaced_by']}"
    return "in force" if row["in_force"] else "over"


@app.command(name="show")
def show_(alert: Alert, /, *, xml: Flag = False, where: Where = HERE, json: Json = False) -> None:
    """Show an alert as people read it, as CAP XML, or as JSON.

    Parameters
    ----------
    xml
        As CAP 1.2 XML.
    """
    path = f"/v1/alerts/{part(alert)}"
    with at_hub(where) as api:
        if xml:
            sys.stdout.write(api.text(path, XML))
            return
        found = api.get(path)
    output.answer(found, lambda found: output.say(page_of(found)), json=json)


@app.command
def delivery(
    alert: Alert,
    /,
    *,
    state: Annotated[list[State] | None, Parameter(negative=(), help="Only devices in this state. Repeat it.")] = None,
    csv: Annotated[bool, Parameter(name="--csv", negative=(), help="A list of the devices, for whom to call.")] = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Who has an alert, who acknowledged it, whom to call."""
    with at_hub(where) as api:
        found = api.get(f"/v1/alerts/{part(alert)}/delivery", state=state)
    if csv and not json:
        _write_csv(found["devices"])
    else:
        output.answer(found, lambda found: output.show(*delivery_tables(found)), json=json)


def _write_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, CALLED_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(row.get(name)) for name in CALLED_COLUMNS} for row in rows)


@app.command
def progress(alert: Alert, /, *, where: Where = HERE, json: Json = False) -> None:
    """How far an alert has come, in all, by area, and over time."""
    with at_hub(where) as api:
        found = api.get(f"/v1/alerts/{part(alert)}/progress")
    output.answer(found, lambda found: output.show(*progress_tables(found)), json=json)


@app.command
def calls(
    alert: Alert,
    /,
    *,
    missing: Annotated[list[Missing] | None, Parameter(negative=(), help="Only who lacks this. Repeat it.")] = None,
    area: Annotated[str | None, Parameter(help="Only devices in this area, or below it.")] = None,
    csv: Annotated[bool, Parameter(name="--csv", negative=(), help="For a spreadsheet.")] = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Whom to call about an alert: who has not got it, not acknowledged it, not answered it."""
    path = f"/v1/alerts/{part(alert)}/calls"
    asked: dict[str, Any] = {"missing": missing, "area": area, "limit": CALLS_MAX}
    with at_hub(where) as api:
        if csv:
            sys.stdout.write(api.text(path, CSV, **asked))
            return
        found = api.get(path, **asked)
    output.answer(found, lambda found: output.show(calls_table(found)), json=json)


@app.command
def answers(
    alert: Alert,
    /,
    *,
    area: Annotated[str | None, Parameter(help="Only devices in this area, or below it.")] = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """What was answered to an alert's question, counted, and by whom."""
    path = f"/v1/alerts/{part(alert)}/answers"
    with at_hub(where) as api:
        found = api.get(path, area=area, limit=1000)
        found["devices"] = list(api.pages(path, "devices", area=area, limit=1000))
    output.answer(found, _say_answers, json=json)


def _say_answers(found: dict[str, Any]) -> None:
    words, tables = answers_page(found)
    output.say(words)
    output.show(*tables)


@app.command
def watch(
    alert: Annotated[
        str | None, Parameter(name="ALERT", help="How far this one comes; without it, each alert that comes.")
    ] = None,
    /,
    *,
    area: InArea = None,
    severity: AtLeast = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Show what comes, line by line, until Ctrl-C: each new alert, or how far one has come."""
    with at_hub(where, running=True) as api:
        if alert is None:
            watch_all(api, as_json=json, area=area, severity=severity)
        else:
            watch_alert(api, alert, as_json=json)
