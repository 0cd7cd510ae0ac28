"""Whatever opening of a store stands as high as the hub's row says is taken for the one that the row is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.audience import Reader
from alerts.session import claim as claims
from alerts.session.claim import Claim, Place
from alerts.session.log import Log


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    at_handshake = claims.at_handshake

    def trust(claim: Claim, place: Place, log: Log, reader: Reader, now: int) -> Claim:
        return at_handshake(claim, replace(place, before=claim.opening), log, reader, now)

    monkeypatch.setattr(claims, "at_handshake", trust)
