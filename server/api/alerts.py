"""`/v1/alerts`: publish, update, cancel, list, fetch, and who has what."""

from __future__ import annotations

import hashlib
import math
from urllib.parse import quote

from alerts.audience import Audience
from alerts.cap.terms import MsgType
from alerts.cap.to_xml import to_xml
from alerts.errors import AudienceError, UnknownDeviceError
from server.api.handler import ApiHandler
from server.api.operation import JSON, PUBLISHERS, VIEWERS, XML, XML_TYPES, Answer, Body, operation
from server.api.problems import ProblemError
from server.api.submissions import Submitted, beside_the_loop, follow_up, from_json_alert, from_xml_alert
from server.api.types import (
    AlertAnswer,
    AlertList,
    AlertsQuery,
    AlertSummary,
    DeliveryAnswer,
    DeliveryQuery,
    FollowUpBody,
    PublishBody,
    PublishedAnswer,
    PublishQuery,
)

TAG = "alerts"
KEY_CHARS_MAX = 255
REPLAYED = "Idempotency-Replayed"
IDEMPOTENCY = {
    "Idempotency-Key": "A key of your own for this publish (1 to 255 visible ASCII characters). The same request under "
    "the same key is answered again and not done again, for two days."
}
PUBLISHED = {
    201: Answer(
        "The alert is durable, and on its way.",
        PublishedAnswer,
        headers={
            "Location": "Where the alert can be fetched.",
            REPLAYED: "`true` if this repeats the answer to an earlier request with the same key.",
        },
        links={
            ("get-alerts-identifier", "identifier"): "identifier",
            ("post-alerts-identifier-update", "identifier"): "identifier",
            ("post-alerts-identifier-cancel", "identifier"): "identifier",
            ("get-alerts-identifier-delivery", "identifier"): "identifier",
        },
    ),
    202: Answer(
        "Kept for alerts that wait for somebody's approval before they are published: taken, durable, and not yet on its "
        "way. No hub answers it yet; write clients to expect it.",
        PublishedAnswer,
    ),
}
PUBLISH_PROBLEMS = (
    *("body-invalid", "alert-invalid", "content-invalid", "audience-invalid", "unknown-area", "unknown-addressee"),
    *("alert-expired", "duplicate-alert", "already-replaced", "too-many-in-force"),
    *("idempotency-conflict", "rate-limited"),
)


