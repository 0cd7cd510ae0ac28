"""The page: what stands in a document cannot break out of its text."""

from __future__ import annotations

from server.api.docs_page import page
from server.api.openapi import make_document
from server.api.routes import ROUTES


def test_text_stays_text() -> None:
    document = make_document(ROUTES)
    document["info"]["title"] = "<script>alert(1)</script>"
    document["info"]["description"] = 'a `b<i>` "c" & <b>'
    made = page(document)
    assert "<script>" not in made and "<code>b&lt;i&gt;</code>" in made and "&lt;b&gt;" in made


def test_lists_and_paragraphs_are_made() -> None:
    document = make_document(ROUTES)
    document["info"]["description"] = "one\ntwo\n\n- three\n- four"
    made = page(document)
    assert "<p>one two</p>" in made and "<ul><li>three<li>four</ul>" in made
