"""`/v1/drafts`: alerts before they are published; handed in, approved, rejected, published now or at a time."""

from __future__ import annotations

from urllib.parse import quote

from server.api.drafts_types import (
    ApproveDraftBody,
    DraftAnswer,
    DraftBody,
    DraftChangeBody,
    DraftList,
    DraftPublishBody,
    DraftRehearsalAnswer,
    DraftsQuery,
    DraftSummary,
    RejectDraftBody,
    SubmitBody,
    VersionBody,
    seconds_of,
)
from server.api.handler import ApiHandler
from server.api.operation import APPROVERS, PUBLISHERS, Answer, Body, operation
from server.ops.drafts import Asked
from server.store.drafts import DraftRecord, DraftStatus

TAG = "drafts"
NUMBER_MAX = 2**53
DECIDED = {
    200: Answer("The draft as it is now: published, scheduled, or what the decision made of it.", DraftAnswer),
    202: Answer("It needs a second person, and waits for one now.", DraftAnswer),
}
PUBLISH_PROBLEMS = (
    *("alert-invalid", "content-invalid", "audience-invalid", "unknown-area", "unknown-addressee", "unknown-alert"),
    *("alert-expired", "duplicate-alert", "already-replaced", "too-many-in-force", "outside-areas"),
)
PROBLEMS = ("unknown-draft", "draft-changed", "draft-state", "content-invalid", "body-invalid")


class DraftOperations(ApiHandler):
    """What all operations on one draft have in common."""

    def number(self, text: str) -> int:
        """Its number in the address."""
        if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:17]) < NUMBER_MAX:
            self.refuse("unknown-draft", f"{text[:40]!r} is no number of a draft")
        return int(text)

    def decided(self, record: DraftRecord) -> None:
        """Answer what became of it."""
        if record.number is not None:
            self.set_header("Location", f"/v1/alerts/{quote(str(record.number), safe='')}")
        self.answer(DraftAnswer.of(record), 202 if record.status is DraftStatus.WAITING else 200)


