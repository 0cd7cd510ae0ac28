"""An update or cancel reaches its own audience only, and lives no longer than it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from alerts.session.log import Draft, Entry, Log


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    inherit = Log.inherit

    def disown(log: Log, draft: Draft, archived: Iterable[Entry] = ()) -> Entry:
        return replace(
            inherit(log, draft, archived), reach=(draft.audience,), lives=draft.expires, urgency=draft.urgency
        )

    monkeypatch.setattr(Log, "inherit", disown)
