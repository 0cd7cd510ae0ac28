"""Making a dictionary from alerts that were sent before.

What zstd's own trainer does was tried and is not enough for so little text: it chooses pieces of the samples, and counts its
entropy tables on the very samples that the pieces came from, which so compress far better than anything new will. Here the
text is the history itself, newest last, without what repeats; the tables are counted on alerts that were held back, a
share of every sender's, behind the text of the others. That made messages a sixth smaller.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from backports.zstd import ZstdDict, ZstdError, finalize_dict

from alerts.limits import DICTIONARY_TABLE_MAX
from alerts.wire.blocks import LEVEL_BEST
from alerts.wire.dictionary import Dictionary
from alerts.wire.lean import Lean, body_of, take_apart

Kind = TypeVar("Kind", bytes, str, int)

HELD_BACK = 8
"""One in so many groups of alike alerts is held back to count the tables on."""

SEEN_TWICE = 2
"""What occurs only once is not worth a place in a table."""

REPEATS_BYTES = 40
"""What stands again further behind, at least so long, is left out: a fifth of a history. Shorter ones cost more than room."""

EDGE_BYTES = 4

TABLES_BYTES_MAX = 4096
SAMPLES_MIN = 8
"""Fewer give no tables that hold for anything else."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An item, and the group of alike alerts that it belongs to, for whoever knows; else it is guessed."""

    item: bytes
    group: str | None = None


class NotEnoughError(ValueError):
    """There is too little to train on."""


def train(
    samples: Iterable[Sample], *, made: int, text_bytes_max: int, before: bytes = b"", repeats: int = REPEATS_BYTES
) -> Dictionary:
    """A dictionary of these items, which come in their order of time.

    `made` is the time from which times of sending are counted; `before` text that goes before the history (what is known of
    alerts in general); what repeats for at least `repeats` bytes is taken once. Raises NotEnoughError.
    """
    known = [(lean, sample) for sample in samples if (lean := take_apart(sample.item)) is not None]
    if len(known) < SAMPLES_MIN:
        raise NotEnoughError(f"{len(known)} alerts that can be used; at least {SAMPLES_MIN} are needed")
    skeletons = _table(lean.skeleton for lean, _ in known)
    senders = _table(lean.sender for lean, _ in known)
    times = _table(time for lean, _ in known for time in lean.times)
    bodies = [_body(lean, skeletons, senders) for lean, _ in known]
    is_held_back = [_is_held_back(sample.group or _likeness(lean)) for lean, sample in known]
    held = [body for body, held in zip(bodies, is_held_back, strict=True) if held] or bodies[::HELD_BACK]
    rest = [body for body, held in zip(bodies, is_held_back, strict=True) if not held]
    tables = _tables(_text(rest or bodies, text_bytes_max, before, repeats), held)
    text = _text(bodies, text_bytes_max, before, repeats)
    return Dictionary(made, tables + text, tuple(skeletons), tuple(senders), tuple(times))


def _table(values: Iterable[Kind]) -> list[Kind]:
    found = [value for value, count in Counter(values).most_common() if count >= SEEN_TWICE]
    return found[:DICTIONARY_TABLE_MAX]


def _body(lean: Lean, skeletons: Sequence[bytes], senders: Sequence[str]) -> bytes:
    inline = b"" if lean.skeleton in skeletons else lean.skeleton
    named = b"" if lean.sender in senders else body_of([lean.sender])
    return inline + named + body_of(lean.texts)


def _likeness(lean: Lean) -> str:
    """Alerts that begin alike but for their numbers are versions of one."""
    words = "".join(letter for text in lean.texts for letter in text if not letter.isdigit())
    return f"{lean.sender} {words[:48]}"


def _is_held_back(group: str) -> bool:
    return hashlib.sha256(group.encode()).digest()[0] % HELD_BACK == 0


def _tables(text: bytes, samples: Sequence[bytes]) -> bytes:
    """The entropy tables of a dictionary with this text, as these samples would use them."""
    try:
        whole = finalize_dict(ZstdDict(text, is_raw=True), list(samples), len(text) + TABLES_BYTES_MAX, LEVEL_BEST)
    except ZstdError as error:
        raise NotEnoughError(f"zstd makes no tables of {len(samples)} alerts: {error}") from None
    data = whole.dict_content
    assert data.endswith(text), "zstd keeps the text that it was given"
    return data[: len(data) - len(text)]


def _text(bodies: Sequence[bytes], most: int, before: bytes, repeats: int) -> bytes:
    """The newest of the bodies, each without what stands again behind it, and before them what is known in general."""
    kept: list[bytes] = []
    seen: set[bytes] = set()
    room = most
    for body in reversed(bodies):
        piece = _without_repeats(body, seen, repeats)
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
        seen.update(body[at : at + repeats] for at in range(len(body) - repeats + 1))
    return (before[-room:] if room else b"") + b"".join(reversed(kept))


def _without_repeats(body: bytes, seen: set[bytes], repeats: int) -> bytes:
    """The body without the stretches that are known, whose ends stay so that what follows them is found."""
    kept, at, size = bytearray(), 0, len(body)
    while at < size:
        if body[at : at + repeats] not in seen:
            kept.append(body[at])
            at += 1
            continue
        end = at + 1
        while body[end : end + repeats] in seen:
            end += 1
        end += repeats - 1
        kept += body[at : at + EDGE_BYTES] + body[end - EDGE_BYTES : end]
        at = end
    return bytes(kept)
