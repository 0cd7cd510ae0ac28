"""Several messages in one input."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netsim.fuzz.targets.conversation import join, split


@given(st.lists(st.binary(max_size=300)))
def test_messages_come_back(messages: list[bytes]) -> None:
    assert list(split(join(messages))) == messages


@given(st.binary(max_size=40))
def test_any_bytes_are_some_messages(data: bytes) -> None:
    assert sum(len(message) for message in split(data)) <= len(data)
