"""The head of an HTTP/1.1 message, read from a stream and changed on its way (RFC 9112)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from netsim.middleboxes.streams import Streams

HEAD_BYTES_MAX = 64 * 1024


class NotHttpError(OSError):
    """What came is no HTTP, or has no end; whoever sent it is not served."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line, and the header lines in their order."""

    first_line: str
    lines: tuple[tuple[str, str], ...]

    @property
    def target(self) -> str:
        """What a request asks for."""
        return [*self.first_line.split(" "), ""][1]

    def get(self, name: str) -> str:
        """The values of this header, joined; empty where there is none."""
        return ", ".join(value for key, value in self.lines if key.lower() == name.lower())

    @property
    def asks_for_upgrade(self) -> bool:
        """Whether the client wants to go over to another protocol, as a WebSocket does."""
        return bool(self.get("Upgrade"))

    def without(self, names: Iterable[str]) -> Head:
        """This head without these headers."""
        gone = {name.lower() for name in names}
        return Head(self.first_line, tuple(line for line in self.lines if line[0].lower() not in gone))

    def with_line(self, name: str, value: str) -> Head:
        """This head with one header more."""
        return Head(self.first_line, (*self.lines, (name, value)))

    def pack(self) -> bytes:
        """As it is sent."""
        lines = [self.first_line, *(f"{name}: {value}" for name, value in self.lines)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def read_head(source: Streams) -> Head:
    """Read a head. Raises EOFError: the other side ended before; NotHttpError: it is none, or too long."""
    try:
        raw = await source.reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise NotHttpError(f"a head of more than {HEAD_BYTES_MAX} bytes") from error
    first_line, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    if "HTTP/" not in first_line or any(not colon for _, colon, _ in pairs):
        raise NotHttpError(f"no HTTP: {first_line[:80]!r}")
    return Head(first_line, tuple((name, value.strip()) for name, _, value in pairs))
