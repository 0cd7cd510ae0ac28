"""What an alert will cost before it is published: bytes for each language, seconds on 2G, money for the fleet, and what is wrong.

Made with the real encoder and the dictionary in use, for a new connection that refers to nothing earlier: devices that have what
an alert replaces get it in fewer bytes. What is missing in an unfinished alert is filled in, so that there is a figure from the
first word on.

    message   the WebSocket frame
    link      with one TLS record, and the headers of TCP and IP for each segment of 1,360 bytes
    2G        the profile gprs: 25 kbit/s towards the device, half a second on the way (docs/profiles.md names the sources)
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.audience import Audience
from alerts.cap.language import ALL, UNSTATED, best_match
from alerts.cap.model import Alert
from alerts.cap.times import CapTime
from alerts.errors import InvalidAlertError, Violation
from alerts.session.log import Entry, draft_of
from alerts.session.sender import live_frame
from alerts.wire.blocks import LEVEL_BEST, BlockWriter
from alerts.wire.codec import LEVEL_SHARED, Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.items import hub_identifier, pack_full
from alerts.wire.lean_frames import write_lean
from server.hub import Hub
from server.push.websocket import frame_of

TLS_BYTES = 22
"""One record of TLS 1.3: header, content type and tag."""
HEADER_BYTES = 40
"""IPv4 and TCP, without options."""
SEGMENT_BYTES = 1360
SLOW_BIT_S = 25_000
"""Towards the device on GPRS: the middle of what RFC 3481 §2.2 gives."""
SLOW_DELAY_S = 0.5
"""One way on GPRS: half of the round trips above a second of Chakravorty, Cartwright and Pratt (2002)."""

_HEAD = {"sender": "hub", "status": "Actual", "msgType": "Alert", "scope": "Public"}
_INFO = {"category": ["Health"], "event": "?", "urgency": "Unknown", "severity": "Unknown", "certainty": "Unknown"}


@dataclass(frozen=True, slots=True)
class VariantEstimate:
    """What devices get that are sent these languages: which infos, for how many devices, and how much that is."""

    languages: tuple[str, ...]
    devices: int
    message_bytes: int
    link_bytes: int
    slow_s: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """All that can be said of an alert before it is published. `missing`: language that devices asked for first → how many of
    them get another one."""

    variants: tuple[VariantEstimate, ...]
    missing: Mapping[str, int]

    @property
    def fleet_bytes(self) -> int:
        """Together, once to each device."""
        return sum(one.link_bytes * one.devices for one in self.variants)


def completed(value: Mapping[str, Any], now: int) -> dict[str, Any]:
    """An unfinished alert with the least that is missing filled in."""
    infos = value.get("info")
    whole = [{**_INFO, **_said(info)} for info in infos if isinstance(info, Mapping)] if isinstance(infos, list) else []
    filled = {"identifier": "hub", "sent": str(CapTime(now)), **_HEAD, **_said(value), "info": whole or [dict(_INFO)]}
    if filled["msgType"] not in ("Alert", "Update", "Cancel"):
        filled["msgType"] = "Alert"
    return filled


def _said(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if one not in (None, "", [], {})}


def violations_of(value: Mapping[str, Any], now: int) -> tuple[Violation, ...]:
    """What CAP and the hub find wrong with an alert as it is."""
    try:
        Alert.from_json({"identifier": "hub", "sent": str(CapTime(now)), **value})
    except InvalidAlertError as error:
        return error.violations
    return ()


def readable(value: Mapping[str, Any], now: int) -> Alert | None:
    """The alert as far as it can be encoded; None: it cannot even when what is missing is filled in."""
    try:
        return Alert.from_json(completed(value, now))
    except InvalidAlertError:
        return None


class Estimating:
    """Estimates of one hub, made in a thread, one after another."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._turn = asyncio.Lock()
        self._estimator = Estimator()

    async def estimate(self, alert: Alert, wished: Sequence[tuple[str, ...]], dictionary: Dictionary) -> Estimate:
        """For devices that ask for these languages."""
        now, life_s, log = self._hub.now(), self._hub.options.default_life_s, self._hub.log
        path = (log.path.newest(), log.head + 1)
        entry = log.inherit(draft_of(alert, Audience(everyone=True), default_life_s=life_s, payload=alert))
        async with self._turn:
            return await asyncio.to_thread(self._estimator.estimate, alert, entry, path, wished, dictionary, now)


class Estimator:
    """Writes messages as the hub would, without keeping anything. Any thread may use it, one at a time."""

    def __init__(self) -> None:
        self._codec = Codec()
        self._writer: tuple[bytes, BlockWriter] | None = None

    def estimate(
        self,
        alert: Alert,
        entry: Entry,
        place: tuple[int, int],
        wished: Iterable[tuple[str, ...]],
        dictionary: Dictionary,
        now: int,
    ) -> Estimate:
        """The variants for devices with these wishes, that of each language at least once. `place`: the epoch and number that it
        would have."""
        counted, missing = Counter[tuple[int, ...]](), Counter[str]()
        for languages in wished:
            counted[tuple(best_match(languages, alert.languages))] += 1
            if (first := _unmet(languages, alert.languages)) is not None:
                missing[first] += 1
        tags = [tag or UNSTATED for tag in alert.languages]
        for tag in dict.fromkeys(tags):
            counted.setdefault(tuple(best_match((tag,), alert.languages)), 0)
        named = alert.model_copy(update={"identifier": hub_identifier(*place)})
        found = []
        for chosen, devices in sorted(counted.items()):
            languages = tuple(dict.fromkeys(tags[index] for index in chosen))
            size = self._message_bytes(named, entry, languages, dictionary, now)
            link = size + TLS_BYTES
            link += HEADER_BYTES * max(1, math.ceil(link / SEGMENT_BYTES))
            seconds = round(SLOW_DELAY_S + link * 8 / SLOW_BIT_S, 2)
            found.append(VariantEstimate(languages, devices, size, link, seconds))
        return Estimate(tuple(found), missing)

    def _message_bytes(
        self, alert: Alert, entry: Entry, languages: tuple[str, ...], dictionary: Dictionary, now: int
    ) -> int:
        wish = languages if len(languages) == 1 else (ALL,)
        raw = pack_full(
            alert, expires=entry.expires, urgency=entry.urgency, replaces=entry.replaces, languages=wish, hub_made=True
        )
        frame = live_frame(entry, raw)
        lean = write_lean(frame, dictionary, self._blocks(dictionary), newest=entry.epoch, now=now)
        message = self._codec.encode(frame, level=LEVEL_SHARED) if lean is None else lean
        return len(frame_of(message))

    def _blocks(self, dictionary: Dictionary) -> BlockWriter:
        if self._writer is None or self._writer[0] != dictionary.address:
            self._writer = dictionary.address, BlockWriter(dictionary.zstd, LEVEL_BEST)
        return self._writer[1]


def _unmet(wanted: Sequence[str], offered: Sequence[str | None]) -> str | None:
    """The first language that a device asked for, where it gets one that it did not ask for."""
    if not wanted or ALL in wanted:
        return None
    tags = [(tag or UNSTATED).lower() for tag in offered]
    has = any(best_match((one,), offered) and _serves(one, tags) for one in wanted)
    return None if has else wanted[0].lower()


def _serves(wanted: str, offered: Sequence[str]) -> bool:
    main = wanted.lower().partition("-")[0]
    return any(tag.partition("-")[0] == main for tag in offered)
