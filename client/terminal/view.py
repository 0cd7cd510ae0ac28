"""The live view of `tocsin-field run`: what arrives one by one as it comes, what was missed as one summary, one alarm."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from alerts.cap.terms import Severity
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    ItemQuarantined,
    LinkState,
    ReceiptsStored,
)
from client.store import EntryState, InboxEntry
from client.terminal import words

SHOWN_ONE_BY_ONE_MAX = 3
"""More alerts than these in one catch-up become a summary."""


class View:
    """Shows events on a terminal. `has_bell`: the bell rings for an Extreme alert, once for all that are due together."""

    def __init__(self, console: Console, *, has_bell: bool = True) -> None:
        self._console = console
        self._has_bell = has_bell
        self._arrived: list[InboxEntry] = []
        self._withdrawn: list[InboxEntry] = []
        self._shown = ""
        self._was_connected = False
        self._trouble = ""

    def show(self, event: Event, now: int) -> None:
        """Show one event; `now` is the hub's time where the event carries alerts."""
        match event:
            case AlertArrived(entry):
                self._arrived.append(entry)
            case AlertWithdrawn(entry):
                self._withdrawn.append(entry)
            case CaughtUp():
                self._show_catch_up()
            case AlarmDue(entries):
                self._alarm(entries, now)
            case AlertUpdated(entry):
                self._say(f"{entry.number}: {words.title(entry.alert)} (changed)", "cyan")
            case AlertUnconfirmed(entry):
                self._say(f"{entry.number}: {words.title(entry.alert)} (the hub no longer has it)", "yellow")
            case ConnectionChanged():
                self._show_connection(event)
            case ReceiptsStored(waiting):
                self._say("the hub has what you did" if not waiting else f"{waiting} receipts waiting", "dim")
            case AnswerStored(entry):
                is_refused = entry.answer is not None and entry.answer.refusal
                known = "" if is_refused else "; the hub has it"
                self._say(f"{entry.number}: {words.answer(entry)}{known}", "yellow" if is_refused else "dim")
            case ItemQuarantined(_, number, reason):
                self._say(f"item {number} of the hub cannot be used: {words.one_line(reason)}", "yellow")
            case EventsMissed(count):
                self._say(f"{count} changes were not shown; `tocsin-field inbox` has everything", "yellow")

    # -- alerts -------------------------------------------------------------------------------------------------------

    def _show_catch_up(self) -> None:
        arrived, withdrawn = self._arrived, self._withdrawn
        self._arrived, self._withdrawn, self._shown = [], [], ""
        if len(arrived) > SHOWN_ONE_BY_ONE_MAX:
            self._say(_summary(arrived, len(withdrawn)), "bold")
            return
        for entry in arrived:
            self._show_alert(entry)
        if len(withdrawn) > SHOWN_ONE_BY_ONE_MAX:
            self._say(f"{len(withdrawn)} alerts are no longer in force here", "cyan")
            return
        for entry in withdrawn:
            is_ended = entry.state is EntryState.ENDED
            over = entry.state.value if is_ended else "no longer in force"
            self._say(f"{entry.number}: {words.title(entry.alert)} ({over})", "cyan")

    def _show_alert(self, entry: InboxEntry) -> None:
        self._shown = entry.key
        line = Text.assemble(
            f"{entry.number}: ",
            (f" {words.severity(entry)} " if entry.alert.info else "", words.STYLES[entry.urgency]),
            f" {words.title(entry.alert)}",
            (f"  {words.areas(entry.alert)}", "dim"),
        )
        if not entry.is_in_force:
            line.append(f"  {entry.state.value}", "dim")
        self._console.print(line)
        if entry.is_unanswered and entry.question:
            self._say(f"   ? {words.asked(entry.question)}   tocsin-field answer {entry.number} …", "magenta")

    def _alarm(self, entries: tuple[InboxEntry, ...], now: int) -> None:
        """One alarm, for the worst; ordinary alerts have been shown and need none.

        As loud as the alert's own severity: what an update inherited hurries it here, but "cases fall" rings no bell.
        """
        worst = min(entries, key=lambda entry: entry.alert.severity.number)
        if worst.alert.severity not in (Severity.EXTREME, Severity.SEVERE):
            return
        if worst.alert.severity is Severity.EXTREME and self._has_bell:
            self._console.bell()
        if worst.key != self._shown:
            self._show_alert(worst)
        others = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
        self._say(f"sent {words.age(worst, now)}, {words.state(worst, now)}{others}", "dim")
        self._say(f"tocsin-field show {worst.number}   tocsin-field ack {worst.number}", "dim")

    # -- the link -----------------------------------------------------------------------------------------------------

    def _show_connection(self, change: ConnectionChanged) -> None:
        """Once for each change that a person cares about; not for every attempt."""
        if change.state is LinkState.CONNECTED:
            self._was_connected, self._trouble = True, ""
            self._say("connected", "green")
        elif change.state is LinkState.WAITING and (self._was_connected or change.words != self._trouble):
            self._was_connected, self._trouble = False, change.words
            self._say(f"not connected: {words.one_line(change.words)}; it comes back by itself", "yellow")
        elif change.state is LinkState.REVOKED:
            self._say(words.one_line(change.words), "bold red")

    def _say(self, text: str, style: str) -> None:
        self._console.print(Text(text, style=style))


def _summary(arrived: list[InboxEntry], withdrawn: int) -> str:
    """A catch-up in one line."""
    severities = Counter(words.severity(entry) for entry in sorted(arrived, key=lambda entry: -entry.urgency))
    counted = ", ".join(f"{count} {name}" for name, count in severities.items())
    in_force = sum(entry.is_in_force for entry in arrived)
    gone = f"; {withdrawn} no longer in force" if withdrawn else ""
    return f"{len(arrived)} alerts arrived: {counted}; {in_force} of them in force{gone}. tocsin-field inbox lists them"
