"""A SEND frame → an alert in the log, as `POST /v1/alerts` does it: the same bodies, rules, limits and words of refusal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from pydantic import ValidationError

from server.api.handler import Api
from server.api.json_body import told
from server.api.operation import HEADER_CHARS_MAX, HEADER_PATTERN, JSON, PUBLISHERS, XML_TYPES
from server.api.problems import ProblemError
from server.api.submissions import beside_the_loop, digest_of, from_body
from server.api.types import PublishedAnswer, PublishQuery
from server.bridges.stomp_session import Send
from server.hub import Credential
from server.ops.approval import Waiting
from server.reading import Position

DESTINATION = "/alerts"
KEY = "idempotency-key"
BREAK_GLASS = "break-glass"


async def publish(api: Api, credential: Credential, send: Send) -> dict[str, str]:
    """Publish what was sent; what its receipt says. Raises TocsinError."""
    if credential.role not in PUBLISHERS:
        raise ProblemError(
            "forbidden",
            f"to send needs a token of the role administrator, approver or author; this is {credential.role}'s",
        )
    if send.destination != DESTINATION:
        raise ProblemError("not-found", f"alerts are sent to {DESTINATION}, not to {send.destination[:80]!r}")
    wait = api.publishes.take(credential.name, api.hub.clock.monotonic())
    if wait is not None:
        words = f"{credential.name!r} publishes faster than this hub allows; try again in {math.ceil(wait)} s"
        raise ProblemError("rate-limited", words)
    asked, media_type, key = audience_of(send.headers), media_type_of(send.headers), _key(send.headers)
    settings, now = api.settings, api.hub.now()
    bytes_max = settings.limits.body_bytes_max
    submitted, in_body = await beside_the_loop(
        len(send.body), lambda: from_body(send.body, media_type, asked, settings.geocodes, bytes_max, now)
    )
    digest = digest_of(("SEND", media_type, asked.model_dump_json()), send.body)
    published = await api.ops.approval.submit(
        submitted, credential, key=key, digest=digest, break_glass=in_body or asked.break_glass
    )
    if isinstance(published, Waiting):
        waiting = {"draft": str(published.draft.id), "draft-status": str(published.draft.status)}
        return waiting | ({"idempotency-replayed": "true"} if published.is_repeat else {})
    answer = PublishedAnswer.of(published, submitted.remarks)
    said = {
        "message-id": str(Position(answer.epoch, answer.number)),
        "number": str(answer.number),
        "identifier": answer.identifier,
        "sender": answer.sender,
    }
    said |= {"reports": "\n".join(answer.reports)} if answer.reports else {}
    return said | ({} if published.created else {"idempotency-replayed": "true"})


def audience_of(headers: Mapping[str, str]) -> PublishQuery:
    """For whom the headers say that the alert is: lists with commas, and `everyone:true`. Raises ProblemError."""
    asked: dict[str, object] = {
        name: tuple(word.strip() for word in headers[name].split(","))
        for name in ("area", "role", "device")
        if name in headers
    }
    if "everyone" in headers:
        asked["everyone"] = headers["everyone"]
    if BREAK_GLASS in headers:
        asked["break_glass"] = headers[BREAK_GLASS]
    try:
        return PublishQuery.model_validate(asked)
    except ValidationError as error:
        words = "; ".join(f"{said['path']}: {said['problem']}" for said in told(error))
        raise ProblemError("parameter-invalid", words) from None


def media_type_of(headers: Mapping[str, str]) -> str:
    """What the body is; without a content-type, JSON. Raises ProblemError."""
    media_type = headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type not in (JSON, *XML_TYPES):
        taken = ", ".join((JSON, *XML_TYPES))
        raise ProblemError("unsupported-media-type", f"content-type: {media_type[:80]!r} is none of {taken}")
    return media_type


def _key(headers: Mapping[str, str]) -> str | None:
    key = headers.get(KEY)
    if key is not None and not (len(key) <= HEADER_CHARS_MAX and re.fullmatch(HEADER_PATTERN, key)):
        raise ProblemError("parameter-invalid", f"{KEY}: 1 to {HEADER_CHARS_MAX} visible ASCII characters are needed")
    return key
