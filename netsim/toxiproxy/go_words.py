"""Small things as the Go program writes them, where a client may look at them."""

from __future__ import annotations

import base64
import secrets
from ctypes import c_float

FLOAT32_DIGITS = 9


def float32(value: float) -> float:
    """A number as Go writes a float32: with no more digits than it takes to read the same float32, a whole one as such."""
    single = short = c_float(value).value
    for digits in range(1, FLOAT32_DIGITS + 1):
        short = float(f"{single:.{digits}g}")
        if c_float(short).value == single:
            break
    return float64(short)


def float64(value: float) -> float:
    """A number as Go writes a float64: a whole one without a decimal point."""
    return int(value) if value == int(value) else value


def request_id() -> str:
    """A new name for a request: 20 letters and digits, like those of Toxiproxy."""
    return base64.b32hexencode(secrets.token_bytes(12)).decode().rstrip("=").lower()
