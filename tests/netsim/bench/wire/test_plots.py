"""The pictures are SVG, name every encoding, and come out the same."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from netsim.bench.wire.corpus import read_corpus
from netsim.bench.wire.measure import report
from netsim.bench.wire.plots import draw
from tests.netsim.bench.wire.lines import line, write_lines


def test_the_same_report_draws_the_same_pictures(tmp_path: Path) -> None:
    lines = [line(sent=index + 1, description="word " * index) for index in range(1, 120, 10)]
    made = report(read_corpus(write_lines(tmp_path / "a.jsonl", *lines)), [])
    first, second = (draw(made, tmp_path / name) for name in ("first", "second"))
    assert [file.name for file in first] == ["wire.svg", "wire-distribution.svg"]
    for file, again in zip(first, second, strict=True):
        text = file.read_text(encoding="utf-8")
        assert text == again.read_text(encoding="utf-8")
        assert etree.fromstring(text.encode()).tag == "{http://www.w3.org/2000/svg}svg"
        assert all(name in text for name in made.sizes)
        assert "<dc:date>" not in text
