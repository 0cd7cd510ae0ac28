"""`/v1/alerts`: publish, update, cancel, list, fetch, and who has what."""

from __future__ import annotations

from urllib.parse import quote

from alerts.cap.terms import MsgType
from alerts.cap.to_xml import to_xml
from alerts.errors import UnknownDeviceError
from server.api.drafts_types import WaitingDraftAnswer
from server.api.handler import ApiHandler
from server.api.operation import JSON, PUBLISHERS, VIEWERS, XML, XML_TYPES, Answer, Body, operation
from server.api.polling import Polling
from server.api.rehearsal_types import DryRunQuery, RehearsalAnswer
from server.api.submissions import (
    Submitted,
    beside_the_loop,
    digest_of,
    follow_up,
    from_body,
    unknown_addressee,
    with_question,
)
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
from server.ops.approval import Waiting
from server.publish import Submission
from server.reading import Position, Wanted, position_at
from server.rehearsal import rehearse

TAG = "alerts"
REPLAYED = "Idempotency-Replayed"
IDEMPOTENCY = {
    "Idempotency-Key": "A key of your own for this publish (1 to 255 visible ASCII characters). The same request under "
    "the same key is answered again and not done again, for two days."
}
PUBLISHED = {
    200: Answer(
        "With `dry_run`: nothing is published; this is what would be, and whom it would reach.", RehearsalAnswer
    ),
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
        "The alert is Extreme and waits for a second person: taken, durable, and not on its way. See docs/approval.md.",
        WaitingDraftAnswer,
        headers={
            "Location": "The draft that it is now.",
            REPLAYED: "`true` if this repeats the answer to an earlier request with the same key.",
        },
        links={("get-drafts-draft", "draft"): "draft"},
    ),
}
PUBLISH_PROBLEMS = (
    *("body-invalid", "alert-invalid", "content-invalid", "audience-invalid", "unknown-area", "unknown-addressee"),
    *("alert-expired", "duplicate-alert", "already-replaced", "too-many-in-force"),
    *("idempotency-conflict", "rate-limited", "outside-areas"),
)


class Publishing(ApiHandler):
    """What all ways to publish have in common."""

    async def publish(self, submitted: Submitted, break_glass: str | None) -> None:
        """Put what was submitted into the log, and answer 201, or let it wait, and answer 202; or only look, and answer 200."""
        asked = self.query
        assert isinstance(asked, PublishQuery | DryRunQuery), "the operations say so"
        try:
            if asked.dry_run:
                await self._rehearse(submitted)
                return
            key = self.request.headers.get("Idempotency-Key")
            published = await self.api.ops.approval.submit(
                submitted, self.credential, key=key, digest=self._digest(), break_glass=break_glass
            )
        except UnknownDeviceError as error:
            raise unknown_addressee(error) from None
        if isinstance(published, Waiting):
            if published.is_repeat:
                self.set_header(REPLAYED, "true")
            self.set_header("Location", f"/v1/drafts/{published.draft.id}")
            self.answer(WaitingDraftAnswer.of(published), 202)
            return
        if not published.created:
            self.set_header(REPLAYED, "true")
        self.set_header("Location", f"/v1/alerts/{quote(published.key, safe='')}")
        self.answer(PublishedAnswer.of(published, submitted.remarks), 201)

    async def _rehearse(self, submitted: Submitted) -> None:
        submission = Submission(
            submitted.alert,
            submitted.audience,
            self.credential,
            original=submitted.original,
            make_identifier=submitted.make_identifier,
        )
        rehearsal = await rehearse(self.hub, submission, self.api.is_connected)
        self.answer(RehearsalAnswer.of(rehearsal, submitted.remarks))

    def _digest(self) -> bytes:
        """Of everything that makes two requests the same."""
        return digest_of((str(self.request.method), str(self.request.uri), self.media_type), self.request.body)


class AlertsHandler(Publishing, Polling):
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
        audience it is refused. With `dry_run` it is checked, and not published. An alert of scope Private needs devices, one
        of scope Restricted areas or roles. An Update or Cancel is published like any alert, by its msgType and references;
        the operations `update` and `cancel` fill these in. One that is Extreme waits for a second person (202), unless a glass is
        broken: with `break_glass`, a reason in words, it goes out at once, and everybody hears of it."""
        self.admit_publish()
        asked = self.query
        assert isinstance(asked, PublishQuery), "the operation says so"
        submitted, in_body = await self._submitted()
        await self.publish(submitted, in_body or asked.break_glass)

    async def _submitted(self) -> tuple[Submitted, str | None]:
        body, asked = self.request.body, self.query
        assert isinstance(asked, PublishQuery), "the operation says so"
        settings, media_type, now = self.api.settings, self.media_type, self.hub.now()
        bytes_max = settings.limits.body_bytes_max
        return await beside_the_loop(
            len(body), lambda: from_body(body, media_type, asked, settings.geocodes, bytes_max, now)
        )

    @operation(
        summary="List alerts",
        roles=VIEWERS,
        query=AlertsQuery,
        answers={200: Answer("A page of alerts.", AlertList)},
        problems=("position-lost", "rate-limited"),
        tag=TAG,
    )
    async def get(self) -> None:
        """Alerts in the order of their numbers, a page at a time; a page may have fewer than `limit`, also none, where there
        is a next one. To hear what comes, ask again after `position`, and let the hub wait."""
        asked = self.query
        assert isinstance(asked, AlertsQuery), "the operation says so"
        log, reading = self.hub.log, self.api.reading
        position = Position.parse(asked.after)
        assert position is not None, "the type says so"
        if not position.is_in(log):
            words = f"this log does not have the position {position}: begin again with what is in force"
            self.refuse("position-lost", words, position=str(reading.newest()))
        wanted = Wanted(asked.area, asked.severity, asked.in_force)
        page = await self.poll(
            lambda after: reading.page(self.credential, wanted, after, asked.limit),
            reading.wait,
            position.number,
            asked.wait,
        )
        self.answer(
            AlertList(
                alerts=tuple(AlertSummary.of(one.stored) for one in page.items),
                next=page.upto if page.has_more else None,
                position=str(position_at(self.hub.log, page.upto)),
            )
        )


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
        stored = await self.api.reading.alert(self.credential, identifier)
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
        self.admit_publish()
        taken = self.read_body(FollowUpBody)
        replaced = await self.api.reading.alert(self.credential, identifier)
        audience = None if taken.audience is None else taken.audience.to_audience()
        alert = with_question(taken.alert, taken.question)
        await self.publish(follow_up(replaced, self.msg_type, alert, audience, self.hub.now()), taken.break_glass)


class UpdateHandler(FollowUpHandler):
    """Updates of an alert."""

    msg_type = MsgType.UPDATE

    @operation(
        summary="Update an alert",
        roles=PUBLISHERS,
        query=DryRunQuery,
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
        query=DryRunQuery,
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
        stored = await self.api.reading.alert(self.credential, identifier)
        delivery = await self.api.reading.delivery(self.credential, stored.number)
        self.answer(DeliveryAnswer.of(stored.alert.identifier, delivery, asked.state))
