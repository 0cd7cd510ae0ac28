"""Estimates: the real encoder's bytes, for what devices really get, from the first word on."""

from __future__ import annotations

import random
from typing import Any

import pytest

from alerts.dictionary.shipped import shipped
from alerts.session.log import Log, draft_of
from alerts.session.position import Path as LogPath
from alerts.wire.codec import Codec
from alerts.wire.items import hub_identifier
from server.ops.estimates import HEADER_BYTES, TLS_BYTES, Estimate, Estimator, completed, readable, violations_of
from server.push.lean import LeanVariants
from server.push.variants import Variants
from server.push.websocket import frame_of
from tests.support.extreme import alert_body
from tests.support.stores import EVERYONE, HOUR, NOON, make_alert


def info(language: str, headline: str) -> dict[str, Any]:
    return {**alert_body()["alert"]["info"][0], "language": language, "headline": headline}


def estimate(wished: list[tuple[str, ...]], *infos: dict[str, Any]) -> Estimate:
    alert = make_alert(info=list(infos))
    entry = Log(LogPath(((1, 1),))).inherit(draft_of(alert, EVERYONE, default_life_s=HOUR, payload=alert))
    return Estimator().estimate(alert, entry, (1, 1), wished, shipped(), NOON)


def test_each_language_is_a_variant_and_devices_are_counted_where_they_get_it() -> None:
    found = estimate(
        [("fr",), ("fr-CD",), ("en",), ("sw", "fr"), ("sw",)],
        info("en", "Leave"),
        info("fr", "Partez d'ici tout de suite"),
    )
    counted = {one.languages: one.devices for one in found.variants}
    assert counted == {("en",): 2, ("fr",): 3}
    assert found.missing == {"sw": 1}


def test_what_nobody_is_addressed_by_has_its_size_too() -> None:
    found = estimate([], info("en", "Leave"), info("fr", "Partez"))
    assert [(one.languages, one.devices) for one in found.variants] == [(("en",), 0), (("fr",), 0)]
    assert found.fleet_bytes == 0


def test_all_languages_together_are_one_variant_and_longer() -> None:
    found = estimate([("*",)], info("en", "Leave"), info("fr", "Partez"))
    by = {one.languages: one for one in found.variants}
    assert by["en", "fr"].devices == 1 and by["en", "fr"].message_bytes > by["en",].message_bytes


def test_the_link_carries_headers_for_each_segment_and_takes_its_time() -> None:
    short = estimate([], info("en", "Leave")).variants[0]
    assert short.link_bytes == short.message_bytes + TLS_BYTES + HEADER_BYTES
    chance = random.Random(7)
    long = estimate(
        [], info("en", "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(4000)))
    )  # hardly compresses
    assert long.variants[0].link_bytes > 3 * 1360 and long.variants[0].slow_s > 3 * 1360 * 8 / 25_000


@pytest.mark.parametrize(
    "value", [{}, {"info": [{}]}, {"info": "x"}, {"info": [{"headline": "Only this"}]}, {"status": ""}]
)
def test_an_unfinished_alert_has_a_size_and_says_what_is_missing(value: dict[str, Any]) -> None:
    alert = readable(value, NOON)
    assert alert is not None and violations_of(value, NOON)


def test_what_cannot_be_written_has_none() -> None:
    broken = {"info": [{"area": [{"areaDesc": "x", "polygon": ["not a polygon"]}]}]}
    assert readable(broken, NOON) is None
    assert any("polygon" in one.path for one in violations_of(completed(broken, NOON), NOON))


def test_the_estimate_is_what_the_hub_sends_to_who_has_nothing_earlier() -> None:
    log = Log(LogPath(((1, 1),)))
    alert = make_alert(identifier=hub_identifier(1, 1), info=[info("en", "Leave the valley"), info("fr", "Partez")])
    entry = log.inherit(draft_of(alert, EVERYONE, default_life_s=HOUR, payload=alert))
    found = Estimator().estimate(alert, entry, (1, 1), [], shipped(), NOON)
    sent = LeanVariants(shipped(), Variants(Codec()), lambda: log)
    for one in found.variants:
        message = sent.live(entry, one.languages, lambda _: False, 1, NOON)
        assert message is not None and one.message_bytes == len(frame_of(message))
