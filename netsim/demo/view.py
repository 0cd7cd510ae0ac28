"""What one sees of the demo: the story as lines, and on a terminal a live table of the devices under it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from client import LinkState
from netsim.demo.cast import CAST
from netsim.demo.device import Device, cents

REFRESHES_A_SECOND = 8
_COLOURS = dict(zip((person.short for person in CAST), ("cyan", "magenta", "yellow"), strict=True))
_CONNECTIONS = {
    LinkState.CONNECTED: Text("connected", "green"),
    LinkState.CONNECTING: Text("connecting", "yellow"),
    LinkState.WAITING: Text("waits to retry", "yellow"),
}


class View:
    """A context manager. Without a terminal what each device has is told in lines, at each act."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.devices: Sequence[Device] = ()
        self._began = time.monotonic()
        self._live = Live(
            console=console, get_renderable=self.table, refresh_per_second=REFRESHES_A_SECOND, transient=True
        )

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def tell(self, who: str, words: str) -> None:
        """One line of the story. `who`: a person of the cast, nobody, or * for the heading of an act."""
        if who == "*":
            self._begin_act(words)
            return
        line = Text(f"{time.monotonic() - self._began:5.1f} s  ", "dim")
        if who:
            line.append(f"{who} ", f"bold {_COLOURS.get(who, '')}")
        style = "bold red" if words.startswith(("ALARM", "NOT")) else "" if who else "bold"
        line.append(words, style)
        self.console.print(line, soft_wrap=True)

    def _begin_act(self, words: str) -> None:
        if not self.console.is_terminal and any(device.entries for device in self.devices):
            for device in self.devices:
                self.console.print(Text(f"         {_line(device)}"), soft_wrap=True)
        self.console.print()
        self.console.print(Text(words, "bold underline"), soft_wrap=True)

    def table(self) -> Table:
        """What each device has now."""
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in ("device", "link", "connection"):
            table.add_column(heading, no_wrap=True)
        for heading in ("received", "in force", "ack'd", "bytes", "cost"):
            table.add_column(heading, justify="right", no_wrap=True)
        for device in self.devices:
            table.add_row(*_row(device))
        return table


def _line(device: Device) -> str:
    link = device.person.link
    return (
        f"{device.person.short}: {'link cut' if device.is_cut else device.connection.value}; {len(device.entries)} received, "
        f"{_in_force(device)} in force, {len(device.acknowledged)} acknowledged{_to_send(device)}; "
        f"{device.meter.total_bytes:,} bytes, {cents(link.cents(device.meter.total_bytes))}"
    )


def _row(device: Device) -> list[str | Text]:
    link, count_bytes = device.person.link, device.meter.total_bytes
    return [
        Text(device.person.short, _COLOURS.get(device.person.short, "")),
        Text("cut", "bold red") if device.is_cut else Text(link.name),
        _CONNECTIONS.get(device.connection, Text(device.connection.value)),
        str(len(device.entries)),
        str(_in_force(device)),
        f"{len(device.acknowledged)}{_to_send(device)}",
        f"{count_bytes:,}",
        cents(link.cents(count_bytes)),
    ]


def _in_force(device: Device) -> int:
    return sum(entry.is_in_force for entry in device.entries.values())


def _to_send(device: Device) -> str:
    return f" ({device.receipts_waiting} to send)" if device.receipts_waiting else ""
