"""What carries a message is counted as RFCs say; here by hand."""

from __future__ import annotations

import pytest

from netsim.bench.wire.carriage import (
    HANDSHAKE,
    RECORD_OVERHEAD,
    SEGMENT_HEADERS,
    SEGMENT_PAYLOAD_MAX,
    Cost,
    Write,
    cost_of,
    delivered,
    frame_bytes,
)
from server.push.websocket import frame_of


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_are_those_of_websocket(size: int) -> None:
    assert frame_bytes(size) == len(frame_of(bytes(size)))
    assert frame_bytes(size, is_masked=True) == frame_bytes(size) + 4


def test_a_small_alert_with_an_answer_is_three_segments() -> None:
    assert (SEGMENT_HEADERS, RECORD_OVERHEAD, HANDSHAKE) == (52, 22, 172)
    assert delivered(200, 20) == Cost(220, 2 * 22, 3 * 52)  # the alert, its answer, the ACK of that
    assert delivered(200, 20).total == 220 + 44 + 156


def test_without_an_answer_the_acknowledgement_is_tcps() -> None:
    assert delivered(200) == Cost(200, 22, 2 * 52)


def test_a_large_alert_is_acknowledged_at_every_second_segment() -> None:
    # five segments down: two ACKs, the fifth rides on the answer; the answer and its ACK
    assert delivered(4 * SEGMENT_PAYLOAD_MAX + 1, 20, has_tls=False).tcp_ip == (5 + 2 + 1 + 1) * 52
    assert delivered(4 * SEGMENT_PAYLOAD_MAX + 1, has_tls=False).tcp_ip == (5 + 3) * 52
    assert delivered(2 * SEGMENT_PAYLOAD_MAX, 20, has_tls=False).tcp_ip == (2 + 1 + 1 + 1) * 52


def test_tls_makes_records_and_these_may_make_a_segment_more() -> None:
    assert delivered(SEGMENT_PAYLOAD_MAX, has_tls=False).tcp_ip == 2 * 52
    assert delivered(SEGMENT_PAYLOAD_MAX).tcp_ip == 3 * 52
    assert delivered(16_384).tls == 22
    assert delivered(16_385).tls == 44


def test_writes_one_after_the_other_are_acknowledged_together() -> None:
    writes = [Write(True, 300), Write(False, 250), Write(False, 20)]
    assert cost_of(writes, has_tls=False) == Cost(570, 0, (1 + 2 + 1) * 52)


def test_nothing_costs_nothing() -> None:
    assert cost_of([]) == Cost(0, 0, 0)
