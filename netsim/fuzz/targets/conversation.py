"""Several messages in one input: each behind its length in two bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LENGTH_BYTES = 2


def join(messages: Iterable[bytes]) -> bytes:
    """Messages as one input."""
    return b"".join(len(message).to_bytes(LENGTH_BYTES, "big") + message for message in messages)


def split(data: bytes) -> Iterator[bytes]:
    """The messages of an input; the last one may be shorter than it says."""
    at = 0
    while at < len(data):
        end = at + LENGTH_BYTES + int.from_bytes(data[at : at + LENGTH_BYTES], "big")
        yield data[at + LENGTH_BYTES : end]
        at = end
