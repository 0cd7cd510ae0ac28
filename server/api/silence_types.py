"""Who is quieter than usual, as the API answers it."""

from __future__ import annotations

from typing import Literal

from server.api.types import Moment, Said, maybe_time_of
from server.ops.quiet import Verdict
from server.ops.silence import Watched


class WatchedAnswer(Said):
    """A source or an area whose silence would be noticed."""

    kind: Literal["sender", "feed", "area", "acks"]
    """`sender` of alerts; `feed`; `area`: devices heard there; `acks`: acknowledgements from the area."""
    name: str
    state: Verdict
    words: str
    """The figures that the state rests on."""
    since: Moment | None
    """When the silence was noticed."""

    @classmethod
    def of(cls, one: Watched) -> WatchedAnswer:
        """From the service's."""
        return cls.model_validate(
            {
                "kind": one.kind,
                "name": one.name,
                "state": one.verdict,
                "words": one.words,
                "since": maybe_time_of(one.since),
            }
        )


class SilenceAnswer(Said):
    """Everything whose silence would be noticed, what is silent first. States are those of the last full hour."""

    watched: tuple[WatchedAnswer, ...]
