"""TLS as far as it costs time and bytes: the flights of its handshake and the overhead of its records. No cryptography.

    round trips   who sends what before the first byte of the application
    0             client 517 (early data right behind it)   server 250       TLS 1.3, resumed
    1             client 517 ─▶ ◀─ server 3200 ─▶ client 74                  TLS 1.3
    2             client 220 ─▶ ◀─ server 3200 ─▶ client 126 ─▶ ◀─ server 51  TLS 1.2

The bytes are those of usual handshakes with a chain of two certificates.
"""

from __future__ import annotations

import struct
from typing import Literal

from netsim.virtual.tcp.end import Ending, Stream, User

TlsRoundTrips = Literal[0, 1, 2]

_FLIGHTS_BYTES: dict[TlsRoundTrips, tuple[int, ...]] = {0: (517, 250), 1: (517, 3200, 74), 2: (220, 3200, 126, 51)}
"""In turn, the client's first."""

_HANDSHAKE, _DATA = 22, 23
_HEADER_BYTES, _TAG_BYTES = 5, 17
_RECORD_BYTES_MAX = 16_384


class Tls:
    """One end's TLS: the user of a TCP end, and the stream of another user."""

    def __init__(self, stream: Stream, user: User, round_trips: TlsRoundTrips, *, is_server: bool) -> None:
        self.connection = stream.connection
        self._stream, self._user = stream, user
        self._flights = list(enumerate(_FLIGHTS_BYTES[round_trips]))
        self._is_early = round_trips == 0 and not is_server
        self._mine = 1 if is_server else 0
        self._is_open = False
        self._data = bytearray()

    # -- as TCP's user ------------------------------------------------------------------------------------------------

    def opened(self) -> None:
        """TCP stands: the handshake begins."""
        self._go_on()

    def received(self, data: bytes) -> None:
        """Bytes have arrived."""
        self._data += data
        plain = []
        while len(self._data) >= _HEADER_BYTES:
            kind, _, size = struct.unpack_from("!BHH", self._data)
            if len(self._data) < _HEADER_BYTES + size:
                break
            if kind == _DATA:
                plain.append(bytes(self._data[_HEADER_BYTES : _HEADER_BYTES + size - _TAG_BYTES]))
            else:
                self._flights.pop(0)
            del self._data[: _HEADER_BYTES + size]
        self._go_on()
        if plain:
            self._user.received(b"".join(plain))

    def ended(self, how: Ending) -> None:
        """The connection is gone."""
        self._user.ended(how)

    def _go_on(self) -> None:
        """Send what is this end's turn; open when nothing of the handshake is left, or early."""
        while self._flights and self._flights[0][0] % 2 == self._mine:
            _, size = self._flights.pop(0)
            self._stream.send(
                struct.pack("!BHH", _HANDSHAKE, 0x0303, size - _HEADER_BYTES) + bytes(size - _HEADER_BYTES)
            )
        if not self._is_open and (not self._flights or self._is_early):
            self._is_open = True
            self._user.opened()

    # -- as its user's stream -----------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send bytes, in records."""
        for start in range(0, len(data), _RECORD_BYTES_MAX):
            part = data[start : start + _RECORD_BYTES_MAX]
            self._stream.send(struct.pack("!BHH", _DATA, 0x0303, len(part) + _TAG_BYTES) + part + bytes(_TAG_BYTES))

    def close(self) -> None:
        """Nothing follows."""
        self._stream.close()
