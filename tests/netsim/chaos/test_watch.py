"""A watched site: samples are written, and a store that somebody has broken is caught by the verdict."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from netsim.chaos.record import Recorder, read_record
from netsim.chaos.watch import CONNECTED_SECONDS, Watch
from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks
from tests.netsim.site.publishing import publish, until_connected, until_has
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("watched"), ToxiproxyLinks("embedded", seed=1), people(1)) as made:
        yield made


def test_samples_and_verdicts_and_what_a_broken_store_brings(site: Site, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "record.sqlite")
    answered: list[tuple[str, int]] = []
    watch = Watch(site, recorder, lambda: answered, lambda _: len(answered))
    (device,) = site.devices
    until_connected(device)
    key = publish(site, "watched", severity="Extreme")
    number = site.hub.said("GET", "/v1/alerts/watched", 200)["number"]
    answered.append((key, number))
    until_has(device, key)
    wait_until(lambda: watch.verdict().is_clean, "everything is in its place")

    watch.sample(1.0)
    watch.traffic(1.0)
    assert watch.wrong_now(1.5) == {}
    found = read_record(recorder.file)
    assert [(row.device, row.has, row.due, row.connection, row.link) for row in found.samples] == [
        ("amina", 1, 1, "CONNECTED", "open")
    ]
    assert found.hub[0].state == "up" and found.traffic[0].connections >= 1 and found.kinds

    wait_until(lambda: watch.verdict().confirmed == 1, "the hub has the device's word")
    with closing(sqlite3.connect(device.database)) as db, db:
        db.execute("DELETE FROM alert")
    pair = (device.device, key)
    assert watch.verdict().wrong == {"lost": (("amina", key),), "claimed_without_proof": (pair,)}
    assert watch.wrong_now(1.0 + CONNECTED_SECONDS) == {"claimed_without_proof": (pair,)}
    assert not watch.is_calm(), "it may still come"
    recorder.close()


def test_what_no_waiting_puts_right_is_not_waited_for(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path / "record.sqlite")
    watch = Watch(site, recorder, list, lambda _: 0)
    for wrong, is_calm in ({}, True), ({"doubled": ()}, True), ({"doubled": (), "lost": ()}, False):
        monkeypatch.setattr(Watch, "verdict", lambda _, wrong=wrong: SimpleNamespace(wrong=wrong))
        assert watch.is_calm() == is_calm, wrong
    recorder.close()


def test_nothing_is_said_until_everybody_is_back_from_a_restore(site: Site, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "record.sqlite")
    watch = Watch(site, recorder, lambda: [("lost,1", 99)], lambda _: 0)
    (device,) = site.devices
    until_connected(device)
    watch.sample(1.0)
    assert set(watch.wrong_now(1.0 + CONNECTED_SECONDS)) >= {"forgotten_by_hub"}
    device.restore(device.backup())
    assert watch.wrong_now(10.0) == {}
    until_connected(device)
    watch.sample(20.0)
    assert watch.wrong_now(20.5) == {}
    assert set(watch.wrong_now(20.0 + CONNECTED_SECONDS)) >= {"forgotten_by_hub"}
    recorder.close()
