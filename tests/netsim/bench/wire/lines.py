"""Files of JSON lines to measure with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def line(**changes: Any) -> dict[str, Any]:
    """One alert as a line has it, with what is given instead."""
    fields = {
        "id": "0f3c",
        "sent": 1_700_000_000,
        "expires": 1_700_086_400,
        "sender": "ops@health.example",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "category": "Health",
        "event": "Cholera",
        "urgency": "Expected",
        "severity": "Severe",
        "certainty": "Observed",
        "headline": "Boil all water",
        "description": "Nine cases since Monday.",
        "instruction": "Boil it for a minute.",
        "area": "Al Fanar",
        "geocodes": ["YE-AD-0103"],
        "language": "en",
        "source": "ministry",
        "group": "cholera",
    }
    return fields | changes


def write_lines(file: Path, *lines: dict[str, Any]) -> Path:
    """The file, written."""
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines), encoding="utf-8")
    return file
