"""Answers in the store: checked, kept, sent again under the identity where the hub lost the alert."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.cap.question import AnswerValue
from alerts.errors import UserError
from alerts.session.commits import FinishRollCall, OutboxRefused, OutboxStored
from alerts.wire.uplink import Answer, Lost, Receipt, ReceiptState, UplinkItem, unpack_uplink
from client.exits import ExitCode
from client.store import OwnAnswer, Store
from tests.support.device_store import EPOCH, item, keep, open_store
from tests.support.questions import NUMBER, ONE_OF, YES_NO
from tests.support.small_hub import NOW


def written(store: Store) -> list[UplinkItem]:
    """All items of the outbox."""
    return [unpack_uplink(raw) for box in store.outbox.outboxes() for _, raw in store.outbox.read(box.epoch, 0, 99)]


def test_an_answer_is_kept_and_named_by_its_entry(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=YES_NO)))
    assert store.find("a").is_unanswered
    entry = store.give_answer("a", True)
    assert entry.answer == OwnAnswer(True, False)
    assert not entry.is_unanswered
    assert written(store) == [Answer(NOW, True, EPOCH, 1)]
    assert store.answers_waiting() == {"hub.example,a"}
    store.close()
    assert open_store(tmp_path, seed=2).find("a").answer == OwnAnswer(True, False)


def test_what_the_hub_says_of_it_is_known(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=ONE_OF)))
    store.give_answer("a", 2)
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 1),)))
    assert store.find("a").answer == OwnAnswer(2, True)
    assert store.answers_waiting() == set()
    store.execute(OutboxRefused(box.epoch, 1, 4, "it asks nothing"))
    assert store.find("a").answer == OwnAnswer(2, True, "it asks nothing")
    store.give_answer("a", 2)
    assert len(written(store)) == 2, "what was refused may be tried again"


def test_only_another_answer_is_another_item(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=NUMBER)))
    for value in (4, 4.0, 4, 4.5):
        store.give_answer("a", value)
    assert written(store) == [Answer(NOW, 4, EPOCH, 1), Answer(NOW, 4.5, EPOCH, 1)]
    assert store.find("a").answer == OwnAnswer(4.5, False)


@pytest.mark.parametrize("value", [3, True, "open", 1.5])
def test_what_does_not_fit_is_refused(tmp_path: Path, value: AnswerValue) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=ONE_OF)))
    with pytest.raises(UserError) as refused:
        store.give_answer("a", value)
    assert refused.value.exit_code == ExitCode.USAGE
    assert written(store) == []


def test_what_is_not_for_this_device_any_more_takes_no_answer(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=YES_NO)))
    store.execute(FinishRollCall(EPOCH, 1, (), (), (), 1, EPOCH, NOW))
    with pytest.raises(UserError, match="not for this device any more") as refused:
        store.give_answer("a", True)
    assert refused.value.exit_code == ExitCode.OVER


def test_an_answer_to_what_the_hub_lost_is_said_again_under_the_identity(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=YES_NO), item("b")))
    store.give_answer("a", False)
    store.give_receipt("b", ReceiptState.SEEN)
    store.welcome(NOW + 50)
    store.execute(FinishRollCall(99, 0, (), (EPOCH,), ((EPOCH, 0),), 0, 99, NOW + 50))
    lost, *again = written(store)[2:]
    assert isinstance(lost, Lost)
    assert again == [
        Answer(NOW, False, key="hub.example,a"),
        Receipt(NOW, ReceiptState.SEEN, key="hub.example,b"),
    ]
    assert store.answers_waiting() == {"hub.example,a"}
    store.give_answer("a", True)
    assert written(store)[-1] == Answer(NOW + 50, True, key="hub.example,a"), "it has no number any more"
