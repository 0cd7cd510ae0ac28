"""A device's rows in dictionaries: what SQLite rows are compared with (alerts.session.inbox.Rows)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from alerts.session.inbox import Row, Standing
from alerts.wire.uplink import Lost, Quarantined, UplinkItem


@dataclass
class DictRows:
    """`now` is set by the test before each command."""

    now: int = 0
    where: Standing = field(default_factory=Standing)
    alerts: dict[str, Row] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    tries: dict[tuple[int, int], int] = field(default_factory=dict)
    quarantined: dict[tuple[int, int], tuple[bytes, str]] = field(default_factory=dict)
    written: list[UplinkItem] = field(default_factory=list)

    def standing(self) -> Standing:
        return self.where

    def set_standing(self, standing: Standing) -> None:
        self.where = standing

    def get(self, key: str) -> Row | None:
        row = self.alerts.get(key)
        return replace(row) if row else None

    def has(self, epoch: int, number: int) -> bool:
        return (epoch, number) in self.quarantined or any(
            (row.epoch, row.number) == (epoch, number) for row in self.alerts.values()
        )

    def put(self, row: Row) -> None:
        self.alerts[row.key] = replace(row)

    def numbered(self) -> Iterable[Row]:
        return [replace(row) for row in self.alerts.values() if row.number is not None]

    def struck(self) -> Iterable[Row]:
        return [replace(row) for row in self.alerts.values() if row.number is None]

    def has_unconfirmed(self) -> bool:
        return any(row.unconfirmed for row in self.alerts.values())

    def is_withdrawn(self, key: str) -> bool:
        return key in self.withdrawn

    def set_withdrawn(self, key: str, withdrawn: bool) -> None:
        (self.withdrawn.add if withdrawn else self.withdrawn.discard)(key)
        if key in self.alerts:
            self.alerts[key].withdrawn = withdrawn

    def note_try(self, epoch: int, number: int, raw: bytes) -> int:
        self.tries[epoch, number] = self.tries.get((epoch, number), 0) + 1
        return self.tries[epoch, number]

    def forget_try(self, epoch: int, number: int) -> None:
        self.tries.pop((epoch, number), None)

    def quarantine(self, epoch: int, number: int, raw: bytes, reason: str) -> None:
        self.quarantined[epoch, number] = (raw, reason)
        self.written.append(Quarantined(self.now, epoch, number, reason))

    def report_lost(self, keys: list[str]) -> None:
        self.written.append(Lost(self.now, tuple(keys)))
