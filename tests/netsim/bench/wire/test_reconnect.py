"""The parts of a reconnect add up, and every missed alert arrives."""

from __future__ import annotations

from alerts.dictionary.shipped import shipped
from alerts.wire.codec import Codec
from alerts.wire.frames import Welcome
from netsim.bench.wire.carriage import HANDSHAKE
from netsim.bench.wire.reconnect import MISSED, measure_reconnects
from netsim.virtual.fleet.heads import measure_heads
from netsim.virtual.meeting import EPOCH
from server.push.websocket import frame_of
from tests.netsim.bench.wire.samples import sample_log

SAMPLES = sample_log()
HELLO_BYTES_MAX = 100


def test_windows_of_twenty_are_caught_up_with() -> None:
    empty, catch_up = measure_reconnects(SAMPLES, shipped())
    assert (catch_up.missed, catch_up.windows) == (MISSED, len(SAMPLES) // MISSED)
    assert 0 < catch_up.frames_down < catch_up.payload < catch_up.to_ip < catch_up.with_tls
    upgrade = empty.payload / MISSED
    assert catch_up.payload > catch_up.frames_down + 0.9 * upgrade
    heads, greeting = measure_heads(), Welcome(min(one.entry.expires for one in SAMPLES) - 1, EPOCH, 0)
    assert abs(empty.up - heads.request) < HELLO_BYTES_MAX, "the request, with a position of its own"
    assert empty.down == heads.accepted + len(frame_of(Codec().encode(greeting)))
    assert empty.tcp_ip - HANDSHAKE == 4 * 52, "the request, the 101, the greeting, its ACK"
    assert empty.tls_records == 3 * 22


def test_a_small_corpus_is_one_window() -> None:
    _, catch_up = measure_reconnects(SAMPLES[:3], shipped())
    assert (catch_up.missed, catch_up.windows) == (3, 1)
