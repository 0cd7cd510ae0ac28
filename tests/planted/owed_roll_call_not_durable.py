"""That a roll-call is owed is kept in memory only: a broken link forgets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.session import inbox
from alerts.session.commits import DeviceOutcome, OweRollCall
from alerts.session.inbox import Rows


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    owe = inbox.owe_roll_call

    def forget(rows: Rows, command: OweRollCall) -> DeviceOutcome:
        before = rows.standing()
        outcome = owe(rows, command)
        rows.set_standing(
            replace(rows.standing(), owes=False, epoch=command.groups[0][0], as_of=before.as_of)
            if command.groups
            else before
        )
        return outcome

    monkeypatch.setattr(inbox, "owe_roll_call", forget)
