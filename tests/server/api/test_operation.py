"""Operations and where they are found."""

from __future__ import annotations

from server.api.operation import VIEWERS, Answer, operation, operations_of


class Handler:
    @operation(summary="Look", roles=VIEWERS, answers={200: Answer("Seen.")}, tag="t")
    async def get(self) -> None:
        """Look
        here."""

    async def post(self) -> None:
        """Not an operation."""


def test_a_marked_method_is_an_operation_and_its_docstring_the_description() -> None:
    found = operations_of(Handler)
    assert list(found) == ["GET"] and found["GET"].description == "Look here."
