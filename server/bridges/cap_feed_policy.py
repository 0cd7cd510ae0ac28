"""What is decided about an alert of a feed: does the filter let it through, whom is it for, when is the feed asked again.

Pure: no store, no clock, no chance of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from alerts.audience import Audience
from alerts.cap.language import UNSTATED
from alerts.cap.model import Alert, Info
from alerts.cap.terms import MsgType, Scope, Term
from server.store.areas import is_well_formed
from server.store.feed_records import FeedFilter

FOLLOW_UPS = (MsgType.UPDATE, MsgType.CANCEL)
PAUSE_S_MAX = 3600
"""The longest wait after failures, in seconds, unless the feed's own interval is longer."""
RETRY_AFTER_S_MAX = 86_400
"""The longest that a server may send the hub away for."""


# -- the filter -------------------------------------------------------------------------------------------------------


def objection(alert: Alert, wanted: FeedFilter, *, follows_published: bool) -> str | None:
    """Why the filter does not let an alert through, or None.

    `follows_published`: it updates or cancels what was published from this feed. Then only its status, its kind and its scope
    count: whoever has the old one must hear of the new one, however mild that is.
    """
    if alert.scope is not Scope.PUBLIC:
        return f"scope is {alert.scope}: only what is Public is taken from a feed"
    if wanted.statuses and alert.status not in wanted.statuses:
        return f"status is {alert.status}"
    if wanted.msg_types and alert.msg_type not in wanted.msg_types:
        return f"msgType is {alert.msg_type}"
    if follows_published:
        return None
    return _objection_to_infos(alert.info, wanted)


def _objection_to_infos(infos: Iterable[Info], wanted: FeedFilter) -> str | None:
    """One info must fit all that is wanted; else what the last one lacked."""
    found: str | None = None
    for info in infos:
        found = next((words for is_wanted, words in _judged(info, wanted) if not is_wanted), None)
        if found is None:
            return None
    asks = wanted != FeedFilter(statuses=wanted.statuses, msg_types=wanted.msg_types)
    return found or ("it has no info, and the filter asks for what stands there" if asks else None)


def _judged(info: Info, wanted: FeedFilter) -> Iterable[tuple[bool, str]]:
    language = (info.language or UNSTATED).lower()
    event = info.event.casefold()
    yield _is_among(info.category, wanted.categories), f"category is {', '.join(info.category)}"
    yield _is_at_least(info.severity, wanted.severity_at_least), f"severity is {info.severity}"
    yield _is_at_least(info.urgency, wanted.urgency_at_least), f"urgency is {info.urgency}"
    yield _is_at_least(info.certainty, wanted.certainty_at_least), f"certainty is {info.certainty}"
    yield not wanted.events or any(word.casefold() in event for word in wanted.events), f"event is {info.event[:80]!r}"
    yield (
        not wanted.languages or any(_is_in(language, tag.lower()) for tag in wanted.languages),
        f"language is {language}",
    )


def _is_among(found: Iterable[Term], wanted: tuple[Term, ...]) -> bool:
    return not wanted or any(term in wanted for term in found)


def _is_at_least(found: Term, least: Term | None) -> bool:
    """Terms are numbered from the gravest on."""
    return least is None or found.number <= least.number


def _is_in(language: str, wanted: str) -> bool:
    return language == wanted or language.startswith(f"{wanted}-")


# -- the audience -----------------------------------------------------------------------------------------------------


def coded_areas(alert: Alert, geocodes: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of areas that an alert's geocodes name, as a feed maps them; each once, those that can be none left out."""
    named = (
        geocodes[code.value_name] + code.value
        for info in alert.info
        for area in info.area
        for code in area.geocode
        if code.value_name in geocodes and code.value
    )
    return tuple(dict.fromkeys(code for code in named if is_well_formed(code)))


def audience_of(known_areas: tuple[str, ...], fixed: Audience, replaced: Iterable[Audience]) -> Audience:
    """Whom an alert is for; may be empty.

    The areas that it names and that are known here, with the roles of the feed's audience; where it names none, the feed's
    audience. An update or cancel that names none (the storm has moved on) is for whom the first alert that it replaces was for:
    they must hear that it is over; of the others' the log tells.
    """
    if known_areas:
        return Audience(areas=known_areas, roles=fixed.roles)
    return next(iter(replaced), fixed)


# -- when to ask again ------------------------------------------------------------------------------------------------


def pause_s(interval_s: int, failures: int, retry_after_s: int | None, chance: random.Random) -> int:
    """Seconds until the next poll: the interval, doubled with each failure, at least what the server asked for; give or take, so
    that hubs do not all ask together."""
    longest = max(interval_s, PAUSE_S_MAX)
    spread = chance.uniform(0.9, 1.4 if failures else 1.1)
    doubled = min(float(interval_s) * 2.0 ** min(failures, 20), longest)
    return max(1, round(doubled * spread), min(retry_after_s or 0, RETRY_AFTER_S_MAX))
