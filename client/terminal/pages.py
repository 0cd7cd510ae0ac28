"""One alert in full, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from alerts.cap.model import Info
from alerts.cap.question import Question, question_of
from client.store import InboxEntry
from client.terminal import words


def alert_page(entry: InboxEntry, now: int) -> Group:
    """Everything that a person needs of an alert; `now` is the hub's time."""
    alert = entry.alert
    head = Text.assemble((f" {words.severity(entry)} ", words.STYLES[entry.urgency]), " ", (words.title(alert), "bold"))
    facts = _facts(
        [
            ("state", words.state(entry, now)),
            ("sent", f"{alert.sent} ({words.age(entry, now)})"),
            ("from", alert.sender),
            ("identifier", alert.identifier),
            ("about", alert.references or ""),
            ("note", alert.note or ""),
            ("you", words.receipt(entry)),
            ("to answer", f"tocsin-field answer {entry.number} …" if entry.is_unanswered else ""),
        ]
    )
    return Group(head, facts, *(part for info in alert.info for part in _info(info)))


def _info(info: Info) -> Iterator[Rule | Table | Padding]:
    yield Rule(Text(words.one_line(f"{info.event} ({info.language or 'en-US'})")), align="left", style="dim")
    for text in (info.headline, info.description):
        if text:
            yield Padding(Text(words.clean(text)), (0, 0, 1, 0))
    if info.instruction:
        yield Padding(Text(words.clean(info.instruction), style="bold"), (0, 0, 1, 2))
    if question := question_of(info):
        yield Padding(_question(question), (0, 0, 1, 2))
    yield _facts(
        [
            ("where", "; ".join(words.one_line(area.area_desc) for area in info.area)),
            ("onset", str(info.onset or "")),
            ("until", str(info.expires or "")),
            ("certainty", f"{info.certainty.value}, urgency {info.urgency.value}"),
            ("more", info.web or ""),
            ("contact", info.contact or ""),
            *(("file", f"{resource.resource_desc} {resource.uri or ''}") for resource in info.resource),
        ]
    )


def _question(question: Question) -> Text:
    """The question, and each choice with the number that answers it."""
    lines = [f"{at}  {words.one_line(choice)}" for at, choice in enumerate(question.choices, 1)]
    asked = words.clean(question.text) if lines else words.asked(question)
    return Text.assemble((f"? {asked}", "bold magenta"), *(f"\n    {line}" for line in lines))


def _facts(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        if value:
            table.add_row(name, Text(words.one_line(value)))
    return table
