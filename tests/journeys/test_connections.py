"""The hub speaks what people have: the same alert, published once, is seen once by each of their clients, over restarts of
the hub, and only by whom its audience lets see it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.hub import Role
from server.store import credentials
from server.store.database import open_database, transaction
from tests.support.hub_child import HubChild, hub_child
from tests.support.other_server import other_server
from tests.support.programs import ALL, Program, StompJs, StompPy, WebStomp, publish_with_node, publish_with_stomp_py
from tests.support.receivers import AtomFeed, FieldDevice, WebhookReceiver
from tests.support.site import warning
from tests.support.waiting import wait_until

pytestmark = pytest.mark.needs("node")


def _publish(hub: HubChild, identifier: str, audience: dict[str, Any]) -> int:
    """The alert's number."""
    said = hub.ask("POST", "/v1/alerts", json={"alert": warning(identifier), "audience": audience})
    assert said.status_code == 201, said.text
    number: int = said.json()["number"]
    return number


def _until_acknowledged(hub: HubChild, number: int, durable: int = 6) -> None:
    """Wait until what the durable subscriptions have acknowledged is written: a message that is cut off before comes again."""

    def cursors() -> list[int]:
        with closing(sqlite3.connect(f"file:{hub.database}?mode=ro", uri=True)) as db:
            return [row[0] for row in db.execute("select cursor from durable")]

    wait_until(lambda: len(cursors()) == durable and min(cursors()) >= number, "every ack is written")


def _token(hub: HubChild, name: str, areas: tuple[str, ...]) -> str:
    secret = credentials.make_secret()
    db = open_database(hub.database)
    try:
        with transaction(db):
            credentials.make_token(db, Role.VIEWER, name, secret, 0, areas)
    finally:
        db.close()
    return secret


@pytest.fixture
def programs(tmp_path: Path) -> Any:
    started: list[Program] = []
    yield started
    for program in started:
        program.stop()


def test_an_alert_is_seen_once_by_each_client_that_may_see_it(tmp_path: Path, programs: list[Program]) -> None:
    everyone, nairobi, uganda = {"everyone": True}, {"areas": ["KE-047"]}, {"areas": ["UG"]}
    with hub_child(tmp_path / "hub") as hub:
        _publish(hub, "before", everyone)
        tokens = {"free": _token(hub, "free", ()), "bound": _token(hub, "bound", ("KE-047-1",))}
        followers: dict[tuple[str, str], Program] = {}
        for who, token in tokens.items():
            for kind in ALL:
                program = kind(hub.address, token)
                followers[who, kind.__name__] = program
                programs.append(program)
                program.start()
        wait_until(lambda: all(one.is_ready for one in programs), "all follow")

        for identifier, audience in (("all", everyone), ("nairobi", nairobi), ("uganda", uganda)):
            _publish(hub, identifier, audience)
        publisher = hub.tokens[Role.AUTHOR]
        for script in ("stompjs.cjs", "webstomp.cjs"):
            body = {"alert": warning(f"by-{script}")}
            assert publish_with_node(script, hub.address, publisher, body) == f"published by-{script}"
        assert publish_with_stomp_py(hub.address, publisher, {"alert": warning("by-stomp.py")}) == "by-stomp.py"
        published = ["all", "nairobi", "by-stompjs.cjs", "by-webstomp.cjs", "by-stomp.py"]
        _until_seen(followers, published, but=("uganda",))

        _until_acknowledged(hub, hub.ask("GET", "/v1/alerts/by-stomp.py").json()["number"])
        hub.kill()
        hub.start()
        for identifier, audience in (("missed", everyone), ("missed-uganda", uganda), ("missed-nairobi", nairobi)):
            number = _publish(hub, identifier, audience)
        published += ["missed", "missed-nairobi"]
        _until_seen(followers, published, but=("uganda", "missed-uganda"))

        _until_acknowledged(hub, number)
        assert hub.stop() == 0
        hub.start()
        _publish(hub, "last", everyone)
        published.append("last")
        _until_seen(followers, published, but=("uganda", "missed-uganda"))
    _check_once(followers, published, but=("uganda", "missed-uganda"))


