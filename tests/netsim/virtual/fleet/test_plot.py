"""The picture of a run."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from netsim.virtual.fleet.plot import draw
from netsim.virtual.fleet.scenario import Tree
from tests.netsim.virtual.fleet.worlds import run


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    done = run(devices=300, tree=Tree(1, 3), restart_s=60.0, restarted="all", alerts_s=(30.0, 61.0, 3000.0))
    for name in ("first.svg", "second.svg"):
        draw(done, tmp_path / name)
    first = (tmp_path / "first.svg").read_bytes()
    assert first == (tmp_path / "second.svg").read_bytes()
    words = "".join(map(str, etree.fromstring(first).itertext()))
    for said in ("Connections that the hubs count", "Upgrade requests", "published at 0.01 h"):
        assert said in words
    assert "published at inf" not in words
