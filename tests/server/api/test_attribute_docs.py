"""Descriptions come from what stands under the attributes, in the class that says what an attribute is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from server.api.attribute_docs import Described, docs_of
from server.api.openapi import make_document
from server.api.routes import ROUTES


class Parent(BaseModel):
    """What both have."""

    kept: int
    """How many
    there are."""
    renamed: int
    """Of the parent."""
    silent: int = 0


class Child(Parent):
    """Says something else of two of them."""

    renamed: int = Field(alias="onTheWire")
    """Of the child."""
    kept_too: str = Field("", description="By hand.")
    """Not this."""


class Mute(Parent):
    """Says what it is, and not why."""

    renamed: int


def properties(model: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema(schema_generator=Described)["properties"]
    return found


def test_an_attribute_is_described_by_what_stands_under_it() -> None:
    assert docs_of(Parent) == {"kept": "How many\nthere are.", "renamed": "Of the parent."}
    assert properties(Parent)["kept"]["description"] == "How many\nthere are."
    assert "description" not in properties(Parent)["silent"]


def test_the_class_that_says_it_last_counts_and_the_name_is_that_on_the_wire() -> None:
    assert properties(Child)["onTheWire"]["description"] == "Of the child."
    assert properties(Child)["kept"]["description"] == "How many\nthere are."
    assert properties(Child)["kept_too"]["description"] == "By hand."
    assert "description" not in properties(Mute)["renamed"]


def test_the_document_has_them() -> None:
    body = make_document(ROUTES)["components"]["schemas"]["PublishBody"]["properties"]
    assert "description" in body["alert"]
