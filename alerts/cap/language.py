"""Languages: BCP 47 syntax, and which of an alert's texts a device gets.

A device names the languages it wants, the best first. RFC 4647 §3.4 (lookup) finds the tag; where it finds none for a
range, a tag that begins with the range counts too (`fr` finds `fr-FR`), before the range is shortened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

UNSTATED = "en-US"  # CAP 1.2 §3.2.2: an info without a language is in en-US
ALL = "*"

_XS_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_LANGTAG = re.compile(
    r"""(
      ([a-z]{2,3}(-[a-z]{3}){0,3} | [a-z]{4,8})          # language, extended language
      (-[a-z]{4})?                                       # script
      (-([a-z]{2}|\d{3}))?                               # region
      (-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*                  # variants
      (-[a-wy-z0-9](-[a-z0-9]{2,8})+)*                   # extensions
      (-x(-[a-z0-9]{1,8})+)?                             # private use
    | x(-[a-z0-9]{1,8})+
    | i-(ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    | en-gb-oed | sgn-(be-fr|be-nl|ch-de)
    )""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def is_schema_language(tag: str) -> bool:
    """Whether CAP's schema takes the tag (xs:language): all that is needed to carry it."""
    return _XS_LANGUAGE.fullmatch(tag) is not None


def is_well_formed(tag: str) -> bool:
    """Whether the tag follows the syntax of BCP 47 (RFC 5646 §2.1)."""
    return _LANGTAG.fullmatch(tag) is not None


def best_match(wanted: Sequence[str], offered: Sequence[str | None]) -> list[int]:
    """The indices of the infos, in their order, that a device with these wishes gets.

    All infos of the best language; of the alert's first language if none is wanted or found; all infos if `*` is
    wanted. `offered` is each info's language, None where the info states none.
    """
    if ALL in wanted:
        return list(range(len(offered)))
    tags = [(tag or UNSTATED).lower() for tag in offered]
    if not tags:
        return []
    found = (_lookup(language_range.lower(), tags) for language_range in wanted)
    best = next((tag for tag in found if tag), tags[0])
    return [index for index, tag in enumerate(tags) if tag == best]


def _lookup(language_range: str, tags: Sequence[str]) -> str | None:
    subtags = language_range.split("-")
    while subtags:
        prefix = "-".join(subtags)
        if prefix in tags:
            return prefix
        longer = next((tag for tag in tags if tag.startswith(prefix + "-")), None)
        if longer:
            return longer
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:  # RFC 4647 §3.4: a singleton goes with what it introduced
            subtags.pop()
    return None
