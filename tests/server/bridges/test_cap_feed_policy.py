"""The filter, the audience and the pauses of a feed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.terms import Category, Certainty, MsgType, Severity, Status, Urgency
from server.bridges.cap_feed_policy import PAUSE_S_MAX, RETRY_AFTER_S_MAX, audience_of, coded_areas, objection, pause_s
from server.store.feed_records import FeedFilter
from tests.support.cap_alerts import example

INFO = example()["info"][0]
KE, UG = Audience(areas=("KE",)), Audience(areas=("UG",))


def alert(*infos: dict[str, Any], **changes: Any) -> Alert:
    return Alert.from_json(example(info=[{**INFO, **info} for info in infos] or [INFO], **changes))


def objected(found: Alert, follows_published: bool = False, **wanted: Any) -> str | None:
    return objection(found, FeedFilter(**wanted), follows_published=follows_published)


# -- the filter -------------------------------------------------------------------------------------------------------


def test_by_default_what_is_actual_and_public_is_let_through() -> None:
    assert objected(alert()) is None
    assert objected(alert(status="Exercise", note="x")) == "status is Exercise"
    assert objected(alert(msgType="Ack", references="a,b,2026-03-01T08:30:00+03:00")) == "msgType is Ack"
    assert "Restricted" in str(objected(alert(scope="Restricted", restriction="x"), statuses=(), msg_types=()))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"categories": (Category.MET, Category.GEO)}, "category is Health"),
        ({"severity_at_least": Severity.EXTREME}, "severity is Severe"),
        ({"urgency_at_least": Urgency.IMMEDIATE, "certainty_at_least": Certainty.OBSERVED}, "certainty is Likely"),
        ({"events": ("flood", "fire")}, "event is 'Cholera'"),
        ({"languages": ("sw", "fr")}, "language is en"),
    ],
)
def test_an_info_must_fit_all_that_is_wanted(wanted: dict[str, Any], words: str) -> None:
    assert objected(alert(), **wanted) == words
    assert objected(alert(), follows_published=True, **wanted) is None


def test_what_fits_is_let_through() -> None:
    assert objected(alert(), severity_at_least=Severity.SEVERE, categories=(Category.HEALTH,)) is None
    assert objected(alert(), events=("CHOL",), languages=("en",)) is None
    assert objected(alert({"language": "pt-MZ"}), languages=("pt",)) is None
    assert objected(alert({"language": "pta"}), languages=("pt",))
    assert objected(alert({"language": "en-US"}), languages=("en-US",)) is None


def test_one_info_must_fit_and_not_one_for_each_wish() -> None:
    found = alert({"language": "en", "severity": "Minor"}, {"language": "sw", "severity": "Extreme"})
    assert objected(found, languages=("sw",), severity_at_least=Severity.SEVERE) is None
    assert objected(found, languages=("en",), severity_at_least=Severity.SEVERE)


def test_an_alert_without_infos_fits_no_wish_about_them() -> None:
    bare = Alert.from_json(example(info=None))
    assert objected(bare) is None
    assert "no info" in str(objected(bare, severity_at_least=Severity.UNKNOWN))


def test_status_and_kind_hold_for_what_follows_too() -> None:
    assert objected(alert(status="Test"), follows_published=True) == "status is Test"
    assert objected(alert(), follows_published=True, msg_types=(MsgType.CANCEL,)) == "msgType is Alert"
    assert objected(alert(status="Test"), statuses=(Status.TEST,)) is None


# -- the audience -----------------------------------------------------------------------------------------------------


def test_geocodes_name_areas() -> None:
    codes = [("P-code", "047"), ("other", "1"), ("P-code", "047"), ("P-code", "no code!"), ("P-code", "")]
    area = {"areaDesc": "x", "geocode": [{"valueName": name, "value": value} for name, value in codes]}
    assert coded_areas(alert({"area": [area]}), {"P-code": "KE-"}) == ("KE-047",)
    assert coded_areas(alert({"area": [area]}), {}) == ()


def test_whom_an_alert_is_for() -> None:
    fixed = Audience(areas=("TZ",), roles=("nurse",))
    assert audience_of(("KE-047",), fixed, []) == Audience(areas=("KE-047",), roles=("nurse",))
    assert audience_of((), fixed, []) == fixed
    assert audience_of((), fixed, [KE, UG]) == KE
    assert audience_of((), Audience(), []).is_empty()


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_pauses_grow_with_failures_and_are_bounded() -> None:
    chance = random.Random(1)
    usual = [pause_s(120, 0, None, chance) for _ in range(200)]
    assert 108 <= min(usual) < max(usual) <= 132
    assert 216 <= pause_s(120, 1, None, chance) <= 336
    assert pause_s(120, 1000, None, chance) <= PAUSE_S_MAX * 1.4
    assert pause_s(86_400, 5, None, chance) >= 86_400 * 0.9


def test_a_server_may_ask_for_a_longer_pause_within_reason() -> None:
    chance = random.Random(1)
    assert pause_s(120, 1, 5000, chance) == 5000
    assert pause_s(120, 1, 1, chance) > 100
    assert pause_s(120, 1, 10**12, chance) == RETRY_AFTER_S_MAX
