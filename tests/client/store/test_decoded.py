"""What decoding gave is given again."""

from __future__ import annotations

import pytest

from alerts.errors import RemoteProtocolError
from alerts.wire.items import Arrival
from client.store.decoded import Decoded


def test_an_arrival_and_a_refusal_are_given_again_without_decoding_anew() -> None:
    calls = []

    def decode(raw: bytes, epoch: int, number: int) -> Arrival:
        calls.append(number)
        if raw == b"bad":
            raise RemoteProtocolError("bad")
        return Arrival("s,a", frozenset())

    decoded = Decoded(decode)
    decoded.decode(b"good", 1, 1)
    decoded.decode(b"bad", 1, 2)
    assert decoded(b"good", 1, 1) == Arrival("s,a", frozenset())
    for _ in range(2):
        with pytest.raises(RemoteProtocolError, match="bad"):
            decoded(b"bad", 1, 2)
    assert calls == [1, 2]


def test_what_is_no_refusal_is_not_held_back() -> None:
    def decode(raw: bytes, epoch: int, number: int) -> Arrival:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Decoded(decode).decode(b"", 1, 1)
