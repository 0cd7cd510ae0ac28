from __future__ import annotations

from server.api.silence_types import WatchedAnswer
from server.ops.quiet import Verdict
from server.ops.silence import KINDS, Watched


def test_every_kind_can_be_said() -> None:
    for kind in KINDS:
        for verdict in Verdict:
            said = WatchedAnswer.of(Watched(kind, "x", verdict, "words", 0))
            assert (said.kind, said.state, said.since) == (kind, verdict, "1970-01-01T00:00:00Z")
