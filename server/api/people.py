"""`/v1/people`: who has an account, as an administrator of the whole hub decides."""

from __future__ import annotations

from urllib.parse import quote

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, Answer, Body, operation
from server.api.people_types import InvitedAnswer, PersonAnswer, PersonBody, PersonEdit, PersonList, SignedOut
from server.api.types import time_of
from server.scope import check_hub_wide
from server.store.people import PersonChange, PersonRow

TAG = "people"


class _People(ApiHandler):
    def check(self) -> None:
        """Accounts concern the whole hub."""
        check_hub_wide(self.credential.areas, "people's accounts")

    def invited(self, row: PersonRow, code: str, status: int) -> None:
        """Answer an account and its code."""
        said = PersonAnswer.of(row, self.hub.now())
        self.answer(InvitedAnswer(person=said, code=code, expires_at=time_of(row.invited_until or 0)), status)


class PeopleHandler(_People):
    """All people."""

    @operation(
        summary="List people",
        roles=ADMINS,
        answers={200: Answer("All people with an account.", PersonList)},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """All people with an account, those whose account is closed too."""
        self.check()
        now = self.hub.now()
        self.answer(PersonList(people=tuple(PersonAnswer.of(row, now) for row in await self.api.accounts.people.all())))

    @operation(
        summary="Give somebody an account",
        roles=ADMINS,
        body=Body(PersonBody),
        answers={
            201: Answer(
                "The account, and the code with which its owner sets a password.",
                InvitedAnswer,
                headers={"Location": "Where it can be changed."},
            )
        },
        problems=("content-invalid", "name-taken", "unknown-area", "outside-areas", "rate-limited"),
        tag=TAG,
    )
    async def post(self) -> None:
        """A new account. Its owner sets the password with the code, which works once and for a week."""
        self.check()
        asked, by = self.read_body(PersonBody), self.credential.name
        row, code = await self.api.accounts.people.add(asked.name, asked.role, asked.areas, asked.language, by=by)
        self.set_header("Location", f"/v1/people/{quote(row.name, safe='')}")
        self.invited(row, code, 201)


class PersonHandler(_People):
    """One person."""

    @operation(
        summary="Fetch a person",
        roles=ADMINS,
        answers={200: Answer("The account.", PersonAnswer)},
        problems=("unknown-person", "outside-areas"),
        tag=TAG,
    )
    async def get(self, name: str) -> None:
        """An account."""
        self.check()
        self.answer(PersonAnswer.of(await self.api.accounts.people.one(name), self.hub.now()))

    @operation(
        summary="Change a person",
        roles=ADMINS,
        body=Body(PersonEdit),
        answers={200: Answer("The account as it is now.", PersonAnswer)},
        problems=("content-invalid", "unknown-person", "unknown-area", "last-administrator", "outside-areas"),
        tag=TAG,
    )
    async def patch(self, name: str) -> None:
        """Change somebody's role, areas or language, close the account, or open it again. An account is never removed: decisions
        are told by its name."""
        self.check()
        asked = self.read_body(PersonEdit)
        wanted = PersonChange(asked.role, asked.areas, asked.language, asked.disabled)
        changed = await self.api.accounts.people.change(name, wanted, by=self.credential.name)
        self.answer(PersonAnswer.of(changed, self.hub.now()))


class PersonInvitationHandler(_People):
    """Codes for one person."""

    @operation(
        summary="Let a person set another password",
        roles=ADMINS,
        answers={201: Answer("The account, and the code.", InvitedAnswer)},
        problems=("unknown-person", "outside-areas", "rate-limited"),
        tag=TAG,
    )
    async def post(self, name: str) -> None:
        """Take somebody's password away and end their sessions. They set another with the code, which works once, for a week."""
        self.check()
        row, code = await self.api.accounts.people.invite(name, by=self.credential.name)
        self.invited(row, code, 201)


class PersonSessionsHandler(_People):
    """The sessions of one person."""

    @operation(
        summary="Sign a person out",
        roles=ADMINS,
        answers={200: Answer("How many sessions were ended.", SignedOut)},
        problems=("unknown-person", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, name: str) -> None:
        """End all sessions of somebody."""
        self.check()
        self.answer(SignedOut(ended=await self.api.accounts.people.sign_out(name, by=self.credential.name)))
