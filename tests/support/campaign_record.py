"""A record of a campaign that never was, for what reads records."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from netsim.chaos.record import (
    FILE,
    ActRow,
    DeliveryRow,
    FindingRow,
    HubRow,
    PublishedRow,
    Record,
    Recorder,
    Sample,
    TrafficRow,
    read_record,
)

DEVICES = ("amina", "moses", "tomás")
CLEAN: dict[str, Any] = {
    "published": 12,
    "delivered": 30,
    "lost": 0,
    "shown_twice": 0,
    "false_acknowledgements": 0,
    "faults": 4,
    "seed": 7,
    "wrong": {},
}
SECONDS = 180


def write_campaign(
    folder: Path, summary: dict[str, Any] | None = None, *, findings: tuple[FindingRow, ...] = ()
) -> Record:
    """Three minutes: the hub is killed, a link is cut, another stalled, a clock jumps; `summary` None: broken off."""
    recorder = Recorder(folder / FILE)
    recorder.meta(
        profile="gprs",
        title="GPRS & a <weak> cell",
        via="packet",
        seed=7,
        minutes=3.0,
        devices=DEVICES,
        began_at=1_772_343_000,
        unreproduced=["duplicated packets"],
    )
    for second in range(SECONDS):
        hub = HubRow(second, "off" if 40 <= second < 44 else "starting" if 44 <= second < 47 else "up")
        recorder.sampled([_sample(second, index, name) for index, name in enumerate(DEVICES)], hub)
        recorder.traffic([TrafficRow(second, name, 1 + second // 60, 40 * second, 90 * second) for name in DEVICES])
        if second % 5 == 0:
            for name in DEVICES:
                recorder.kinds(second, name, {"down alerts": 70 * second, "up connecting": 12 * second})
    for name, target, begins, ends in (
        ("kill-hub", "hub", 40.0, None),
        ("cut", "moses", 60.0, 95.0),
        ("stall", "amina", 100.5, 120.0),
        ("clock-jump", "hub", 130.0, None),
    ):
        identity = recorder.fault_began(name, target, "as the schedule says", begins)
        if ends is not None:
            recorder.fault_ended(identity, ends)
    for number in range(1, 13):
        key = f"s,alert-{number}"
        recorder.act(ActRow(number * 10.0, "publish", "hub", "<b>Boil water</b>", "done"))
        recorder.published(PublishedRow(key, number, "Severe", 3, number * 10.0))
        recorder.deliveries(
            DeliveryRow(name, key, number, number * 10.0, number * 10.0 + math.exp(index + number / 4) / 10)
            for index, name in enumerate(DEVICES)
        )
    recorder.findings(findings)
    if summary is not None:
        recorder.meta(summary=summary)
    recorder.close()
    return read_record(folder / FILE)


def _sample(second: int, index: int, name: str) -> Sample:
    due = second // 10
    is_cut = name == "moses" and 60 <= second < 95
    has = 6 if is_cut else max(due - index, 0)
    connection = "CONNECTING" if is_cut or 40 <= second < 48 else "CONNECTED"
    return Sample(second, name, has, due, connection, "cut" if is_cut else "open")
