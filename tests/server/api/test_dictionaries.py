"""A device fetches a dictionary, in parts, and what it puts together is the dictionary."""

from __future__ import annotations

import requests

from alerts.dictionary.shipped import shipped
from alerts.wire.transfer import unpack_transfer
from server.hub import Role
from tests.support.dictionaries import own, put_in_use
from tests.support.hub import RunningHub
from tests.support.waiting import wait_until

PATH = f"/v1/dictionaries/{own().address.hex()}"
BASE = {"base": shipped().address.hex()}


def ask(hub: RunningHub, path: str = PATH, **options: object) -> requests.Response:
    if not hub.process.dictionaries.has(own().address):
        put_in_use(hub.process.settings.data, own())
        wait_until(lambda: hub.process.dictionaries.has(own().address), "the hub has it")
    token = hub.enrol()[1]
    return hub.ask("GET", path, role=None, token=token, **options)


def test_the_whole_comes_behind_what_the_device_has(hub: RunningHub) -> None:
    whole, behind = ask(hub), ask(hub, params=BASE)
    assert whole.status_code == behind.status_code == 200 and len(behind.content) < len(whole.content)
    assert unpack_transfer(whole.content, None, own().address) == own()
    assert unpack_transfer(behind.content, shipped(), own().address) == own()
    assert behind.headers["Content-Type"] == "application/zstd" and "immutable" in behind.headers["Cache-Control"]
    assert behind.headers["ETag"] != whole.headers["ETag"]


def test_it_can_be_had_in_parts_that_fit(hub: RunningHub) -> None:
    first = ask(hub, params=BASE, headers={"Range": "bytes=0-999"})
    total = int(first.headers["Content-Range"].partition("/")[2])
    headers = {"Range": "bytes=1000-", "If-Range": first.headers["ETag"]}
    rest = ask(hub, params=BASE, headers=headers)
    assert first.status_code == rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 1000-{total - 1}/{total}"
    assert unpack_transfer(first.content + rest.content, shipped(), own().address) == own()


def test_a_part_of_other_bytes_is_not_continued(hub: RunningHub) -> None:
    assert ask(hub, headers={"Range": "bytes=1000-", "If-Range": '"another"'}).status_code == 200


def test_what_is_there_is_not_sent_again(hub: RunningHub) -> None:
    tag = ask(hub).headers["ETag"]
    again = ask(hub, headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content


def test_what_is_not_there_is_told(hub: RunningHub) -> None:
    for path in ("/v1/dictionaries/000000000000", "/v1/dictionaries/x", f"{PATH}?base=000000000000"):
        assert ask(hub, path).json()["type"].endswith("#unknown-dictionary")
    assert ask(hub, f"{PATH}?base=x").json()["type"].endswith("#parameter-invalid")
    beyond = ask(hub, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416 and "bytes" in beyond.json()["detail"]


def test_the_one_that_ships_can_be_had_too(hub: RunningHub) -> None:
    found = ask(hub, f"/v1/dictionaries/{shipped().address.hex()}")
    assert unpack_transfer(found.content, None, shipped().address) == shipped()


def test_they_are_listed_and_an_admin_chooses_which_is_in_use(hub: RunningHub) -> None:
    ask(hub)

    def in_use() -> dict[str, bool]:
        return {
            row["address"]: row["in_use"]
            for row in hub.ask("GET", "/v1/dictionaries", role=Role.VIEWER).json()["dictionaries"]
        }

    ours, ships = own().address.hex(), shipped().address.hex()
    assert in_use() == {ours: True, ships: False}
    assert hub.ask("POST", "/v1/dictionaries/shipped/use").json()["shipped"] is True
    assert in_use() == {ours: False, ships: True}
    made = hub.ask("POST", f"/v1/dictionaries/{ours[:5]}/use").json()
    assert made["address"] == ours and made["bytes_an_alert"] is not None and in_use()[ours]
    assert hub.ask("POST", "/v1/dictionaries/zz/use").json()["type"].endswith("#unknown-dictionary")
    assert hub.ask("POST", f"/v1/dictionaries/{ours}/use", role=Role.AUTHOR).status_code == 403
    bound = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district", ("KE",)))
    assert hub.ask("POST", f"/v1/dictionaries/{ours}/use", token=bound).status_code == 403
