"""How an end of a measurement talks: one JSON object a line on its standard input and output (see netsim.bench.ends)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from alerts.errors import TocsinError

Message = dict[str, Any]


def say(**message: Any) -> None:
    """Say something, at once."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def answer_all(answer: Callable[[Message], Message]) -> None:
    """Answer each line that comes until the input closes. An error of ours is the answer; any other ends the process."""
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except TocsinError as error:
            said = {"error": str(error)}
        say(**said)