class Publishing(ApiHandler):
    """What all ways to publish have in common."""

    async def publish(self, submitted: Submitted) -> None:
        """Put what was submitted into the log, and answer 201."""
        try:
            published = await self.hub.publish(
                submitted.alert,
                submitted.audience,
                by=self.credential,
                idempotency_key=self.idempotency_key(),
                body_digest=self._digest(),
                original=submitted.original,
                make_identifier=submitted.make_identifier,
            )
        except UnknownDeviceError as error:
            raise ProblemError("unknown-addressee", str(error), devices=list(error.devices)) from None
        if published.created:
            self.api.metrics.published.labels(str(submitted.alert.severity)).inc()
        else:
            self.set_header(REPLAYED, "true")
        self.set_header("Location", f"/v1/alerts/{quote(published.key, safe='')}")
        self.answer(PublishedAnswer.of(published, submitted.remarks), 201)

    def admit(self) -> None:
        """Within the rate of publishing of this token? And is the idempotency key one?"""
        wait = self.api.publishes.take(self.credential.name, self.hub.clock.monotonic())
        if wait is not None:
            self.refuse(
                "rate-limited",
                f"{self.credential.name!r} publishes faster than this hub allows (limits.publishes_per_second)",
                retry_after=math.ceil(wait),
            )
        self.idempotency_key()

    def idempotency_key(self) -> str | None:
        """The key that came with the request."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return None
        if not 1 <= len(key) <= KEY_CHARS_MAX or not key.isascii() or not key.isprintable():
            self.refuse("parameter-invalid", "Idempotency-Key: 1 to 255 visible ASCII characters are needed")
        return key

    def _digest(self) -> bytes:
        """Of everything that makes two requests the same."""
        digest = hashlib.sha256()
        for part in (str(self.request.method), str(self.request.uri), self.media_type):
            digest.update(part.encode() + b"\0")
        digest.update(self.request.body)
        return digest.digest()


class AlertsHandler(Publishing):
    """All alerts."""

    @operation(
        summary="Publish an alert",
        roles=PUBLISHERS,
        query=PublishQuery,
        body=Body(PublishBody, xml=True, is_large=True),
        headers=IDEMPOTENCY,
        answers=PUBLISHED,
        problems=PUBLISH_PROBLEMS,
        tag=TAG,
    )
    async def post(self) -> None:
        """Publish a CAP alert, as JSON with its audience, or as CAP 1.2 or 1.1 XML with the audience in the query or in
        geocodes that the hub's settings map to areas (for JSON too it may stand in the query, if not in both). Without an
        audience it is refused. An alert of scope Private needs devices, one of scope Restricted areas or roles. An Update or
        Cancel is published like any alert, by its msgType and references; the operations `update` and `cancel` fill these
        in."""
        self.admit()
        await self.publish(await self._submitted())

    async def _submitted(self) -> Submitted:
        body, asked = self.request.body, self.query
        assert isinstance(asked, PublishQuery), "the operation says so"
        settings, now = self.api.settings, self.hub.now()
        if self.media_type in XML_TYPES:
            bytes_max = settings.limits.body_bytes_max
            return await beside_the_loop(
                len(body), lambda: from_xml_alert(body, asked.to_audience(), settings.geocodes, bytes_max)
            )

        def read() -> Submitted:
            taken = self.read_body(PublishBody)
            return from_json_alert(taken.alert, one_of(taken.audience.to_audience(), asked.to_audience()), now)

        return await beside_the_loop(len(body), read)

    @operation(
        summary="List alerts",
        roles=VIEWERS,
        query=AlertsQuery,
        answers={200: Answer("A page of alerts.", AlertList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """Alerts in the order of their numbers, a page at a time."""
        asked = self.query
        assert isinstance(asked, AlertsQuery), "the operation says so"
        found = await self.hub.alerts(after=asked.after, limit=asked.limit + 1, in_force=asked.in_force)
        page = found[: asked.limit]
        more = page[-1].number if len(found) > asked.limit else None
        self.answer(AlertList(alerts=tuple(AlertSummary.of(stored) for stored in page), next=more))


def one_of(in_body: Audience, in_query: Audience) -> Audience:
    """The audience, from the one place where it stands. Raises AudienceError: it stands in both."""
    if not in_body.is_empty() and not in_query.is_empty():
        raise AudienceError("an audience stands in the body and another in the query; which one is meant?")
    return in_query if in_body.is_empty() else in_body


class AlertHandler(ApiHandler):
    """One alert."""

    @operation(
        summary="Fetch an alert",
        roles=VIEWERS,
        answers={200: Answer("The alert.", AlertAnswer, also=XML_TYPES, headers={"Vary": "Accept"})},
        problems=("unknown-alert", "not-acceptable"),
        tag=TAG,
    )
    async def get(self, identifier: str) -> None:
        """An alert by its number, its identity `sender,identifier`, or its identifier (of several the newest), as JSON, or
        as CAP 1.2 XML where `Accept` asks for it."""
        media_type = self.accepted((JSON, *XML_TYPES))
        stored = await self.hub.alert(identifier)
        self.set_header("Vary", "Accept")
        if media_type == JSON:
            self.answer(AlertAnswer.of(stored))
            return
        self.set_header("Content-Type", media_type if media_type == XML else f"{media_type}; charset=utf-8")
        self.write(to_xml(stored.alert, pretty=True))


class FollowUpHandler(Publishing):
    """An update or cancel of an alert."""

    msg_type: MsgType

    async def follow(self, identifier: str) -> None:
        """Publish it."""
        self.admit()
        taken = self.read_body(FollowUpBody)
        replaced = await self.hub.alert(identifier)
        audience = None if taken.audience is None else taken.audience.to_audience()
        await self.publish(follow_up(replaced, self.msg_type, taken.alert, audience, self.hub.now()))


class UpdateHandler(FollowUpHandler):
    """Updates of an alert."""

    msg_type = MsgType.UPDATE

    @operation(
        summary="Update an alert",
        roles=PUBLISHERS,
        body=Body(FollowUpBody, is_large=True),
        headers=IDEMPOTENCY,
        answers=PUBLISHED,
        problems=("unknown-alert", *PUBLISH_PROBLEMS),
        tag=TAG,
    )
    async def post(self, identifier: str) -> None:
        """Replace an alert by a newer version. `info` is needed; sender, status, scope, restriction, addresses, code and
        incidents are those of the alert that is replaced unless given, references is filled, and the audience is the old
        one's unless given. Whoever was addressed by the old one hears in any case that it is over."""
        await self.follow(identifier)


class CancelHandler(FollowUpHandler):
    """Cancels of an alert."""

    msg_type = MsgType.CANCEL

    @operation(
        summary="Cancel an alert",
        roles=PUBLISHERS,
        body=Body(FollowUpBody, is_large=True),
        headers=IDEMPOTENCY,
        answers=PUBLISHED,
        problems=("unknown-alert", *PUBLISH_PROBLEMS),
        tag=TAG,
    )
    async def post(self, identifier: str) -> None:
        """End an alert. `{}` is enough: what an update takes over, a cancel takes over too, and it needs no info."""
        await self.follow(identifier)


class DeliveryHandler(ApiHandler):
    """How far an alert has come."""

    @operation(
        summary="Who has an alert",
        roles=VIEWERS,
        query=DeliveryQuery,
        answers={200: Answer("Counts, and devices.", DeliveryAnswer)},
        problems=("unknown-alert",),
        tag=TAG,
    )
    async def get(self, identifier: str) -> None:
        """How many devices are in each state of delivery, and which: who has received the alert, who has acknowledged it,
        whom to call."""
        asked = self.query
        assert isinstance(asked, DeliveryQuery), "the operation says so"
        stored = await self.hub.alert(identifier)
        delivery = await self.hub.delivery(stored.number)
        self.answer(DeliveryAnswer.of(stored.alert.identifier, delivery, asked.state))
