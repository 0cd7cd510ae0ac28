"""Frames and close codes as RFC 6455 has them."""

from __future__ import annotations

import pytest

from server.push.websocket import frame_of, may_be_sent


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "8200"), (125, "827d"), (126, "827e007e"), (65_535, "827effff"), (65_536, "827f0000000000010000")],
)
def test_a_frame_states_its_length(size: int, header: str) -> None:
    assert frame_of(b"x" * size) == bytes.fromhex(header) + b"x" * size


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1011, 1013, 3000, 4001, 4999])
def test_codes_that_may_be_sent(code: int) -> None:
    assert may_be_sent(code)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
def test_codes_that_must_not_be_sent(code: int) -> None:
    assert not may_be_sent(code)
