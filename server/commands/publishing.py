"""Publishing from a command: a look before, a retry that does not publish twice, and what came of it in words."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any

from cyclopts import Group, Parameter

from alerts.errors import UserError
from server.commands import output
from server.commands.hub_api import COMES_BACK, ApiError, HubApi, UnreachableError

HOW = Group("How", sort_key=3)
TRIES = 4
PAUSE_S = 1.0


@Parameter(name="*")
@dataclass(frozen=True)
class How:
    """How to publish."""

    dry_run: Annotated[
        bool, Parameter(group=HOW, negative=(), help="Check everything, say who would get it, and publish nothing.")
    ] = False
    yes: Annotated[bool, Parameter(group=HOW, negative=(), help="Do not ask on a terminal before it is done.")] = False
    idempotency_key: Annotated[
        str | None,
        Parameter(group=HOW, help="A key of your own: the same publish under the same key is done once, for two days."),
    ] = None
    break_glass: Annotated[
        str | None,
        Parameter(
            group=HOW, help="Publish what is Extreme without a second person, for this reason. Everybody hears of it."
        ),
    ] = None
    json: Annotated[bool, Parameter(name="--json", group=HOW, negative=(), help="For machines: the hub's answer.")] = (
        False
    )


@dataclass(frozen=True)
class Request:
    """A publish, an update or a cancel, as the API takes it."""

    path: str
    done: str
    """What then is done, as a word: published."""
    body: Mapping[str, Any] | None = None
    content: bytes | None = None
    media_type: str = "application/json"
    query: Mapping[str, Any] = field(default_factory=dict)

    def breaking(self, reason: str | None) -> Request:
        """The same with a break-glass, where there is a reason for one."""
        if reason is None:
            return self
        if self.content is not None:
            return replace(self, query={**self.query, "break_glass": reason})
        return replace(self, body={**(self.body or {}), "break_glass": reason})

    def send(self, api: HubApi, *, key: str | None = None, dry_run: bool = False) -> Any:
        """Ask the hub."""
        headers = {} if key is None else {"Idempotency-Key": key}
        query = {**self.query, "dry_run": True} if dry_run else self.query
        return api.post(
            self.path, self.body, headers=headers, content=self.content, media_type=self.media_type, **query
        )


def carry_out(
    api: HubApi,
    request: Request,
    how: How,
    *,
    ask: Callable[[str], bool] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Publish, unless it is a dry run or the person says no, and print what came of it. Raises UserError."""
    if how.dry_run:
        tried = request.send(api, dry_run=True)
        output.answer(tried, _say_tried, json=how.json)
        return
    ask = ask or (_asked if sys.stdin.isatty() and sys.stderr.isatty() else None)
    if ask is not None and not how.yes:
        _confirm(api, request, ask)
    made = _with_retries(api, request.breaking(how.break_glass), how.idempotency_key or uuid.uuid4().hex, pause)
    output.answer(made, partial(_say_made, request=request), json=how.json)


def _say_tried(tried: Mapping[str, Any]) -> None:
    output.say(f"It would reach {reached(tried['reached'])}.")
    output.say(f"For {audience_words(tried['audience'])}, until {output.when(tried['expires'])}.")
    output.notes(tried["reports"])


def _say_made(made: Mapping[str, Any], request: Request) -> None:
    if "draft" in made:
        _say_waiting(made)
        return
    output.say(f"{request.done.capitalize()}: number {made['number']}, {made['sender']},{made['identifier']}")
    output.notes(made["reports"])
    output.note(f"Who has it: tocsin-hub alert delivery {made['number']}")


def _say_waiting(made: Mapping[str, Any]) -> None:
    if made["number"] is not None:
        output.say(f"Published since: number {made['number']}, from draft {made['draft']}")
        return
    output.say(
        f"Not published: it is Extreme, and waits for a second person as draft {made['draft']} ({made['status']})."
    )
    output.note(f"Somebody else approves it: tocsin-hub draft approve {made['draft']}")


def _confirm(api: HubApi, request: Request, ask: Callable[[str], bool]) -> None:
    tried = request.send(api, dry_run=True)
    output.notes(tried["reports"])
    words = (
        f"For {audience_words(tried['audience'])}, until {output.when(tried['expires'])}: {reached(tried['reached'])}."
    )
    if not ask(words):
        raise UserError(f"nothing is {request.done}")


def _asked(words: str) -> bool:
    sys.stderr.write(f"{words}\nGo on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _with_retries(api: HubApi, request: Request, key: str, pause: Callable[[float], None]) -> Any:
    """Under one key, so that what was done although no answer came is not done again."""
    for tried in range(1, TRIES + 1):
        try:
            return request.send(api, key=key)
        except (UnreachableError, ApiError) as error:
            if isinstance(error, ApiError) and error.status not in COMES_BACK:
                raise
            if tried == TRIES:
                raise _unknown(error, key) from None
            output.note(f"{error}; trying again")
            pause(PAUSE_S * 2 ** (tried - 1))
    raise AssertionError("the last try returns or raises")


def _unknown(error: UserError, key: str) -> UserError:
    if isinstance(error, ApiError):
        return error
    hint = f"Whether it was done is not known. The same command with --idempotency-key {key} does it once, and no more."
    return UnreachableError(str(error), f"{error.hint} {hint}".strip())


# -- in words ---------------------------------------------------------------------------------------------------------


def reached(found: Mapping[str, int]) -> str:
    """How many devices, and when they were last heard of: `142 devices (18 connected; …)`."""
    parts = [f"{found['connected']:,} connected now"]
    heard = (("within_day", "within a day"), ("within_week", "within a week"), ("longer_ago", "longer ago"))
    parts += [f"{found[name]:,} heard of {words}" for name, words in heard if found[name]]
    parts += [f"{found['never']:,} never heard of"] if found["never"] else []
    count = output.devices(found["devices"])
    return f"{count} ({'; '.join(parts)})" if found["devices"] else f"{count}: nobody who is enrolled is meant"


NAMED_MAX = 5


def audience_words(audience: Mapping[str, Any]) -> str:
    """Whom an alert is for: `KE-047, chw or nurse`."""
    if audience["everyone"]:
        return "everyone"
    areas, roles, devices = audience["areas"], audience["roles"], audience["devices"]
    words = [" or ".join(_some(areas)) if areas else "", " or ".join(_some(roles)) if roles else ""]
    found = ", ".join(word for word in words if word)
    named = ", ".join(_some(devices))
    return " and ".join(word for word in (found, named) if word) or "nobody"


def _some(words: list[str]) -> list[str]:
    rest = len(words) - NAMED_MAX
    return [*words[:NAMED_MAX], f"{rest} more"] if rest > 0 else words
