"""The console's files: kept for ever, compressed as the browser likes, and nothing else from that folder."""

import gzip
from collections.abc import Iterator

import pytest
import requests

from server.console.built import Built, built
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), make_tokens=False) as running:
        yield running


@pytest.fixture(scope="module")
def pages() -> Built:
    found = built()
    assert isinstance(found, Built)
    return found


def _file(hub: RunningHub, name: str, coding: str) -> requests.Response:
    return hub.ask("GET", f"/console/static/{name}", role=None, headers={"Accept-Encoding": coding}, stream=True)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("br, gzip", "br"), ("gzip, deflate", "gzip"), ("gzip;q=0, identity", None), ("*", "br"), ("identity", None)],
)
def test_the_smallest_that_the_browser_takes(hub: RunningHub, pages: Built, accepted: str, coding: str | None) -> None:
    answer = _file(hub, pages.script, accepted)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, coding)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Vary"] == "Accept-Encoding"


def test_compressed_or_not_it_is_the_same_file(hub: RunningHub, pages: Built) -> None:
    plain = (pages.folder / pages.style).read_bytes()
    assert _file(hub, pages.style, "identity").content == plain
    assert gzip.decompress(_file(hub, pages.style, "gzip").raw.read()) == plain


@pytest.mark.parametrize("name", ["manifest.json", "..%2Fshell.py", "%2e%2e", "nothing.js", ".built"])
def test_there_is_nothing_else(hub: RunningHub, name: str) -> None:
    answer = hub.ask("GET", f"/console/static/{name}", role=None)
    assert answer.status_code == 404 and answer.json()["type"].endswith("not-found")
