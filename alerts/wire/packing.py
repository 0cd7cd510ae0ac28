"""msgpack with types, and safe against whoever wrote the bytes.

A msgpack array states its length before its elements, and a decoder makes room for what is stated. A few bytes could
so claim gigabytes; here the structure is checked first: no deeper than allowed, and nothing stated that the bytes left
cannot hold.
"""

from __future__ import annotations

from typing import Any

import msgpack

from alerts.errors import RemoteProtocolError
from alerts.limits import NESTING_MAX

# First byte → (bytes of the length that follows, bytes beside the content). Content is bytes unless it is a container.
_LENGTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_CONTAINERS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}  # bytes of the length, elements an entry
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
_FIXED |= {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}


def pack(value: Any) -> bytes:
    """The value as msgpack."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def unpack(data: bytes, *, depth_max: int = NESTING_MAX) -> Any:
    """The one value that the bytes hold; RemoteProtocolError for anything else."""
    check_structure(data, depth_max=depth_max)
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise RemoteProtocolError(f"not msgpack: {type(error).__name__}: {error}"[:200]) from None


def check_structure(data: bytes, *, depth_max: int = NESTING_MAX) -> None:
    """That the bytes are one msgpack value of at most this depth, with no length that they cannot hold."""
    owed = [1]  # elements still to come, for each container that is open
    at, promised, size = 0, 1, len(data)
    while owed:
        if owed[-1] == 0:
            owed.pop()
            continue
        owed[-1] -= 1
        promised -= 1
        at, elements = _step(data, at)
        promised += elements
        if at + promised > size:
            raise RemoteProtocolError(f"not msgpack: byte {at} of {size}: more is stated than there is")
        if elements:
            owed.append(elements)
            if len(owed) - 1 > depth_max:
                raise RemoteProtocolError(f"nested deeper than {depth_max}, at byte {at}")
    if at != size:
        raise RemoteProtocolError(f"{size - at} bytes too many after the value")


def _step(data: bytes, at: int) -> tuple[int, int]:
    """Where the bytes go on after one head (and its content, if that is bytes), and how many elements it opens."""
    if at >= len(data):
        raise RemoteProtocolError(f"not msgpack: ends after {at} bytes, inside a value")
    first = data[at]
    if first <= 0x7F or first >= 0xE0:
        return at + 1, 0
    if first <= 0x8F:
        return at + 1, (first & 0x0F) * 2
    if first <= 0x9F:
        return at + 1, first & 0x0F
    if first <= 0xBF:
        return at + 1 + (first & 0x1F), 0
    if first in _FIXED:
        return at + 1 + _FIXED[first], 0
    if first in _LENGTHS:
        width = _LENGTHS[first]
        return at + 1 + width + int.from_bytes(data[at + 1 : at + 1 + width], "big"), 0
    if first in _CONTAINERS:
        width, entry = _CONTAINERS[first]
        return at + 1 + width, entry * int.from_bytes(data[at + 1 : at + 1 + width], "big")
    raise RemoteProtocolError(f"byte {at} begins a type that is not used here: {first:#04x}")
