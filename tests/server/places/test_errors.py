"""Why something about places is refused."""

from __future__ import annotations

from server.places.errors import AlreadyEnrolledError, ShapeError, UnknownReferenceError


def test_an_error_names_what_it_is_about_and_what_would_be_right() -> None:
    assert str(UnknownReferenceError(["A1", "B2"])) == "the roster has no such rows: A1, B2"
    assert AlreadyEnrolledError(["A1"]).references == ("A1",)
    assert str(ShapeError("it is a Point", "a Polygon")) == "it is a Point; needed: a Polygon"
