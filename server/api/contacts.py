"""`/v1/contacts`: whom rules can tell."""

from __future__ import annotations

from server import scope
from server.api.contact_types import (
    ContactAnswer,
    ContactBody,
    ContactChange,
    ContactList,
    ContactTestAnswer,
)
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, Answer, Body, operation

TAG = "escalation"
NAMED = {
    ("get-contacts-name", "name"): "name",
    ("patch-contacts-name", "name"): "name",
    ("delete-contacts-name", "name"): "name",
}


class ContactsHandler(ApiHandler):
    """All contacts."""

    @operation(summary="List contacts", roles=VIEWERS, answers={200: Answer("All contacts.", ContactList)}, tag=TAG)
    async def get(self) -> None:
        """All contacts, without their addresses: of these only the service is shown."""
        found = await self.api.ops.contacts.all()
        self.answer(ContactList(contacts=tuple(ContactAnswer.of(one) for one in found)))

    @operation(
        summary="Add a contact",
        roles=ADMINS,
        body=Body(ContactBody),
        answers={201: Answer("The contact.", ContactAnswer, links=NAMED)},
        problems=("body-invalid", "content-invalid", "contact-invalid", "name-taken", "unknown-area", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Add somebody whom rules can tell."""
        scope.check_hub_wide(self.credential.areas, "a contact")
        asked = self.read_body(ContactBody)
        self.answer(ContactAnswer.of(await self.api.ops.contacts.add(asked.to_contact(), self.credential.name)), 201)


class ContactHandler(ApiHandler):
    """One contact."""

    @operation(
        summary="Fetch a contact",
        roles=VIEWERS,
        answers={200: Answer("The contact.", ContactAnswer)},
        problems=("unknown-contact",),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """A contact, without its address."""
        self.answer(ContactAnswer.of(await self.api.ops.contacts.one(name)))

    @operation(
        summary="Change a contact",
        roles=ADMINS,
        body=Body(ContactChange),
        answers={200: Answer("The contact as it is now.", ContactAnswer)},
        problems=(
            *("body-invalid", "content-invalid", "contact-invalid", "unknown-contact", "unknown-area", "outside-areas"),
        ),
        tag=TAG,
    )
    async def patch(self, name: str) -> None:
        """Change a contact's address, roles, areas or language. What has still to be sent goes to the new address."""
        scope.check_hub_wide(self.credential.areas, "a contact")
        asked = self.read_body(ContactChange)
        changed = await self.api.ops.contacts.change(
            name, url=asked.url, roles=asked.roles, areas=asked.areas, language=asked.language, by=self.credential.name
        )
        self.answer(ContactAnswer.of(changed))

    @operation(
        summary="Remove a contact",
        roles=ADMINS,
        answers={204: Answer("The contact and its address are forgotten.")},
        problems=("unknown-contact", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, name: str) -> None:
        """Forget a contact. Rules that name it, and devices whose supervisor it is, keep the name and say that there is nobody
        of that name when they would tell it."""
        scope.check_hub_wide(self.credential.areas, "a contact")
        await self.api.ops.contacts.remove(name, self.credential.name)
        self.set_status(204)
        self.finish()


class ContactTestHandler(ApiHandler):
    """Tests of a contact."""

    @operation(
        summary="Send a contact a test",
        roles=ADMINS,
        answers={200: Answer("What became of it.", ContactTestAnswer)},
        problems=("contact-invalid", "unknown-contact", "outside-areas"),
        tag=TAG,
    )
    async def post(self, name: str) -> None:
        """Send a message that begins with TEST and says that there is no alert. The answer comes when the gateway has taken it,
        refused it, or not answered in time."""
        scope.check_hub_wide(self.credential.areas, "a contact")
        self.answer(ContactTestAnswer.of(await self.api.ops.contacts.test(name)))
