"""The device takes an uplink item for stored as soon as it has sent it."""

from __future__ import annotations

import pytest

from alerts.session.uplink import UplinkSender
from alerts.wire.frames import Data, Frame
from netsim.virtual.device_store import DeviceStore


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    pull = UplinkSender.pull

    def forgetful(sender: UplinkSender) -> list[Frame]:
        frames = pull(sender)
        for frame in frames:
            if isinstance(frame, Data):
                assert isinstance(sender._outbox, DeviceStore)
                sender._outbox.mark_stored(((frame.epoch, frame.upto),), None)
        return frames

    monkeypatch.setattr(UplinkSender, "pull", forgetful)
