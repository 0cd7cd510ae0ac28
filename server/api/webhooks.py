"""`/v1/webhooks`: where events are delivered to."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, Answer, Body, operation
from server.api.webhooks_types import (
    AttemptAnswer,
    AttemptList,
    AttemptsQuery,
    RotateBody,
    WebhookAnswer,
    WebhookBody,
    WebhookChange,
    WebhookList,
    WebhookMadeAnswer,
)
from server.hub import Role
from server.scope import check_hub_wide
from server.webhooks import Webhook

TAG = "webhooks"


class WebhooksBase(ApiHandler):
    """What all of these have in common."""

    def check_hub_wide(self) -> None:
        """Raises OutOfAreasError: the token is bound to areas, and webhooks are told everything."""
        check_hub_wide(self.credential.areas, "webhooks")

    def described(self, webhook: Webhook) -> WebhookAnswer:
        """A webhook as it is answered to who asks."""
        whole = self.credential.role is Role.ADMINISTRATOR and not self.credential.areas
        lag = self.api.webhooks.lag(webhook)
        return WebhookAnswer.of(webhook, lag=lag, now=self.hub.now(), whole=whole)

    def made(self, webhook: Webhook) -> WebhookMadeAnswer:
        """A webhook with its secret."""
        return WebhookMadeAnswer.made(webhook, lag=self.api.webhooks.lag(webhook), now=self.hub.now())


class WebhooksHandler(WebhooksBase):
    """All webhooks."""

    @operation(
        summary="List webhooks", roles=VIEWERS, answers={200: Answer("All webhooks, by name.", WebhookList)}, tag=TAG
    )
    async def get(self) -> None:
        """All webhooks: how far each has come, how many events wait for it, and why it fails, if it does."""
        found = await self.api.webhooks.webhooks()
        self.answer(WebhookList(webhooks=tuple(self.described(webhook) for webhook in found)))

    @operation(
        summary="Add a webhook",
        roles=ADMINS,
        body=Body(WebhookBody),
        answers={
            201: Answer(
                "The webhook, and its secret, shown this once.",
                WebhookMadeAnswer,
                links={
                    ("get-webhooks-name", "name"): "name",
                    ("post-webhooks-name-test", "name"): "name",
                    ("get-webhooks-name-deliveries", "name"): "name",
                },
            )
        },
        problems=(
            "body-invalid",
            "content-invalid",
            "address-refused",
            "outside-areas",
            "name-taken",
            "too-many-webhooks",
        ),
        tag=TAG,
    )
    async def post(self) -> None:
        """Have every event from now on delivered to an address, signed as Standard Webhooks has it, in order, until it
        arrives."""
        self.check_hub_wide()
        asked = self.read_body(WebhookBody)
        webhook = await self.api.webhooks.add(asked.name, asked.url, asked.kinds, self.credential.name)
        self.answer(self.made(webhook), 201)


class WebhookHandler(WebhooksBase):
    """One webhook."""

    @operation(
        summary="Fetch a webhook",
        roles=VIEWERS,
        answers={200: Answer("The webhook.", WebhookAnswer)},
        problems=("unknown-webhook",),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """A webhook, and how it goes."""
        self.answer(self.described(await self.api.webhooks.webhook(name)))

    @operation(
        summary="Change a webhook",
        roles=ADMINS,
        body=Body(WebhookChange),
        answers={200: Answer("The webhook as it is now.", WebhookAnswer)},
        problems=("body-invalid", "content-invalid", "address-refused", "outside-areas", "unknown-webhook"),
        tag=TAG,
    )
    async def patch(self, name: str) -> None:
        """Send elsewhere, send other kinds, switch off or on again. What waited for its next attempt is tried at once."""
        self.check_hub_wide()
        asked = self.read_body(WebhookChange)
        webhook = await self.api.webhooks.change(
            name, url=asked.url, kinds=asked.kinds, enabled=asked.enabled, by=self.credential.name
        )
        self.answer(self.described(webhook))

    @operation(
        summary="Remove a webhook",
        roles=ADMINS,
        answers={204: Answer("Nothing is sent any more.")},
        problems=("outside-areas", "unknown-webhook"),
        tag=TAG,
    )
    async def delete(self, name: str) -> None:
        """Forget a webhook, what waits for it, and its deliveries."""
        self.check_hub_wide()
        await self.api.webhooks.remove(name, self.credential.name)
        self.set_status(204)
        self.finish()


class WebhookRotateHandler(WebhooksBase):
    """A webhook's secret."""

    @operation(
        summary="Give a webhook another secret",
        roles=ADMINS,
        body=Body(RotateBody),
        answers={200: Answer("The webhook, and its new secret, shown this once.", WebhookMadeAnswer)},
        problems=("body-invalid", "content-invalid", "outside-areas", "unknown-webhook"),
        tag=TAG,
    )
    async def post(self, name: str) -> None:
        """Make another secret. For a while both sign, so that the receiver can change over without losing anything."""
        self.check_hub_wide()
        asked = self.read_body(RotateBody)
        self.answer(self.made(await self.api.webhooks.rotate(name, asked.keep_seconds, self.credential.name)))


class WebhookTestHandler(WebhooksBase):
    """A trial of a webhook."""

    @operation(
        summary="Try a webhook",
        roles=ADMINS,
        answers={200: Answer("What came of it.", AttemptAnswer)},
        problems=("outside-areas", "unknown-webhook"),
        tag=TAG,
    )
    async def post(self, name: str) -> None:
        """Send a `webhook.test` now, once, and say what the receiver answered. It overtakes what waits, and is not tried
        again."""
        self.check_hub_wide()
        self.answer(AttemptAnswer.of(await self.api.webhooks.test(name)))


class WebhookDeliveriesHandler(WebhooksBase):
    """What came of a webhook's attempts."""

    @operation(
        summary="List a webhook's deliveries",
        roles=VIEWERS,
        query=AttemptsQuery,
        answers={200: Answer("The newest attempts.", AttemptList)},
        problems=("unknown-webhook",),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """The newest attempts to deliver, newest first; some 200 are kept."""
        asked = self.query
        assert isinstance(asked, AttemptsQuery), "the operation says so"
        found = await self.api.webhooks.attempts(name, asked.limit)
        self.answer(AttemptList(deliveries=tuple(AttemptAnswer.of(attempt) for attempt in found)))
