"""A one-time code becomes an identity."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tornado.web import RequestHandler

from alerts.errors import UserError
from client.exits import ExitCode
from client.joining import Application, checked_languages, join
from client.store import Identity
from tests.support.device_store import open_store
from tests.support.small_hub import DEVICE, TOKEN, SmallHub, problem


def _run(test: Callable[[SmallHub], Awaitable[None]]) -> None:
    async def main() -> None:
        hub = SmallHub()
        hub.codes = {
            "abc": {"device": DEVICE, "token": TOKEN, "name": "Clinic 3"},
            "def": {"device": "d2", "token": "t2"},
        }
        hub.start()
        try:
            await test(hub)
        finally:
            await hub.stop()

    asyncio.run(main())


def _stored(folder: Path) -> Identity | None:
    store = open_store(folder)
    identity = store.identity()
    store.close()
    return identity


def test_a_code_becomes_an_identity(tmp_path: Path) -> None:
    async def test(hub: SmallHub) -> None:
        identity = await join(tmp_path, Application(hub.address + "/", " abc ", "Nyota", ("sw", "en", "sw")))
        assert identity == Identity(DEVICE, TOKEN, hub.address, "Clinic 3")
        assert hub.enrolments == [{"code": "abc", "name": "Nyota", "languages": ["sw", "en"]}]
        assert _stored(tmp_path) == identity
        assert open_store(tmp_path).standing().languages == ("sw", "en")

    _run(test)


def test_the_languages_of_the_code_count(tmp_path: Path) -> None:
    async def test(hub: SmallHub) -> None:
        hub.codes["sw"] = {"device": "d3", "token": "t3", "name": "", "languages": ["sw"]}
        await join(tmp_path, Application(hub.address, "sw", "Mine", ("en",)))
        assert open_store(tmp_path).standing().languages == ("sw",)
        stored = _stored(tmp_path)
        assert stored is not None and stored.name == "Mine"

    _run(test)


async def _refusal(folder: Path, application: Application, *, again: bool = False) -> UserError:
    with pytest.raises(UserError) as refused:
        await join(folder, application, again=again)
    return refused.value


def test_a_code_works_once(tmp_path: Path) -> None:
    async def test(hub: SmallHub) -> None:
        await join(tmp_path / "a", Application(hub.address, "abc"))
        refused = await _refusal(tmp_path / "b", Application(hub.address, "abc"))
        assert "not known, or was used" in str(refused)
        assert refused.exit_code == ExitCode.REFUSED

    _run(test)


def test_a_store_that_has_joined_is_not_joined_by_mistake(tmp_path: Path) -> None:
    async def test(hub: SmallHub) -> None:
        await join(tmp_path, Application(hub.address, "abc"))
        refused = await _refusal(tmp_path, Application(hub.address, "def"))
        assert "--again" in refused.hint
        assert "def" in hub.codes, "the code was not used up"
        elsewhere = await _refusal(tmp_path, Application("http://127.0.0.1:1", "def"), again=True)
        assert "--data" in elsewhere.hint
        await join(tmp_path, Application(hub.address, "def"), again=True)
        stored = _stored(tmp_path)
        assert stored is not None and stored.device == "d2"

    _run(test)


def _html(handler: RequestHandler) -> None:
    handler.finish("<html>Welcome</html>")


def _list(handler: RequestHandler) -> None:
    handler.set_status(201)
    handler.finish("[1]")


@pytest.mark.parametrize(
    ("refuse", "exit_code", "words"),
    [
        (_html, ExitCode.UNREACHABLE, "no hub"),
        (_list, ExitCode.UNREACHABLE, "no hub"),
        (lambda handler: problem(handler, 429, "overloaded", "x"), ExitCode.UNREACHABLE, "later"),
        (lambda handler: problem(handler, 422, "language-unknown", "no such language"), ExitCode.REFUSED, "no such"),
    ],
)
def test_other_answers(
    tmp_path: Path, refuse: Callable[[RequestHandler], None], exit_code: ExitCode, words: str
) -> None:
    async def test(hub: SmallHub) -> None:
        hub.refuse = refuse
        refused = await _refusal(tmp_path, Application(hub.address, "abc"))
        assert refused.exit_code == exit_code
        assert words in str(refused)
        assert refused.hint

    _run(test)


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        refused = asyncio.run(_refusal(tmp_path, Application(address, "abc")))
    assert refused.exit_code == ExitCode.UNREACHABLE
    assert str(refused) == f"{address}: Connection refused"


@pytest.mark.parametrize("languages", [("en_US",), ("",), ("e",), ("sw", "not a tag")])
def test_what_is_no_language_is_refused(languages: tuple[str, ...]) -> None:
    with pytest.raises(UserError, match="not a language tag"):
        checked_languages(languages)


def test_not_more_languages_than_fit() -> None:
    assert checked_languages(("*", "en", "*")) == ("*", "en")
    with pytest.raises(UserError, match="at most 8"):
        checked_languages(tuple(f"x-{number}" for number in range(9)))