class DraftsHandler(ApiHandler):
    """All drafts."""

    @operation(
        summary="List drafts",
        roles=PUBLISHERS,
        query=DraftsQuery,
        answers={200: Answer("A page of drafts.", DraftList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """The newest first. A credential that is bound to areas sees those that somebody in them would get, and its own; so a
        page may have fewer than `limit`, also none, where there is a next one."""
        asked = self.query
        assert isinstance(asked, DraftsQuery), "the operation says so"
        found, more = await self.api.ops.drafts.some(self.credential, asked.status, asked.before, asked.limit)
        self.answer(DraftList(drafts=tuple(DraftSummary.of(one) for one in found), next=more))

    @operation(
        summary="Make a draft",
        roles=PUBLISHERS,
        body=Body(DraftBody, is_large=True),
        answers={
            201: Answer(
                "The draft.",
                DraftAnswer,
                headers={"Location": "Where it can be fetched."},
                links={("get-drafts-draft", "draft"): "id", ("delete-drafts-draft", "draft"): "id"},
            )
        },
        problems=("body-invalid", "content-invalid"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Begin a draft: what a publish takes, as far as it is written. An update or a cancel names what it `replaces`."""
        made = await self.api.ops.drafts.make(self.read_body(DraftBody).content(), self.credential)
        self.set_header("Location", f"/v1/drafts/{made.id}")
        self.answer(DraftAnswer.of(made), 201)


class DraftHandler(DraftOperations):
    """One draft."""

    @operation(
        summary="Fetch a draft",
        roles=PUBLISHERS,
        answers={200: Answer("The draft.", DraftAnswer)},
        problems=("unknown-draft",),
        tag=TAG,
    )
    async def get(self, draft: str) -> None:
        """A draft with everything."""
        self.answer(DraftAnswer.of(await self.api.ops.drafts.one(self.number(draft), self.credential)))

    @operation(
        summary="Write a draft anew",
        roles=PUBLISHERS,
        body=Body(DraftChangeBody, is_large=True),
        answers={200: Answer("The draft.", DraftAnswer)},
        problems=PROBLEMS,
        tag=TAG,
    )
    async def put(self, draft: str) -> None:
        """Take the place of a version. What was handed in, approved or scheduled is taken back by that, and must be handed in
        again. Whoever writes in a draft cannot be its second person."""
        taken = self.read_body(DraftChangeBody)
        changed = await self.api.ops.drafts.change(self.number(draft), taken.version, taken.content(), self.credential)
        self.answer(DraftAnswer.of(changed))

    @operation(
        summary="Delete a draft",
        roles=PUBLISHERS,
        answers={204: Answer("It is gone.")},
        problems=("unknown-draft", "draft-state"),
        tag=TAG,
    )
    async def delete(self, draft: str) -> None:
        """Forget a draft that was never handed in; what was, is withdrawn and kept."""
        await self.api.ops.drafts.delete(self.number(draft), self.credential)
        self.set_status(204)


class DraftDryRunHandler(DraftOperations):
    """What would be published."""

    @operation(
        summary="See what a draft would do",
        roles=PUBLISHERS,
        body=Body(VersionBody),
        answers={200: Answer("Whom it would reach.", DraftRehearsalAnswer)},
        problems=(*PROBLEMS, *PUBLISH_PROBLEMS),
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Check everything that publishing checks, and say whom it would reach; nothing is published. Publishing and approving
        say the number of devices again."""
        self.read_body(VersionBody)
        found = await self.api.ops.drafts.rehearse(self.number(draft), self.credential)
        self.answer(DraftRehearsalAnswer.of_draft(*found))


class DraftSubmitHandler(DraftOperations):
    """Drafts that are handed in."""

    @operation(
        summary="Hand a draft in",
        roles=PUBLISHERS,
        body=Body(SubmitBody),
        answers=DECIDED,
        problems=(*PROBLEMS, *PUBLISH_PROBLEMS, "rate-limited"),
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Ask for a second person, also where none is needed. Everything is checked as at a publish."""
        self.admit_publish()
        taken = self.read_body(SubmitBody)
        at = seconds_of(taken.publish_at)
        self.decided(await self.api.ops.drafts.submit(self.number(draft), taken.version, self.credential, at))


class DraftApproveHandler(DraftOperations):
    """Drafts that are approved."""

    @operation(
        summary="Approve a draft",
        roles=APPROVERS,
        body=Body(ApproveDraftBody),
        answers=DECIDED,
        problems=(*PROBLEMS, *PUBLISH_PROBLEMS, "numbers-changed", "second-person-needed"),
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Say yes, as the second person: somebody who has not written in it. What was approved goes out, exactly, in the name of
        whoever handed it in: now, or at its time. It must lie within the areas of both."""
        taken = self.read_body(ApproveDraftBody)
        asked = Asked(taken.version, taken.devices)
        self.decided(await self.api.ops.drafts.approve(self.number(draft), asked, self.credential))


class DraftRejectHandler(DraftOperations):
    """Drafts that are rejected."""

    @operation(
        summary="Reject a draft",
        roles=APPROVERS,
        body=Body(RejectDraftBody),
        answers=DECIDED,
        problems=(*PROBLEMS, "second-person-needed"),
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Say no, as the second person, and why. Its authors can change it and hand it in again."""
        taken = self.read_body(RejectDraftBody)
        record = await self.api.ops.drafts.reject(self.number(draft), taken.version, taken.words, self.credential)
        self.decided(record)


class DraftWithdrawHandler(DraftOperations):
    """Drafts that are given up."""

    @operation(
        summary="Withdraw a draft",
        roles=PUBLISHERS,
        body=Body(VersionBody),
        answers=DECIDED,
        problems=PROBLEMS,
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Give it up, whatever it waits for. It is kept, and can be read."""
        taken = self.read_body(VersionBody)
        self.decided(await self.api.ops.drafts.withdraw(self.number(draft), taken.version, self.credential))


class DraftPublishHandler(DraftOperations):
    """Drafts that are published."""

    @operation(
        summary="Publish a draft",
        roles=PUBLISHERS,
        body=Body(DraftPublishBody),
        answers=DECIDED,
        problems=(*PROBLEMS, *PUBLISH_PROBLEMS, "numbers-changed", "rate-limited"),
        tag=TAG,
    )
    async def post(self, draft: str) -> None:
        """Publish it, now or at a time, for as many devices as the dry run said. One that needs a second person waits for one
        then (202), unless a glass is broken: with `break_glass`, a reason in words, it goes out at once, and everybody hears
        of it."""
        self.admit_publish()
        taken = self.read_body(DraftPublishBody)
        record = await self.api.ops.drafts.publish(
            self.number(draft),
            Asked(taken.version, taken.devices),
            self.credential,
            seconds_of(taken.publish_at),
            taken.break_glass,
        )
        self.decided(record)
