"""A set of numbers as few bytes: the lengths of its gaps and runs, alternating, as variable-length integers.

    {3, 4, 5, 9}    gap 2 (1, 2), run 3 (3 … 5), gap 3, run 1     02 03 03 01

Each integer is little-endian in groups of seven bits, the highest bit set in all groups but the last (LEB128).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """The set of positive numbers as bytes."""
    packed = bytearray()
    end = 0
    for first, last in _runs(sorted(set(numbers))):
        _put(packed, first - end - 1)
        _put(packed, last - first + 1)
        end = last
    return bytes(packed)


def unpack_numbers(packed: bytes) -> frozenset[int]:
    """The set that `pack_numbers` packed."""
    numbers: list[int] = []
    end = 0
    lengths = _lengths(packed)
    for gap, run in zip(lengths, lengths, strict=True):
        numbers.extend(range(end + gap + 1, end + gap + run + 1))
        end += gap + run
    return frozenset(numbers)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def _put(packed: bytearray, value: int) -> None:
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    packed.append(value)


def _lengths(packed: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
