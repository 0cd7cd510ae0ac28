"""The uplink: one frame at a time, what the hub lacks, and what it lacks again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session.commits import HubOutcome, OutboxStored, ReadStand, Refusal, TakeUplink
from alerts.session.uplink import Outbox, UplinkReceiver, UplinkSender
from alerts.wire.frames import Data, Item, Offer, Refused, Resume, Stand, Stored


class Boxes:
    """An outbox: (last, stored, kept items) by epoch."""

    def __init__(self, compared: int = 0) -> None:
        self.books: dict[int, tuple[int, int, list[Item]]] = {}
        self.compared = compared

    def add(self, epoch: int, last: int, stored: int, *kept: int, size: int = 1) -> Boxes:
        self.books[epoch] = (last, stored, [(number, b"x" * size) for number in kept])
        return self

    def outboxes(self) -> Sequence[Outbox]:
        return [Outbox(epoch, last, stored) for epoch, (last, stored, _) in self.books.items()]

    def read(self, epoch: int, after: int, items_max: int) -> Sequence[Item]:
        return [item for item in self.books[epoch][2] if item[0] > after][:items_max]

    def compared_with(self) -> int:
        return self.compared


def sender(boxes: Boxes, hub_epoch: int = 9) -> UplinkSender:
    half = UplinkSender(boxes)
    half.welcomed(hub_epoch)
    return half


def test_nothing_is_sent_before_the_hub_has_spoken() -> None:
    assert UplinkSender(Boxes(9).add(5, 1, 0, 1)).pull() == []


def test_a_hub_in_another_epoch_is_asked_first_what_it_has() -> None:
    boxes = Boxes(8).add(5, 3, 3, 1, 2, 3).add(6, 1, 0, 1)
    half = sender(boxes)
    assert half.pull() == [Offer(((5, 3), (6, 1)))]
    assert half.is_waiting()
    assert half.pull() == []
    assert half.stand(Stand(((5, 2), (6, 0)))) == OutboxStored(((5, 2), (6, 0)), 9)


def test_many_outboxes_are_compared_in_several_frames_and_settled_with_the_last() -> None:
    boxes = Boxes(8)
    for epoch in range(1, limits.EPOCHS_ASKED_MAX + 2):
        boxes.add(epoch, 1, 1, 1)
    half = sender(boxes)
    (first,) = half.pull()
    assert isinstance(first, Offer)
    assert len(first.outboxes) == limits.EPOCHS_ASKED_MAX
    assert half.stand(Stand(())).hub_epoch is None
    assert half.pull() == [Offer(((limits.EPOCHS_ASKED_MAX + 1, 1),))]
    assert half.stand(Stand(())).hub_epoch == 9


def test_what_the_hub_lacks_is_sent_oldest_epoch_first_one_frame_at_a_time() -> None:
    boxes = Boxes(9).add(5, 2, 1, 1, 2).add(6, 1, 0, 1)
    half = sender(boxes)
    assert half.pull() == [Data(5, 1, 2, ((2, b"x"),))]
    assert half.pull() == []
    assert half.stored(Stored(5, 2)) == OutboxStored(((5, 2),))
    boxes.add(5, 2, 2, 1, 2)
    assert half.pull() == [Data(6, 0, 1, ((1, b"x"),))]


def test_what_is_no_longer_kept_is_passed_over() -> None:
    half = sender(Boxes(9).add(5, 4, 0, 3))
    assert half.pull() == [Data(5, 0, 4, ((3, b"x"),))]
    assert sender(Boxes(9).add(5, 4, 0)).pull() == [Data(5, 0, 4, ())]


def test_a_gap_is_sent_again_from_where_the_hub_is() -> None:
    boxes = Boxes(9).add(5, 3, 2, 1, 2, 3)
    half = sender(boxes)
    half.pull()
    assert half.stored(Resume(5, 0)) == OutboxStored(((5, 0),))


def test_batches_are_bounded_in_items_and_bytes_and_grow() -> None:
    many = range(1, 300)
    boxes = Boxes(9).add(5, 299, 0, *many)
    half, sizes = sender(boxes), []
    for _ in range(5):
        (frame,) = half.pull()
        assert isinstance(frame, Data)
        sizes.append(len(frame.items))
        half.stored(Stored(5, frame.upto))
    assert sizes == [8, 16, 32, 64, 64]
    (frame,) = sender(Boxes(9).add(5, 3, 0, 1, 2, 3, size=limits.BATCH_BYTES_MAX // 2)).pull()
    assert isinstance(frame, Data)
    assert ([number for number, _ in frame.items], frame.upto) == ([1, 2], 2)
    (frame,) = sender(Boxes(9).add(5, 1, 0, 1, size=limits.BATCH_BYTES_MAX * 2)).pull()
    assert isinstance(frame, Data)
    assert len(frame.items) == 1


def test_the_hub_takes_answers_and_says_why_it_refused() -> None:
    half = UplinkReceiver()
    command = half.data(Data(5, 0, 2, ((1, b"a"), (2, b"b"))))
    assert command == TakeUplink(5, 0, 2, ((1, b"a"), (2, b"b")))
    outcome = HubOutcome(((5, 2),), refusals=(Refusal(2, 1, "stale"),))
    assert half.done(command, outcome) == [Refused(5, 2, 1, "stale"), Stored(5, 2)]
    assert half.done(command, HubOutcome(((5, 0),), gap=True)) == [Resume(5, 0)]


def test_the_hub_says_what_it_has() -> None:
    half = UplinkReceiver()
    command = half.offer(Offer(((5, 2), (6, 1))))
    assert command == ReadStand((5, 6))
    assert half.done(command, HubOutcome(((5, 2), (6, 0)))) == [Stand(((5, 2), (6, 0)))]


@pytest.mark.parametrize("frame", [Data(0, 0, 1, ()), Data(5, 2, 1, ()), Data(5, 0, 1, ((2, b""),))])
def test_a_frame_that_contradicts_itself_is_refused(frame: Data) -> None:
    with pytest.raises(RemoteProtocolError, match="Data"):
        UplinkReceiver().data(frame)
