"""What both ends know of alerts before one is sent: text for zstd, and tables of what alerts have in common.

A dictionary is bytes, and its address is what they hash to; so two ends that name the same address have the same
dictionary. The bytes are a msgpack array `[version, made, zstd, skeletons, senders, times]`:

    version     1
    made        seconds since 1970 UTC; times of sending are counted from it
    zstd        a dictionary of RFC 8878 §5: entropy tables, then text (the bytes of its id are 0 and say nothing)
    skeletons   skeletons of items (alerts.wire.lean), the most frequent first
    senders     texts, the most frequent first
    times       spans of seconds after `sent`, the most frequent first
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.packing import pack, unpack

VERSION = 1
ADDRESS_BYTES = 6
"""Of the SHA-256: enough that no two dictionaries of a programme meet; what an address stands for the hub vouches for."""

ZSTD_MAGIC = bytes.fromhex("37a430ec")


@dataclass(frozen=True)
class Dictionary:
    """A dictionary and its address."""

    made: int
    zstd: bytes
    skeletons: tuple[bytes, ...]
    senders: tuple[str, ...]
    times: tuple[int, ...]
    address: bytes = field(init=False, compare=False)
    data: bytes = field(init=False, repr=False, compare=False)
    """The bytes that hash to the address."""

    def __post_init__(self) -> None:
        data = pack([VERSION, self.made, self.zstd, list(self.skeletons), list(self.senders), list(self.times)])
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "address", address_of(data))
        for name in ("skeletons", "senders", "times"):
            object.__setattr__(self, f"_{name}", {value: at for at, value in enumerate(getattr(self, name))})

    def skeleton_at(self, skeleton: bytes) -> int | None:
        """Where a skeleton stands in the table."""
        found: int | None = self.__dict__["_skeletons"].get(skeleton)
        return found

    def sender_at(self, sender: str) -> int | None:
        """Where a sender stands in the table."""
        found: int | None = self.__dict__["_senders"].get(sender)
        return found

    def time_at(self, seconds: int) -> int | None:
        """Where a span of time stands in the table."""
        found: int | None = self.__dict__["_times"].get(seconds)
        return found


def short_name(address: bytes) -> int:
    """What stands for an address in a handshake. The few dictionaries of a programme differ in it, and should two not, the
    check of the first lean message tells."""
    return int.from_bytes(address[:2], "big")


def address_of(data: bytes) -> bytes:
    """The address of a dictionary's bytes."""
    return hashlib.sha256(data).digest()[:ADDRESS_BYTES]


def read_dictionary(data: bytes) -> Dictionary:
    """The dictionary in bytes that came from a file or the network.

    Raises RemoteProtocolError: it is none, or larger than is allowed; says what was wrong.
    """
    if len(data) > limits.DICTIONARY_BYTES_MAX:
        raise RemoteProtocolError(
            f"a dictionary of {len(data)} bytes; at most {limits.DICTIONARY_BYTES_MAX} are allowed"
        )
    array = unpack(data)
    if not isinstance(array, list) or len(array) < 6 or array[0] != VERSION:
        raise RemoteProtocolError(f"no dictionary of version {VERSION}")
    _, made, zstd, skeletons, senders, times = array[:6]
    if type(made) is not int or not 0 <= made <= limits.NUMBER_MAX:
        raise RemoteProtocolError("dictionary.made: expected seconds since 1970")
    if not isinstance(zstd, bytes) or not zstd.startswith(ZSTD_MAGIC):
        raise RemoteProtocolError("dictionary.zstd: expected a dictionary of RFC 8878 §5")
    for name, table, kind in (("skeletons", skeletons, bytes), ("senders", senders, str), ("times", times, int)):
        if not isinstance(table, list) or not all(type(element) is kind for element in table):
            raise RemoteProtocolError(f"dictionary.{name}: expected an array of {kind.__name__}")
        if len(table) > limits.DICTIONARY_TABLE_MAX:
            raise RemoteProtocolError(
                f"dictionary.{name}: {len(table)} elements, at most {limits.DICTIONARY_TABLE_MAX}"
            )
    made_here = Dictionary(made, zstd, tuple(skeletons), tuple(senders), tuple(times))
    if made_here.data != data:
        raise RemoteProtocolError("a dictionary that is not in its one form: its address would be another")
    return made_here
