"""A data frame says that it goes up to the head, although more is due below it than fits."""

from __future__ import annotations

import pytest

from alerts.session import catchup
from alerts.session.catchup import Batch, Chosen
from alerts.session.log import Log


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    choose = catchup._data

    def generous(run: tuple[Chosen, ...], log: Log, rest: int | None) -> Batch:
        return choose(run, log, None)

    monkeypatch.setattr(catchup, "_data", generous)
