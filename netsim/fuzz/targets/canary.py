"""A decoder with a bug that only a search led by coverage finds soon: one byte after the other has to be right."""

from __future__ import annotations

from collections.abc import Iterable

SUMMARY = "fails on purpose: the machinery has to notice"
_WORD = b"bell"


class SleptError(Exception):
    """What the canary dies of."""


def seeds() -> Iterable[bytes]:
    """Nothing helpful."""
    return [b"....."]


def check(data: bytes) -> None:
    """Dies of its word."""
    matched = 0
    for found, wanted in zip(data, _WORD, strict=False):
        if found != wanted:
            return
        matched += 1
    if matched == len(_WORD):
        raise SleptError("the canary is dead")
