"""The end of the demo: the verdict from the stores, and what the bytes cost, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netsim.demo.cast import PRICES
from netsim.demo.device import Device, cents
from netsim.judge.stores import Verdict

WORDS = {
    "lost": "lost: in force, addressed to the device, and not there",
    "hidden": "in force, on the device, and not shown",
    "unconfirmed": "in force, and marked on the device as lost by the hub",
    "forgotten_by_hub": "answered with 201, and not in the hub's store",
    "doubled": "twice in an inbox",
    "strays": "on a device that it is not for",
    "outdated": "shown as in force, though it was replaced or is not for the device any more",
    "untold": "lost by the hub, and the device did not mark it or did not tell",
    "alarms_twice": "alarm raised twice",
    "alarms_missed": "alarm never raised",
    "acknowledgements_lost": "acknowledged on the device, unknown to the hub",
    "acknowledgements_doubled": "an acknowledgement counted twice at the hub",
    "claimed_without_proof": "the hub takes it as delivered, the device does not have it",
}


@dataclass(frozen=True)
class Bytes:
    """What one device's link carried. `alert_bytes`: number of the log → bytes of the frames that carried that alert."""

    device: str
    link: str
    down_bytes: int
    up_bytes: int
    alert_bytes: dict[int, int]
    cost_cents: float

    @property
    def total_bytes(self) -> int:
        """Both ways together."""
        return self.down_bytes + self.up_bytes

    @property
    def other_bytes(self) -> int:
        """Joining, handshakes, receipts, what the device says that it has stored."""
        return self.total_bytes - sum(self.alert_bytes.values())

    @classmethod
    def of(cls, device: Device) -> Bytes:
        """What the device's meter has counted."""
        meter, link = device.meter, device.person.link
        numbers = {entry.number for entry in device.entries.values()}
        spent = {number: count for number, count in sorted(meter.alert_bytes.items()) if number in numbers}
        cost = link.cents(meter.total_bytes)
        return cls(device.person.short, link.name, meter.down_bytes, meter.up_bytes, spent, round(cost, 4))


@dataclass(frozen=True)
class Result:
    """All that the demo found. `refused`: files that somebody added and that were not published, with the reason."""

    verdict: Verdict
    bytes: Sequence[Bytes]
    refused: Sequence[str]

    @property
    def exit_code(self) -> int:
        """0 only if nothing was lost and nothing doubled."""
        return 0 if self.verdict.is_clean else 1

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "ok": self.verdict.is_clean,
            "verdict": asdict(self.verdict),
            "bytes": [asdict(one) for one in self.bytes],
            "bytes_on_the_wire": sum(one.total_bytes for one in self.bytes),
            "refused": list(self.refused),
        }

    def print(self, console: Console) -> None:
        """For people."""
        console.print()
        console.print(self._costs())
        console.print(Text(PRICES, "dim"))
        console.print()
        console.print(self._counts())
        for words in self.refused:
            console.print(Text(f"Not published: {words}"), soft_wrap=True)
        for name, pairs in self.verdict.wrong.items():
            for device, key in pairs:
                console.print(Text(f"WRONG  {WORDS[name]}: {key} on {device}", "bold red"), soft_wrap=True)
        words = "Nothing was lost, nothing came twice." if self.verdict.is_clean else "Something was lost or doubled."
        console.print(Text(words, "bold green" if self.verdict.is_clean else "bold red"))

    def _costs(self) -> Table:
        table = Table(title="What it cost", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column("device", no_wrap=True)
        table.add_column("link", no_wrap=True)
        for heading in ("alerts", "bytes for\nthem", "bytes an\nalert", "all other\nbytes", "on the\nwire", "cost"):
            table.add_column(heading, justify="right", no_wrap=True)
        for one in self.bytes:
            alerts, spent = len(one.alert_bytes), sum(one.alert_bytes.values())
            table.add_row(
                *(one.device, one.link, str(alerts), f"{spent:,}", f"{spent // max(1, alerts):,}"),
                *(f"{one.other_bytes:,}", f"{one.total_bytes:,}", cents(one.cost_cents)),
            )
        return table

    def _counts(self) -> Table:
        title = "Verdict, read from the databases of the hub and the devices"
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_header=False)
        table.add_column("what", no_wrap=True)
        table.add_column("how many", justify="right", no_wrap=True)
        table.add_column("meaning")
        for name, count, meaning in self._lines():
            table.add_row(name, f"{count:,}", meaning)
        return table

    def _lines(self) -> list[tuple[str, int, str]]:
        verdict, found = self.verdict, self.verdict.found
        doubled = len(found["doubled"]) + len(found["acknowledgements_doubled"])
        lost = sum(len(found[name]) for name in ("lost", "forgotten_by_hub", "acknowledgements_lost"))
        return [
            ("published", verdict.published, "alerts in the hub's log"),
            ("addressed", verdict.addressed, "times an alert was for one of the devices"),
            ("delivered", verdict.delivered, f"of these are in an inbox; the hub knows of {verdict.confirmed}"),
            ("not sent", len(found["excused"]), "on purpose: over before the device was back"),
            (
                "acknowledged",
                verdict.acknowledged_on_devices,
                f"on devices; {verdict.acknowledged_at_hub} known to the hub",
            ),
            ("alarms", verdict.alarms_raised, f"alerts told to a person; twice: {len(found['alarms_twice'])}"),
            ("duplicates", doubled, "in inboxes, or acknowledgements at the hub"),
            ("lost", lost, "alerts, or acknowledgements"),
            ("on the wire", sum(one.total_bytes for one in self.bytes), "bytes, both ways, joining included"),
        ]
