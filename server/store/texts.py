"""Lists and audiences as the JSON text that stands in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from alerts.audience import Audience


def pack_words(words: Iterable[str]) -> str:
    """A list of words as text."""
    return json.dumps(list(words), ensure_ascii=False)


def unpack_words(text: str) -> tuple[str, ...]:
    """The list in a text that `pack_words` made."""
    return tuple(json.loads(text))


def pack_audiences(audiences: Iterable[Audience]) -> str:
    """Audiences as text."""
    return json.dumps([asdict(audience) for audience in audiences], ensure_ascii=False)


def unpack_audiences(text: str) -> tuple[Audience, ...]:
    """The audiences in a text that `pack_audiences` made."""
    return tuple(
        Audience(tuple(one["areas"]), tuple(one["roles"]), tuple(one["devices"]), one["everyone"])
        for one in json.loads(text)
    )
