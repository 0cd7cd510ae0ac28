"""The hub end runs a real hub, publishes what is in force, and says in words what cannot be done."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from pathlib import Path

import pytest

from alerts.cap.from_xml import from_xml
from alerts.cap.terms import MsgType, Scope
from alerts.errors import UserError
from netsim.bench.ends import End, EndError
from netsim.bench.field_end import FieldEnd
from netsim.bench.hub_end import HubEnd, alerts_in_force
from netsim.commands.bench import TOCSIN

NOW = 1_900_000_000


def join(folder: Path, hub: HubEnd) -> None:
    asyncio.run(FieldEnd(folder).join(f"http://127.0.0.1:{hub.port}", hub.code))


def test_every_alert_is_new_in_force_and_may_go_to_one_device() -> None:
    alerts = [from_xml(xml).alert for xml in alerts_in_force(100, NOW)]
    assert len({alert.key for alert in alerts}) == 100
    for alert in alerts:
        assert alert.msg_type is MsgType.ALERT
        assert alert.scope is not Scope.RESTRICTED
        assert all(info.expires is None or info.expires.seconds > NOW for info in alert.info)


def test_the_first_alerts_do_not_depend_on_how_many_are_made() -> None:
    assert list(alerts_in_force(3, NOW)) == list(islice(alerts_in_force(100, NOW), 3))


def test_a_refused_publish_is_told_with_the_hubs_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HUB_CONFIG", str(tmp_path / "not-there.toml"))  # the caller's settings do not matter
    with HubEnd(tmp_path / "hub", "127.0.0.1") as hub, pytest.raises(UserError, match=r"expected 201.*audience"):
        hub.publish(1)  # nobody has joined


def test_what_is_published_later_is_new(tmp_path: Path) -> None:
    with HubEnd(tmp_path / "hub", "127.0.0.1") as hub:
        join(tmp_path / "field", hub)
        first, second = hub.publish(3), hub.publish(2, 0.01)
    assert (len(first), len(second)) == (3, 2)
    assert not set(first) & set(second)


def test_alerts_that_are_given_are_published_under_numbers_in_turn(tmp_path: Path) -> None:
    xmls = list(alerts_in_force(2, int(time.time())))
    with HubEnd(tmp_path / "hub", "127.0.0.1") as hub:
        join(tmp_path / "field", hub)
        first, second = hub.publish_these(xmls, 0.01)
    assert [first.key, second.key] == [from_xml(xml).alert.key for xml in xmls]
    assert (second.epoch, second.number) == (first.epoch, first.number + 1)
    assert second.answered_at > first.answered_at


def test_a_hub_that_does_not_start_is_told(tmp_path: Path) -> None:
    command = [*TOCSIN.hub, str(tmp_path / "data"), "198.51.100.1"]
    with End(command, tmp_path / "hub", None) as hub, pytest.raises(EndError, match="not ready") as caught:
        hub.hear()
    assert "198.51.100.1" in caught.value.hint
