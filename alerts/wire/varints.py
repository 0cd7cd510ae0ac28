"""Integers in as few bytes as they need: seven bits a byte, the lowest first (LEB128).

Signed ones go zigzag; spans of time are counted in the unit that fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.errors import RemoteProtocolError

UNITS = (1, 60, 3600)
"""What a span of time is counted in: its two lowest bits say which, because most of alerts are whole minutes or hours."""

IN_TABLE = 3
"""In place of a unit: the span is a number in a table."""

_BITS_MAX = 63
_SECONDS_MAX = 2**53 - 1


def pack_uint(value: int) -> bytes:
    """A number that is not negative."""
    assert value >= 0, "signed numbers have their own form"
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def pack_int(value: int) -> bytes:
    """Any number: 0, -1, 1, -2, … are 0, 1, 2, 3, …"""
    return pack_uint(_zigzag(value))


def pack_time(seconds: int, at: int | None = None) -> bytes:
    """A span of seconds in the largest unit that it is a whole number of, or by where it stands in a table."""
    if at is not None:
        return pack_uint(at << 2 | IN_TABLE)
    unit = max(index for index, length in enumerate(UNITS) if seconds % length == 0)
    return pack_uint(_zigzag(seconds // UNITS[unit]) << 2 | unit)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


class Bytes:
    """Bytes from the network that are read from the front. Every method raises RemoteProtocolError where they end too soon."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def rest(self) -> bytes:
        """What has not been read."""
        return self.data[self.at :]

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise RemoteProtocolError(f"cut off: {count} bytes are stated at byte {self.at}, {len(taken)} are there")
        self.at += count
        return taken

    def uint(self) -> int:
        """A number that is not negative, of at most 56 bits."""
        value = shift = 0
        if self.at < len(self.data) and self.data[self.at] <= 0x7F:  # nearly all are one byte
            self.at += 1
            return self.data[self.at - 1]
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte <= 0x7F:
                break
            shift += 7
            if shift > _BITS_MAX - 7:
                raise RemoteProtocolError(f"a number of more than {_BITS_MAX - 7} bits before byte {self.at}")
        return value

    def flag(self) -> bool:
        """Whether something follows."""
        value = self.uint()
        if value > 1:
            raise RemoteProtocolError(f"{value} before byte {self.at}, where 0 or 1 was expected")
        return value == 1

    def sint(self) -> int:
        """Any number."""
        value = self.uint()
        return value >> 1 if value % 2 == 0 else -(value + 1 >> 1)

    def time(self, table: Sequence[int] = ()) -> int:
        """A span of seconds."""
        value = self.uint()
        unit, value = value & 3, value >> 2
        if unit == IN_TABLE:
            if value >= len(table):
                raise RemoteProtocolError(f"time {value} of a table of {len(table)}, before byte {self.at}")
            return table[value]
        seconds = (value >> 1 if value % 2 == 0 else -(value + 1 >> 1)) * UNITS[unit]
        if abs(seconds) > _SECONDS_MAX:
            raise RemoteProtocolError(f"a time of {seconds} seconds before byte {self.at}")
        return seconds