def test_updates_and_cancels_too_are_seen_once_by_whatever_people_have(
    tmp_path: Path, programs: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: tuple[type[Program], ...] = (*ALL, AtomFeed)
    monkeypatch.setenv("TOCSIN_HUB_OUTBOUND_NETWORKS", '["127.0.0.1/32"]')
    with other_server() as server, hub_child(tmp_path / "hub") as hub:
        followers: dict[tuple[str, str], Program] = {("free", "WebhookReceiver"): WebhookReceiver(hub, server)}
        for who, bound_to, lives_in in (("free", (), ("KE-047-1", "UG")), ("bound", ("KE-047-1",), ("KE-047-1",))):
            token = _token(hub, who, bound_to)
            followers |= {(who, kind.__name__): kind(hub.address, token) for kind in kinds}
            code = hub.ask("POST", "/v1/enrolment-codes", json={"areas": lives_in, "name": who}).json()["code"]
            followers[who, "FieldDevice"] = FieldDevice(hub.address, code, tmp_path / who)
        for program in followers.values():
            programs.append(program)
            program.start()
        wait_until(lambda: all(one.is_ready for one in programs), "all follow")

        for identifier, audience in (
            ("all", {"everyone": True}),
            ("nairobi", {"areas": ["KE-047"]}),
            ("uganda", {"areas": ["UG"]}),
        ):
            _publish(hub, identifier, audience)
        _follow(hub, "update", "nairobi", "nairobi-2")
        _follow(hub, "update", "uganda", "uganda-2")
        _follow(hub, "cancel", "nairobi-2", "nairobi-3")
        _follow(hub, "cancel", "uganda-2", "uganda-3")
        _follow(hub, "cancel", "all", "all-2")
        published, but = ["all", "nairobi", "nairobi-2", "nairobi-3", "all-2"], ("uganda", "uganda-2", "uganda-3")
        _until_seen(followers, published, but)
        _publish(hub, "end", {"everyone": True})  # all carry alerts in order: what comes twice has come when this has
        _until_seen(followers, [*published, "end"], but)
        _check_once(followers, [*published, "end"], but)


def test_what_a_stomp_client_has_not_acknowledged_comes_again_to_the_next(
    tmp_path: Path, programs: list[Program]
) -> None:
    everyone = {"everyone": True}

    def begin(hub: HubChild, *, acknowledges: bool) -> dict[tuple[str, str], Program]:
        """Each of them, on a connection of its own, under the durable name that it always has."""
        found: dict[tuple[str, str], Program] = {}
        for kind in (StompJs, WebStomp, StompPy):
            one = found["free", kind.__name__] = kind(hub.address, hub.tokens[Role.VIEWER])
            one.acknowledges = acknowledges
            programs.append(one)
            one.start()
        wait_until(lambda: all(one.is_ready for one in found.values()), "all follow")
        return found

    def end(followers: dict[tuple[str, str], Program]) -> None:
        for one in followers.values():
            one.stop()
            programs.remove(one)

    with hub_child(tmp_path / "hub") as hub:
        silent = begin(hub, acknowledges=False)
        for identifier in ("one", "two"):
            _publish(hub, identifier, everyone)
        _until_seen(silent, ["one", "two"], ())
        end(silent)
        number = _publish(hub, "three", everyone)
        diligent = begin(hub, acknowledges=True)
        _until_seen(diligent, ["one", "two", "three"], ())
        _until_acknowledged(hub, number, durable=3)
        end(diligent)
        _publish(hub, "four", everyone)
        last = begin(hub, acknowledges=True)
        _until_seen(last, ["four"], ())
        _check_once(silent, ["one", "two"], ())
        _check_once(diligent, ["one", "two", "three"], ())
        _check_once(last, ["four"], ())


def _follow(hub: HubChild, what: str, identifier: str, new: str) -> None:
    alert = {name: value for name, value in warning(new).items() if name != "msgType"}
    body = {"alert": alert if what == "update" else {"identifier": new}}
    said = hub.ask("POST", f"/v1/alerts/{identifier}/{what}", json=body)
    assert said.status_code == 201, said.text


def _wanted(who: str, published: list[str], but: tuple[str, ...]) -> Counter[str]:
    return Counter([*published, *(but if who == "free" else ())])


def _check_once(followers: dict[tuple[str, str], Program], published: list[str], but: tuple[str, ...]) -> None:
    """Each has seen what it may see once, and nothing else."""
    wrong = {key: one.seen for key, one in followers.items() if Counter(one.seen) != _wanted(key[0], published, but)}
    assert not wrong, f"not what each may see, once: {wrong}"
    errors = {key: one.errors for key, one in followers.items() if one.errors}
    assert not errors, errors


def _until_seen(followers: dict[tuple[str, str], Program], published: list[str], but: tuple[str, ...]) -> None:
    """Wait until each has what it may see; `but`: what only who is bound to nothing does."""

    def lacking() -> dict[tuple[str, str], set[str]]:
        return {
            key: lacks
            for key, program in followers.items()
            if (lacks := set(_wanted(key[0], published, but)) - set(program.seen))
        }

    try:
        wait_until(lambda: not lacking(), "everything was seen")
    except AssertionError:
        seen = {key: program.seen for key, program in followers.items()}
        raise AssertionError(f"never seen: {lacking()}; seen: {seen}") from None
