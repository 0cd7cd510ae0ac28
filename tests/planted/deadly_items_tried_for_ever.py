"""An item that kills its reader is decoded again after every restart."""

from __future__ import annotations

import pytest

from alerts import limits


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TRIES_MAX", 10**9)
