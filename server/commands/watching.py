"""What comes, line by line: each alert that is published, or how far one has come."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from server.commands import output
from server.commands.alert_pages import counts_words, graded
from server.commands.hub_api import ApiError, HubApi, part
from server.commands.publishing import audience_words

EVERY_S = 2.0
KINDS = {"Update": " (an update)", "Cancel": " (a cancel)"}


def watch_all(api: HubApi, *, as_json: bool, pause: Callable[[float], None] = time.sleep, **wanted: Any) -> None:
    """Print each alert that is published from now on, until Ctrl-C. `wanted`: as the API's query has it."""
    output.note(f"Waiting for alerts at {api.address}. Ctrl-C ends it.")
    try:
        for row in _alerts(api, pause, wanted):
            _print(_line(row), row, json=as_json)
    except KeyboardInterrupt:
        return


def _alerts(api: HubApi, pause: Callable[[float], None], wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """From the stream, or, at a hub that has none, by asking again and again."""
    try:
        for event in api.stream("/v1/alerts/stream", **wanted):
            if event.event == "resync":
                output.note("The hub was put back from an older copy; what is in force there follows.")
            elif event.event in ("alert", "update", "cancel"):
                yield json.loads(event.data)
    except ApiError as error:
        if error.problem not in ("not-found", "unknown-alert"):
            raise
    after = max((row["number"] for row in api.pages("/v1/alerts", "alerts", limit=1000)), default=0)
    while True:
        found = api.patiently(partial(_behind, api, after))
        yield from found
        after = found[-1]["number"] if found else after
        pause(EVERY_S)


def _behind(api: HubApi, number: int) -> list[Mapping[str, Any]]:
    return list(api.pages("/v1/alerts", "alerts", after=number, limit=1000))


def watch_alert(api: HubApi, alert: str, *, as_json: bool, pause: Callable[[float], None] = time.sleep) -> None:
    """Print how many devices are in which state whenever that changes, until the alert is over, or Ctrl-C."""
    path = f"/v1/alerts/{part(alert)}"
    before: dict[str, int] | None = None

    def look() -> tuple[dict[str, Any], dict[str, int]]:
        return api.get(path), api.get(f"{path}/delivery", state=["answered"])["counts"]

    try:
        while True:
            row, counts = look() if before is None else api.patiently(look)
            if counts != before:
                _print(counts_words(counts), {"at": _now(), "number": row["number"], "counts": counts}, json=as_json)
                before = counts
            if not row["in_force"]:
                by = row["replaced_by"]
                output.note("The alert is over." if by is None else f"The alert was replaced by number {by}.")
                return
            pause(EVERY_S)
    except KeyboardInterrupt:
        return


def _print(words: str, value: Mapping[str, Any], *, json: bool) -> None:
    output.answer(value, lambda _: output.say(f"{datetime.now(UTC):%H:%M:%S}Z  {words}"), json=json)
    output.flush()


def _line(row: Mapping[str, Any]) -> str:
    kind = KINDS.get(row["msgType"], "")
    words = ": ".join(text for text in (row["event"], row["headline"]) if text)
    return f"{row['number']}  {graded(row)}  {words or row['identifier']}{kind}, for {audience_words(row['audience'])}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
