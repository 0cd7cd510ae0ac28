"""`tocsin-field answer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.session.commits import OutboxStored
from alerts.wire.items import pack_withdrawal
from alerts.wire.uplink import Answer, unpack_uplink
from client.exits import ExitCode
from tests.support.device_store import EPOCH, item, keep, open_store
from tests.support.field_command import run_field, said
from tests.support.questions import IN_WORDS, NUMBER, ONE_OF, YES_NO
from tests.support.small_hub import NOW

KINDS = (YES_NO, ONE_OF, NUMBER, IN_WORDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    asking = (item(name, question=question) for name, question in zip("abcd", KINDS, strict=True))
    store.execute(keep(0, *asking, item("e")))
    store.welcome(NOW)
    store.close()
    return tmp_path


def written(folder: Path) -> list[object]:
    """The values in the outbox, in their order."""
    store = open_store(folder, seed=9)
    items = [unpack_uplink(raw) for box in store.outbox.outboxes() for _, raw in store.outbox.read(box.epoch, 0, 99)]
    store.close()
    return [(answer.number, answer.value) for answer in items if isinstance(answer, Answer)]


def test_each_kind_of_answer_is_queued(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for tokens, words in (
        (("a", "Ja"), "1 a: answered yes (queued)"),
        (("2", "FLOODED"), "2 b: answered flooded (queued)"),
        (("c", "40", "doses"), "3 c: answered 40 doses (queued)"),
        (("hub.example,d", "Chlorine,", "and a pump"), '4 d: answered "Chlorine, and a pump" (queued)'),
    ):
        assert run_field("answer", *tokens, "--data", folder) == 0
        assert words in said(capsys)
    assert written(folder) == [(1, True), (2, 1), (3, 40), (4, "Chlorine, and a pump")]


def test_the_same_answer_again_costs_nothing_and_another_one_takes_its_place(folder: Path) -> None:
    for value in ("no", "nein", "yes"):
        assert run_field("answer", "a", value, "--data", folder) == 0
    assert written(folder) == [(1, False), (1, True)]


def test_a_number_below_zero_is_no_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("answer", "c", "-5", "--data", folder) == ExitCode.USAGE
    assert "the answer -5 is below the least that is taken, 0" in said(capsys)


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (("a", "perhaps"), "'perhaps' is neither yes nor no Answer yes or no."),
        (
            ("b", "4"),
            "'4' is none of the choices Give the number of a choice, or its name: 1 open, 2 flooded, 3 closed.",
        ),
        (("c", "many"), "'many' is not a number Give a number of doses, like 12 or 4.5; at least 0 and at most 500."),
        (("c", "4", "km"), "'4 km' is in km; doses are asked for"),
        (("c", "501"), "the answer 501 is above the most that is taken, 500"),
        (("d", "x" * 1001), "the answer expected at most 1000 characters, found 1001"),
        (("d", " "), "the answer is empty"),
        (("e", "yes"), "e asks nothing"),
    ],
)
def test_what_does_not_fit_is_said_and_not_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], tokens: tuple[str, ...], words: str
) -> None:
    assert run_field("answer", *tokens, "--data", folder) == ExitCode.USAGE
    assert words in said(capsys)
    assert written(folder) == []


def test_an_alert_that_was_withdrawn_takes_no_answer_and_one_that_expired_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(folder)
    store.execute(keep(5, pack_withdrawal(["hub.example,a"]), epoch=EPOCH))
    store.welcome(NOW + 7200)
    store.close()
    assert run_field("answer", "a", "yes", "--data", folder) == ExitCode.OVER
    assert "a was replaced or cancelled: nobody waits for an answer to it" in said(capsys)
    assert run_field("answer", "b", "1", "--data", folder) == 0
    assert written(folder) == [(2, 0)]


def test_the_inbox_and_the_status_say_what_is_to_be_answered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("answer", "a", "yes", "--data", folder) == 0
    said(capsys)
    assert run_field("inbox", "--data", folder) == 0
    words = said(capsys)
    assert words.count("to answer") == 3
    assert "answered yes" in words
    assert run_field("status", "--json", "--data", folder) == 0
    facts = json.loads(said(capsys))
    assert (facts["unanswered"], facts["unacknowledged"]) == (3, 4)


def test_it_says_when_the_hub_has_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("answer", "a", "no", "--data", folder) == 0
    store = open_store(folder)
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 1),)))
    store.close()
    said(capsys)
    assert run_field("answer", "a", "no", "--data", folder) == 0
    assert said(capsys) == "1 a: answered no"
