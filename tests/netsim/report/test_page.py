"""The page: the verdict in words, everything escaped, nothing from anywhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from netsim.chaos.record import FindingRow
from netsim.report.page import page, repeat_with
from tests.support.campaign_record import CLEAN, DEVICES, write_campaign


def _page(folder: Path, summary: dict[str, Any] | None, *findings: FindingRow) -> tuple[str, Any]:
    text = page(write_campaign(folder, summary, findings=findings)).decode()
    return text, html.fromstring(text)


def _verdict(tree: Any) -> str:
    (verdict,) = tree.xpath("//p[contains(@class, 'verdict')]")
    return " ".join(verdict.text_content().split())


def test_a_clean_campaign_says_so(tmp_path: Path) -> None:
    text, tree = _page(tmp_path, CLEAN)
    assert _verdict(tree).startswith("Nothing was lost")
    assert tree.xpath("//h1")[0].text == "Campaign on gprs, seed 7"
    assert "cannot reproduce: duplicated packets" in text
    assert [row.text for row in tree.xpath("//h2[text()='Devices']/following::tbody[1]/tr/td[1]")] == list(DEVICES)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lost": 2}, "Broken: 2 lost."),
        ({"shown_twice": 1, "false_acknowledgements": 3}, "Broken: 1 shown twice, 3 false acknowledgements."),
        ({"wrong": {"outdated": 1}}, "Broken: outdated."),
    ],
)
def test_a_broken_promise_is_the_first_thing_one_reads(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    _, tree = _page(tmp_path, {**CLEAN, **change}, FindingRow("lost", "amina", "s,alert-3"))
    assert _verdict(tree) == words
    assert "bad" in tree.xpath("//p[contains(@class, 'verdict')]")[0].get("class")
    assert "s,alert-3" in tree.xpath("//td/text()")


def test_what_was_broken_off_has_no_verdict(tmp_path: Path) -> None:
    _, tree = _page(tmp_path, None)
    assert "did not come to its end" in _verdict(tree)


def test_nothing_comes_from_elsewhere_and_nothing_runs(tmp_path: Path) -> None:
    text, tree = _page(tmp_path, CLEAN)
    assert not tree.xpath("//script | //link | //img | //iframe | //@onclick | //@onload")
    assert not re.search(r"""(?:src|href)=["'](?!#)""", re.sub(r'xmlns(:\w+)?="[^"]+"', "", text))
    assert "default-src 'none'" in text


def test_words_of_the_campaign_are_text(tmp_path: Path) -> None:
    text, tree = _page(tmp_path, CLEAN)
    assert "<b>Boil" not in text
    assert "&lt;b&gt;Boil water" in text
    assert "GPRS &amp; a &lt;weak&gt; cell" in text
    assert not tree.xpath("//b")


def test_the_command_repeats_the_schedule(tmp_path: Path) -> None:
    record = write_campaign(tmp_path, CLEAN)
    assert repeat_with(record) == "tocsin-netsim chaos --profile gprs --via packet --minutes 3 --devices 3 --seed 7"


def test_which_toxiproxy_it_was_belongs_to_the_command(tmp_path: Path) -> None:
    record = write_campaign(tmp_path, CLEAN)
    other = replace(record, meta={**record.meta, "via": "toxiproxy (real)"})
    assert "--via toxiproxy --toxiproxy real --minutes 3" in repeat_with(other)


def test_findings_faults_and_acts_are_listed(tmp_path: Path) -> None:
    text, tree = _page(tmp_path, CLEAN)
    assert "What the stores hold that is not as one would think</h2>\n<p>Nothing.</p>" in text
    faults = tree.xpath("//h2[text()='Faults']/following::tbody[1]/tr")
    assert [[cell.text for cell in row][:4] for row in faults][:2] == [
        ["0:40.0", "at once", "kill-hub", "hub"],
        ["1:00.0", "1:35.0", "cut", "moses"],
    ]
