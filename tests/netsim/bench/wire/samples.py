"""The samples as they stand in a log."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from netsim.bench.wire.corpus import Measured, in_log, read_corpus
from netsim.workload import sample_folder


@cache
def sample_log() -> tuple[Measured, ...]:
    """All of them."""
    return tuple(in_log(read_corpus(Path(str(sample_folder())))))
