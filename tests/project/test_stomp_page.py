"""What docs/stomp.md and docs/streams.md leave out, or say differently from the code, fails."""

from __future__ import annotations

from pathlib import Path

from server.api.stream_types import StreamQuery
from server.bridges import stomp_feed, stomp_session
from server.bridges.stomp import Limits
from server.bridges.stomp_session import AckMode, Bounds
from server.store import durable

DOCS = Path(__file__).resolve().parents[2] / "docs"
STOMP = (DOCS / "stomp.md").read_text(encoding="utf-8")
STREAMS = (DOCS / "streams.md").read_text(encoding="utf-8")


def test_every_destination_mode_and_header_is_described() -> None:
    for word in (stomp_feed.ALERTS, stomp_feed.AREA + "KE-047", stomp_feed.EVENTS, *AckMode):
        assert f"`{word}`" in STOMP
    for header in ("after", "in-force", "durable", "accept", "prefetch-count"):
        assert f"| `{header}` |" in STOMP


def test_the_bounds_are_those_of_the_code() -> None:
    frame, bounds = Limits(), Bounds()
    assert f"{frame.headers_max} headers" in STOMP
    assert f"{frame.line_bytes_max // 1024} KiB a line and {frame.head_bytes_max // 1024} KiB together" in STOMP
    assert f"every {bounds.beat_s:.0f}\nseconds" in STOMP and stomp_session.LATENESS == 2
    assert bounds.tries_max == 5 and bounds.again_after_s == 5 and "refused five times" in STOMP
    assert stomp_session.TRANSACTIONS_MAX == 4 and "four at once" in STOMP
    assert f"has {durable.A_TOKEN_MAX} at most" in STOMP and durable.KEPT_S == 90 * 86_400


def test_every_parameter_and_event_of_the_stream_is_described() -> None:
    for name, field in StreamQuery.model_fields.items():
        assert f"| `{field.alias or name}` |" in STREAMS
    for event in ("alert", "update", "cancel", "position", "resync"):
        assert f"| `{event}` |" in STREAMS
