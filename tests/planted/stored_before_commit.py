"""The device says `Stored` when a frame arrives, before it has committed what is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.session.commits import DeviceCommand
from alerts.session.session import DeviceSession
from alerts.session.states import Reading
from alerts.wire.frames import Data, Frame


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    take = DeviceSession._take

    def hasty(session: DeviceSession, frame: Frame, clock: float) -> DeviceCommand | None:
        down = session._down
        if isinstance(frame, Data) and down.state is Reading.FOLLOWING and frame.upto > down.position.cursor:
            session._send([replace(down.position, epoch=frame.epoch, cursor=frame.upto, as_of=frame.upto).stored()])
        return take(session, frame, clock)

    monkeypatch.setattr(DeviceSession, "_take", hasty)
