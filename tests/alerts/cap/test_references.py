"""Earlier alerts, as an alert names them."""

from __future__ import annotations

from alerts.cap.references import Reference, references_in


def test_triples_are_divided_by_white_space() -> None:
    text = "\n a@x,1,2026-03-01T08:30:00+03:00\n  b@y,2,2026-03-01T08:30:00+03:00 "
    assert [reference.key for reference in references_in(text)] == ["a@x,1", "b@y,2"]


def test_what_is_no_triple_is_passed_over_and_has_a_problem() -> None:
    assert references_in("a,1 ,,, a,1,2,3 a,,2") == ()
    assert references_in(None) == ()
    assert "not a triple" in str(Reference.problem("a,1"))
    assert Reference.problem("a,1,t") is None


def test_a_time_that_is_none_does_not_hide_the_alert() -> None:
    (reference,) = references_in("a,1,yesterday")
    assert reference.key == "a,1"
    assert "not a time" in str(reference.time_problem)
