"""The hub commits every alert and forgets half of them: whoever does not notice this notices nothing."""

from __future__ import annotations

import pytest

from alerts.session.log import Entry, Log


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    roll, form_for = Log.roll, Log.form_for
    monkeypatch.setattr(Log, "roll", lambda log, *values: [e for e in roll(log, *values) if e.number % 2])

    def sparing(log: Log, entry: Entry, *values: object) -> object:
        return form_for(log, entry, *values) if entry.number % 2 else None  # type: ignore[arg-type]

    monkeypatch.setattr(Log, "form_for", sparing)
