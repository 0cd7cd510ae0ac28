"""An alert whose identity is known is taken for a repetition, whatever its number and its text."""

from __future__ import annotations

import pytest

from alerts.session import inbox
from alerts.session.commits import DeviceOutcome, KeepItems
from alerts.session.inbox import Rows
from alerts.wire.items import Arrival


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    take = inbox._take

    def deduplicate(
        rows: Rows, arrival: Arrival, command: KeepItems, number: int, raw: bytes, outcome: DeviceOutcome
    ) -> None:
        if arrival.key is None or rows.get(arrival.key) is None:
            take(rows, arrival, command, number, raw, outcome)

    monkeypatch.setattr(inbox, "_take", deduplicate)
