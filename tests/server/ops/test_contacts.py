from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from alerts.errors import ContactError, NameTakenError, UnknownContactError
from server.ops.contacts import check_service
from server.store.contacts import Contact
from tests.support.escalation import DOWN, Field, in_the_field


def run(folder: Path, test: Callable[[Field], Coroutine[Any, Any, None]]) -> None:
    async def in_field() -> None:
        async with in_the_field(folder) as field:
            await test(field)

    asyncio.run(in_field())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("json://10.0.0.1/", "the service json is not among the setting contact_services; name it there"),
        ("https://hooks.slack.com/services/T/B/x", "in its own form, like slack://"),
        ("syslog://", "no Apprise URL"),
        ("0700 000000", "no Apprise URL"),
        ("twilio://x\n", "no Apprise URL"),
        ("twilio://" + "x" * 2048, "no Apprise URL"),
        ("file:///etc/passwd", "the service file is not"),
    ],
)
def test_an_address_of_no_service_that_is_allowed_is_refused_without_a_word_of_it(url: str, words: str) -> None:
    with pytest.raises(ContactError) as caught:
        check_service(url, {"twilio", "slack"})
    assert words in str(caught.value)
    assert "passwd" not in str(caught.value) and "10.0.0.1" not in str(caught.value)


def test_the_service_is_known_in_any_case() -> None:
    assert check_service("TWILIO://sid:token@0700/0711", {"twilio"}) == "twilio"


def test_contacts_are_added_changed_and_removed(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.contact("amina", "officer", area="KE")
        with pytest.raises(NameTakenError):
            await field.contact("amina")
        with pytest.raises(ContactError, match="it is bad"):
            await field.contacts.add(Contact("otieno", "fake://bad"))
        field.clock.pass_seconds(60)
        changed = await field.contacts.change("amina", areas=(), language="sw")
        assert changed == await field.contacts.one("amina")
        assert (changed.roles, changed.areas, changed.language) == (("officer",), (), "sw")
        assert changed.changed_at == changed.made_at + 60
        with pytest.raises(ContactError, match="it is bad"):
            await field.contacts.change("amina", url="fake://bad")
        with pytest.raises(UnknownContactError):
            await field.contacts.change("nobody", roles=())
        await field.contacts.remove("amina")
        assert await field.contacts.all() == []

    run(tmp_path, test)


def test_a_test_says_that_it_is_one(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        await field.contact("amina")
        assert (await field.contacts.test("amina")).ok
        assert field.gateway.asked[0][1].startswith("TEST. ")
        field.gateway.answer = lambda contact: DOWN
        assert await field.contacts.test("amina") == DOWN

    run(tmp_path, test)
