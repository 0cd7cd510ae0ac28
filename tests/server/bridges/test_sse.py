"""Server-sent events as a client of another make reads them (httpx-sse), whatever they hold."""

from __future__ import annotations

import pytest
from httpx_sse import ServerSentEvent
from httpx_sse._decoders import SSEDecoder
from hypothesis import given
from hypothesis import strategies as st

from server.bridges import sse


def _read(data: bytes) -> list[ServerSentEvent]:
    """As WHATWG HTML §9.2.6 has lines end: by CR LF, LF or CR, and by nothing else that Python takes for one."""
    decoder = SSEDecoder()
    lines = data.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    return [event for line in lines if (event := decoder.decode(line)) is not None]


def test_an_event_is_written() -> None:
    assert sse.event("alert", "{}", "7-1") == b"id: 7-1\nevent: alert\ndata: {}\n\n"
    assert sse.event("resync", "a\nb") == b"event: resync\ndata: a\ndata: b\n\n"
    assert sse.retry(3000) == b"retry: 3000\n"


@pytest.mark.parametrize(("name", "id"), [("a\nb", "1"), ("a\r", "1"), ("a", "1\n"), ("a", "1\r2"), ("a", "\0")])
def test_nothing_becomes_another_line(name: str, id: str) -> None:
    with pytest.raises(AssertionError, match="one line"):
        sse.event(name, "", id)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_data_is_read_as_it_was_but_for_the_kind_of_its_line_ends(datas: list[str]) -> None:
    written = b"".join(sse.COMMENT + sse.event("alert", data, str(at)) for at, data in enumerate(datas))
    found = [(event.event, event.data, event.id) for event in _read(written)]
    assert found == [
        ("alert", data.replace("\r\n", "\n").replace("\r", "\n"), str(at)) for at, data in enumerate(datas)
    ]
