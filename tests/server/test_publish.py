from __future__ import annotations

from pathlib import Path as FilePath

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.terms import Scope
from alerts.errors import (
    AlreadyReplacedError,
    AudienceError,
    DuplicateAlertError,
    ExpiredAlertError,
    IdempotencyConflictError,
    TooManyInForceError,
    UnknownAreaError,
    UnknownDeviceError,
)
from alerts.session.log import Log
from alerts.session.position import Path
from server.publish import Prepared, Submission, check_audience, check_roles, commit, find_repeat, prepare
from server.store import alerts, areas, log
from tests.support.stores import EVERYONE, HOUR, NOON, PUBLISHER, following, fresh_database, make_alert

LIFE = 24 * HOUR


def _prepared(hub_log: Log, alert: Alert, now: int = NOON, **changes: object) -> Prepared:
    submission = Submission(alert, EVERYONE, PUBLISHER, **changes)  # type: ignore[arg-type]
    return prepare(hub_log, submission, now=now, default_life_s=LIFE)


def _log_with(*given: Alert) -> Log:
    hub_log = Log(Path([(7, 1)]))
    for alert in given:
        hub_log.append(_prepared(hub_log, alert).entry)
    return hub_log


# -- whom -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "audience", "words"),
    [
        (Scope.PUBLIC, Audience(), "nobody is addressed"),
        (Scope.PRIVATE, Audience(areas=("KE",)), "Private"),
        (Scope.PRIVATE, Audience(devices=("d",), everyone=True), "Private"),
        (Scope.PRIVATE, Audience(devices=("d",), roles=("nurse",)), "Private"),
        (Scope.RESTRICTED, Audience(devices=("d",)), "Restricted"),
        (Scope.RESTRICTED, Audience(areas=("KE",), everyone=True), "Restricted"),
        (Scope.PUBLIC, Audience(areas=("KE",) * 2001), "2001 areas"),
        (Scope.PUBLIC, Audience(roles=(" ",)), "no role"),
    ],
)
def test_an_audience_that_does_not_fit_is_refused(scope: Scope, audience: Audience, words: str) -> None:
    with pytest.raises(AudienceError, match=words):
        check_audience(scope, audience)


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        (Scope.PUBLIC, EVERYONE),
        (Scope.PRIVATE, Audience(devices=("d",))),
        (Scope.RESTRICTED, Audience(roles=("nurse",))),
        (Scope.RESTRICTED, Audience(areas=("KE",), devices=("d",))),
    ],
)
def test_an_audience_that_fits_is_taken(scope: Scope, audience: Audience) -> None:
    check_audience(scope, audience)


def test_a_role_is_a_word() -> None:
    check_roles(("cold-chain", "community health worker"))
    with pytest.raises(AudienceError, match="nurse"):
        check_roles((" nurse",))


# -- until when -------------------------------------------------------------------------------------------------------


def test_an_alert_that_says_nothing_of_its_end_holds_for_the_default_life() -> None:
    info = make_alert().to_json()["info"][0]
    del info["expires"]
    assert _prepared(_log_with(), make_alert(info=[info])).entry.expires == NOON + LIFE


def test_an_alert_that_ended_before_it_was_sent_holds_for_the_default_life_and_that_is_reported() -> None:
    info = {**make_alert().to_json()["info"][0], "expires": "2026-03-01T12:00:00+00:00"}
    prepared = _prepared(_log_with(), make_alert(info=[info]), original=b"<alert/>")
    assert prepared.entry.expires == NOON + LIFE
    assert "expires" in prepared.reports[0]


def test_json_that_ended_before_it_was_sent_is_refused() -> None:
    lasting = make_alert().to_json()["info"][0]
    ended = {**lasting, "expires": "2026-03-01T12:00:00+00:00"}
    with pytest.raises(ExpiredAlertError, match="expires is not after sent"):
        _prepared(_log_with(), make_alert(info=[ended, ended]))
    assert _prepared(_log_with(), make_alert(info=[ended, lasting])).entry.expires == NOON + 10 * HOUR
    old = make_alert("old")
    assert _prepared(_log_with(old), following("Cancel", "end", old, info=[ended])).reports


def test_an_expired_alert_is_refused_and_told_since_when() -> None:
    with pytest.raises(ExpiredAlertError, match="expired 3600 seconds ago"):
        _prepared(_log_with(), make_alert(), now=NOON + 11 * HOUR)


def test_an_expired_cancel_still_withdraws_what_lives() -> None:
    info = {**make_alert().to_json()["info"][0], "expires": "2026-03-02T12:00:00+00:00"}
    old = make_alert("old", info=[info])
    prepared = _prepared(_log_with(old), following("Cancel", "end", old), now=NOON + 11 * HOUR)
    assert prepared.entry.replaces == {old.key}
    assert "expired" in prepared.reports[0]
    with pytest.raises(ExpiredAlertError):
        _prepared(_log_with(old), following("Update", "next", old), now=NOON + 11 * HOUR)


# -- what it replaces -------------------------------------------------------------------------------------------------


def test_an_update_of_what_was_updated_must_name_the_newest() -> None:
    one = make_alert("one")
    two = following("Update", "two", one)
    with pytest.raises(AlreadyReplacedError, match="two") as caught:
        _prepared(_log_with(one, two), following("Update", "three", one))
    assert (caught.value.by, caught.value.number) == (two.key, 2)
    assert _prepared(_log_with(one, two), following("Update", "three", one, two)).entry.replaces == {one.key, two.key}


