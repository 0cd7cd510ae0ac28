"""A position counts when its cursor lies on the path; by which number what it was spared was judged, nobody asks."""

from __future__ import annotations

import pytest

from alerts.session.log import Log
from alerts.session.position import Position
from alerts.session.sender import Sender


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Sender._begin

    def trust(sender: Sender, position: Position, now: int) -> None:
        counts = sender._log.counts
        with monkeypatch.context() as trusting:
            at_cursor = position.epoch != 0 and position.cursor <= sender._log.head
            trusting.setattr(Log, "counts", lambda log, epoch, as_of: at_cursor or counts(epoch, as_of))
            begin(sender, position, now)

    monkeypatch.setattr(Sender, "_begin", trust)
