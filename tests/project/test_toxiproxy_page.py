"""What docs/toxiproxy.md leaves out, or says differently, fails."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from netsim.commands.proxy import proxy
from netsim.toxiproxy.api import ERRORS, ROUTES
from netsim.toxiproxy.control import Link
from netsim.toxiproxy.metrics import LABELS
from netsim.toxiproxy.toxics.toxic import TOXICS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "toxiproxy.md").read_text(encoding="utf-8")


def _table(*titles: str) -> list[list[str]]:
    """The rows of the table with these titles."""
    title = re.escape(f"| {' | '.join(titles)} |")
    found = re.search(rf"^{title}\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found, f"docs/toxiproxy.md has no table of {titles}"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found[1].splitlines()]


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_toxic_is_described_with_its_attributes() -> None:
    described = {_quoted(row[0])[0]: _quoted(row[1]) for row in _table("toxic", "attributes", "on each connection")}
    assert described == {name: list(toxic().attributes()) for name, toxic in TOXICS.items()}


def test_the_page_says_what_packet_loss_is() -> None:
    assert "It does not lose packets,\nit corrupts the stream" in PAGE


def test_every_route_is_described_with_its_methods() -> None:
    described = {_quoted(row[0])[0]: row[1] for row in _table("route", "methods")}
    routes: dict[str, str] = {}
    for method, path, _ in ROUTES:
        path = path.replace("_name}", "}")
        routes[path] = f"{routes[path]}, {method}" if path in routes else method
    assert {
        path: words.replace("any, and only with one of the options above", "*") for path, words in described.items()
    } == routes


def test_every_refusal_is_described_with_its_status() -> None:
    described = {words: int(row[0]) for row in _table("status", "error") for words in _quoted(row[1])}
    assert described == {words or "listen tcp …": status for words, status in ERRORS.values()}


def test_every_option_is_described() -> None:
    described = {_quoted(row[0])[0].split()[0] for row in _table("option", "meaning")}
    assert described == {f"--{name.replace('_', '-')}" for name in inspect.signature(proxy).parameters}


@pytest.mark.parametrize("label", LABELS)
def test_every_label_of_the_metrics_is_named(label: str) -> None:
    assert f"`{label}`" in PAGE


def test_every_call_on_a_link_is_described() -> None:
    described = {_quoted(row[0])[0].partition("(")[0] for row in _table("call", "what happens", "until")}
    assert described == {name for name in vars(Link) if not name.startswith("_")} - {"close"}
