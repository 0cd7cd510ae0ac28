"""A device that has moved is sent what is new, and no roll-call: what was in force there before it never hears of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.audience import Reader
from alerts.session.log import Log


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    enrol = Log.enrol

    def quietly(log: Log, number: int, reader: Reader) -> None:
        enrol(log, number, reader)
        log.enrolled[reader.device] = replace(log.enrolled[reader.device], number=0)

    monkeypatch.setattr(Log, "enrol", quietly)
