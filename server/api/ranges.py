"""A part of an answer (RFC 9110 §14): which bytes a request asks for."""

from __future__ import annotations

import re


class UnsatisfiableError(Exception):
    """The range begins behind the end."""


_ONE = re.compile(r"bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})")


def range_of(header: str | None, total: int) -> tuple[int, int] | None:
    """The first byte asked for and the one behind the last; None: all, which is also what several ranges or other units get.

    Raises UnsatisfiableError.
    """
    found = _ONE.fullmatch(header.strip()) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        first, end = max(0, total - int(found[2])), total
    else:
        first, end = int(found[1]), min(total, int(found[2]) + 1) if found[2] else total
        if found[2] and int(found[2]) < first:
            return None
    if first >= end:
        raise UnsatisfiableError
    return first, end
