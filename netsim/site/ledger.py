"""What a device did to the world, written down by its process before it goes on, so that a kill cannot hide it.

Three files in the ledger's folder, a JSON list a line. A line is with the operating system before the call returns: it
survives a kill -9 of the process, though not a power cut of the machine. `store_life` counts the stores of this device (a
store that was put back from a copy, or cloned, is a new one), `life` the processes; `at` is the machine's time in seconds.

    arrived        [store_life, life, key, number, at]     an alert was stored, and shown
    alarms         [store_life, life, batch, key, at]      an alarm rang; `batch`: which one of this life
    acknowledged   [store_life, life, key, at]             an acknowledgement returned to the person
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert was stored on the device."""

    store_life: int
    life: int
    key: str
    number: int
    at: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm rang."""

    store_life: int
    life: int
    batch: int
    key: str
    at: float


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person acknowledged an alert."""

    store_life: int
    life: int
    key: str
    at: float


class LedgerWriter:
    """The device's end of it."""

    def __init__(self, folder: Path, store_life: int, life: int) -> None:
        self._folder = folder
        self._lives = [store_life, life]

    def arrived(self, key: str, number: int, at: float) -> None:
        """An alert was stored."""
        self._write("arrived", [[*self._lives, key, number, at]])

    def alarmed(self, batch: int, keys: Iterable[str], at: float) -> None:
        """These alarms ring now, together."""
        self._write("alarms", [[*self._lives, batch, key, at] for key in keys])

    def acknowledged(self, key: str, at: float) -> None:
        """The person has been told that the acknowledgement is kept."""
        self._write("acknowledged", [[*self._lives, key, at]])

    def _write(self, name: str, lines: list[list[object]]) -> None:
        data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        handle = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)


class DeviceLedger:
    """The judge's end of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def arrivals(self) -> list[Arrival]:
        """In their order."""
        return [Arrival(*line) for line in self._lines("arrived")]

    def alarms(self) -> list[Alarm]:
        """In their order."""
        return [Alarm(*line) for line in self._lines("alarms")]

    def acknowledgements(self) -> list[Acknowledgement]:
        """In their order."""
        return [Acknowledgement(*line) for line in self._lines("acknowledged")]

    def _lines(self, name: str) -> list[list[Any]]:
        file = self.folder / name
        text = file.read_text() if file.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
