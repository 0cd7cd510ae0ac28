"""The console's document: the same at each of its addresses, and what may run in it."""

from collections.abc import Iterator

import pytest

from server.console import shell
from server.console.built import Built, NotBuilt, built
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), make_tokens=False) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/console", "/console/", "/console/alerts/12", "/console/no-such-page"])
def test_every_address_of_the_console_answers_the_document(hub: RunningHub, path: str) -> None:
    answer, found = hub.ask("GET", path, role=None), built()
    assert isinstance(found, Built)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'src="/console/static/{found.script}"' in answer.text
    assert hub.ask("HEAD", path, role=None).status_code == 200


def test_nothing_may_run_that_is_not_a_file_of_this_hub(hub: RunningHub) -> None:
    answer = hub.ask("GET", "/", role=None)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and "unsafe" not in " ".join(policy.values())
    assert "<style" not in answer.text and "style=" not in answer.text and "<script>" not in answer.text


def test_a_hub_without_pages_says_why(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "built", lambda: NotBuilt("npm ci: <no network>"))
    answer = hub.ask("GET", "/", role=None)
    assert answer.status_code == 503 and "npm ci: &lt;no network&gt;" in answer.text


def test_it_takes_no_form(hub: RunningHub) -> None:
    answer = hub.ask("POST", "/", role=None, data={"a": "b"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
