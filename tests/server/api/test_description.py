"""The document and the page, as the hub serves them."""

from __future__ import annotations

from html.parser import HTMLParser

from server.api.problems import PROBLEMS
from server.api.routes import ROUTES
from tests.support.hub import RunningHub


class Page(HTMLParser):
    """Tags, identifiers and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.links.add(value)


def test_the_page_shows_every_operation_and_problem_without_scripts_or_other_hosts(hub: RunningHub) -> None:
    response = hub.ask("GET", "/v1/docs", role=None)
    page = Page(response.text)
    assert "script" not in page.tags and not [link for link in page.links if not link.startswith(("#", "/v1/"))]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert all(f"<code>{path}</code>" in response.text for path in ROUTES)
    assert set(PROBLEMS) <= page.ids, "the type of a problem leads to its words"
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids


def test_the_document_can_be_read_by_pages_from_elsewhere(hub: RunningHub) -> None:
    response = hub.ask("GET", "/v1/openapi.json", role=None)
    assert response.json()["openapi"].startswith("3.1")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
