"""A reader that has stored under a later time than the hub's is believed to be up to date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.session.sender import Sender


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Sender._begin
    monkeypatch.setattr(Sender, "_begin", lambda sender, position, now: begin(sender, replace(position, heard=0), now))