def test_what_it_replaces_may_be_said_beside_it() -> None:
    one = make_alert("one")
    two = following("Update", "two", one)
    third = _prepared(_log_with(one, two), following("Update", "three", one), also_replaces=(two.key,))
    assert third.entry.replaces == {one.key, two.key}
    assert third.alert.reference_keys == (one.key,)


def test_an_alert_that_was_replaced_before_it_came_is_refused() -> None:
    one = make_alert("one")
    with pytest.raises(AlreadyReplacedError):
        _prepared(_log_with(following("Cancel", "end", one)), one)


def test_an_ack_of_what_was_updated_is_taken() -> None:
    one = make_alert("one")
    log_of = _log_with(one, following("Update", "two", one))
    assert not _prepared(log_of, following("Ack", "heard", one)).entry.replaces


# -- how many ---------------------------------------------------------------------------------------------------------


def test_no_more_come_in_force_than_a_roll_call_can_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.publish.ROLL_ENTRIES_MAX", 3)
    one, two, three = (make_alert(name) for name in ("one", "two", "three"))
    crowded = _log_with(one, two, three)
    with pytest.raises(TooManyInForceError, match="3 alerts are in force"):
        _prepared(crowded, make_alert("four"))
    for takes_the_place in (following("Update", "next", one), following("Cancel", "end", two)):
        assert _prepared(crowded, takes_the_place).entry.number == 4
    crowded.append(_prepared(crowded, following("Cancel", "end", two)).entry)
    assert _prepared(crowded, make_alert("four")).entry.number == 5


def test_the_hub_makes_an_identifier_from_epoch_and_number() -> None:
    prepared = _prepared(_log_with(make_alert("one")), make_alert("none"), make_identifier=True)
    assert prepared.alert.identifier == "00000007-2"
    assert prepared.entry.key == prepared.alert.key == "ops@health.example,00000007-2"
    assert prepared.entry.payload is prepared.alert


# -- writing it -------------------------------------------------------------------------------------------------------


def _commit(folder: FilePath, *submissions: Submission, list_of_areas: bool = False) -> list[object]:
    """Commit one after the other; what came of each."""
    outcomes: list[object] = []
    with fresh_database(folder) as db:
        log.begin_epoch(db, 7, NOON, "test")
        if list_of_areas:
            areas.import_areas(db, [("KE-047", "Nairobi")])
        for submission in submissions:
            try:
                repeat = find_repeat(db, submission.idempotency_key, submission.by.name, submission.digest)
                prepared = prepare(log.read_log(db, NOON), submission, now=NOON, default_life_s=LIFE)
                outcomes.append(repeat or commit(db, submission, prepared, now=NOON, kept_s=LIFE))
            except Exception as error:  # noqa: BLE001 - the outcome is what the test looks at
                outcomes.append(error)
    return outcomes


def test_what_is_committed_is_answered_with_its_number(tmp_path: FilePath) -> None:
    (published,) = _commit(tmp_path, Submission(make_alert(), EVERYONE, PUBLISHER, original=b"<alert/>"))
    assert (published.number, published.epoch, published.created, published.reports) == (1, 7, True, ())  # type: ignore[attr-defined]
    with fresh_database(tmp_path) as db:
        assert alerts.find_alert(db, "1", NOON).original == b"<alert/>"


def test_the_same_identity_twice_is_refused(tmp_path: FilePath) -> None:
    one = Submission(make_alert(), EVERYONE, PUBLISHER)
    _, second = _commit(tmp_path, one, one)
    assert isinstance(second, DuplicateAlertError)
    assert second.number == 1


def test_unknown_areas_and_devices_are_named(tmp_path: FilePath) -> None:
    there = Submission(make_alert(), Audience(areas=("KE-047-0312", "UG", "TZ")), PUBLISHER)
    device = Submission(make_alert(), Audience(devices=("d-1",)), PUBLISHER)
    areas_error, device_error = _commit(tmp_path, there, device, list_of_areas=True)
    assert isinstance(areas_error, UnknownAreaError)
    assert areas_error.codes == ("UG", "TZ")
    assert isinstance(device_error, UnknownDeviceError)


def test_without_a_list_of_areas_every_code_is_taken_and_reported(tmp_path: FilePath) -> None:
    (published,) = _commit(tmp_path, Submission(make_alert(), Audience(areas=("KE",)), PUBLISHER))
    assert "KE could not be checked" in published.reports[0]  # type: ignore[attr-defined]


def test_a_reference_from_elsewhere_is_taken_and_reported(tmp_path: FilePath) -> None:
    foreign = make_alert("elsewhere")
    (published,) = _commit(tmp_path, Submission(following("Update", "next", foreign), EVERYONE, PUBLISHER))
    assert published.reports == (f"the reference {foreign.key} is not known here",)  # type: ignore[attr-defined]


def test_the_same_idempotency_key_is_answered_again_and_with_another_body_refused(tmp_path: FilePath) -> None:
    one = Submission(make_alert("one"), EVERYONE, PUBLISHER, "key", b"body")
    other = Submission(make_alert("two"), EVERYONE, PUBLISHER, "key", b"other")
    first, again, conflict = _commit(tmp_path, one, one, other)
    assert (first.created, again.created) == (True, False)  # type: ignore[attr-defined]
    assert first.number == again.number == 1  # type: ignore[attr-defined]
    assert isinstance(conflict, IdempotencyConflictError)
