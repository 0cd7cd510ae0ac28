"""Contacts, as the API takes and answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.api.types import AreasOfDevice, Asked, ContactName, LanguageTag, Moment, RolesOfDevice, Said, time_of
from server.ops.contacts import URL_CHARS_MAX
from server.ops.gateway import GatewayOutcome
from server.store.contacts import Contact

Url = Annotated[str, Field(min_length=1, max_length=URL_CHARS_MAX)]


class ContactBody(Asked):
    """A new contact."""

    name: ContactName
    url: Url
    """Where the contact is reached: an Apprise URL, like `twilio://…` or `mailto://…`, of a service that the setting
    `contact_services` allows, with one recipient. It is a secret: no answer and no log shows it again."""
    roles: RolesOfDevice = ()
    """Roles of the contact, like district-officer, by which rules name it."""
    areas: AreasOfDevice = ()
    """Areas that the contact is responsible for; none: everywhere."""
    language: LanguageTag | Literal[""] = ""
    """The language (BCP 47) in which it is told an alert's headline, where the alert has it."""

    def to_contact(self) -> Contact:
        """As the store has it."""
        return Contact(self.name, self.url, self.roles, self.areas, self.language)


class ContactChange(Asked):
    """What to change; what is null or left out stays."""

    url: Url | None = None
    roles: RolesOfDevice | None = None
    areas: AreasOfDevice | None = None
    language: LanguageTag | Literal[""] | None = None


class ContactAnswer(Said):
    """A contact, without its address."""

    name: str
    service: str
    """The service that the address is of; the rest of it is not shown."""
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    language: str
    made_at: Moment
    changed_at: Moment

    @classmethod
    def of(cls, one: Contact) -> ContactAnswer:
        """From the store's."""
        return cls(
            name=one.name,
            service=one.service,
            roles=one.roles,
            areas=one.areas,
            language=one.language,
            made_at=time_of(one.made_at),
            changed_at=time_of(one.changed_at),
        )


class ContactList(Said):
    """All contacts, by name."""

    contacts: tuple[ContactAnswer, ...]


class ContactTestAnswer(Said):
    """What became of the test message."""

    sent: bool
    """Whether the gateway took it."""
    words: str
    """Why not."""

    @classmethod
    def of(cls, outcome: GatewayOutcome) -> ContactTestAnswer:
        """From the gateway's."""
        return cls(sent=outcome.ok, words=outcome.words)
