"""The page has every fault, with its options, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsim.commands.fault import options_of
from netsim.faults.link_fault import LinkFault
from netsim.faults.table import FAULTS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "faults.md").read_text(encoding="utf-8")


def _rows(title: str) -> dict[str, list[str]]:
    """Fault -> the cells of its row, in the section with this title."""
    section = PAGE.partition(f"## {title}")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:3] == "| `"]
    return {name: row for row in rows for name in re.findall(r"`([a-z-]+)`", row[0]) if name in FAULTS}


def test_every_fault_is_on_the_page_and_no_other() -> None:
    of_links = {name for name, kind in FAULTS.items() if issubclass(kind, LinkFault)}
    assert set(_rows("Of a link")) == of_links
    assert set(_rows("Of a hub and its devices")) == set(FAULTS) - of_links


@pytest.mark.parametrize("name", FAULTS)
def test_every_option_of_a_fault_is_on_the_page(name: str) -> None:
    rows = _rows("Of a link") | _rows("Of a hub and its devices")
    described = set(re.findall(r"`(\w+)`", rows[name][-1]))
    options = {key: words for key, words in options_of(name).items() if key != "wall"}
    assert set(options) <= described
    for words in options.values():
        assert {word for word in words if word not in ("valid", "expired")} <= set(
            re.findall(r"`([\w-]+)`", rows[name][-1])
        )


def test_every_option_of_the_command_is_on_the_page() -> None:
    source = (Path(__file__).resolve().parents[3] / "netsim" / "commands" / "fault.py").read_text(encoding="utf-8")
    named = set(re.findall(r'name=\(?((?:"--[a-z-]+"(?:, )?)+)', source))
    flags = {flag for group in named for flag in re.findall(r"--[a-z-]+", group)}
    flags |= {"--listen", "--after", "--every", "--times", "--profile", "--via", "--tls", "--authority-file", "--seed"}
    table = PAGE.partition("### The command")[2].partition("\n## ")[0]
    assert flags == set(
        re.findall(
            r"`(--[a-z-]+)", "\n".join(line.partition(" | ")[0] for line in table.splitlines() if line[:3] == "| `")
        )
    )
