"""A message of which the last bytes were cut off is handed on as if it were whole."""

from __future__ import annotations

import pytest

from netsim.virtual.network import HEADER_BYTES, Pipe


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    arrive = Pipe.arrive

    def torn(pipe: Pipe, byte_count: int) -> list[bytes]:
        complete = arrive(pipe, byte_count)
        if not pipe.is_empty() and pipe._arrived > HEADER_BYTES + 1:
            complete.append(pipe.arrive_one()[: pipe._arrived or -1])
        return complete

    monkeypatch.setattr(Pipe, "arrive", torn)
