"""`/v1/tokens`: the credentials of people and programs."""

from __future__ import annotations

from urllib.parse import quote

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, Answer, Body, operation
from server.api.tokens_types import TokenAnswer, TokenBody, TokenList, TokenMade
from server.scope import check_hub_wide

TAG = "tokens"


class TokensHandler(ApiHandler):
    """All tokens."""

    @operation(
        summary="List tokens",
        roles=ADMINS,
        answers={200: Answer("All tokens, without their secrets.", TokenList)},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """All tokens, the revoked ones too. Keys of commands on the hub's own machine are none of them."""
        check_hub_wide(self.credential.areas, "the list of tokens")
        self.answer(TokenList(tokens=tuple(TokenAnswer.of(row) for row in await self.hub.tokens())))

    @operation(
        summary="Make a token",
        roles=ADMINS,
        body=Body(TokenBody),
        answers={
            201: Answer(
                "The token, shown this once.",
                TokenMade,
                headers={"Location": "Where it can be revoked."},
                links={("delete-tokens-name", "name"): "name"},
            )
        },
        problems=("content-invalid", "name-taken", "unknown-area", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """A token for a person or a program. It can be bound to areas, as a district officer's is to the district."""
        check_hub_wide(self.credential.areas, "a token")
        asked = self.read_body(TokenBody)
        secret = await self.hub.make_token(asked.role, asked.name, asked.areas, self.credential.name)
        self.set_header("Location", f"/v1/tokens/{quote(asked.name, safe='')}")
        self.answer(TokenMade(name=asked.name, role=asked.role, areas=asked.areas, token=secret), 201)


class TokenHandler(ApiHandler):
    """One token."""

    @operation(
        summary="Revoke a token",
        roles=ADMINS,
        answers={204: Answer("The token is refused from the next request on.")},
        problems=("unknown-token", "own-token", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, name: str) -> None:
        """End a token. It stays in the list, and its name is not used again. A second time does nothing."""
        check_hub_wide(self.credential.areas, "a token")
        if name == self.credential.name:
            self.refuse("own-token", f"{name!r} is the token that asks")
        await self.hub.revoke_token(name, self.credential.name)
        self.set_status(204)
        self.finish()
