"""What is found while rows are read."""

from __future__ import annotations

from server.places.preview import FieldChange, Findings, RowError


def test_findings_are_counted_and_errors_come_in_the_order_of_rows() -> None:
    found = Findings(errors=[RowError(7, "", "", "x", "y")])
    found.errors.append(RowError(2, "", "", "x", "y"))
    found.note(1, "A", "a", is_new=True, fields=[])
    found.note(2, "B", "b", is_new=False, fields=[FieldChange("name", "c", "b")])
    found.note(3, "C", "c", is_new=False, fields=[])
    preview = found.preview(3, ("other",))
    assert (preview.new, preview.changed, preview.unchanged, preview.ignored) == (1, 1, 1, ("other",))
    assert [error.row for error in preview.errors] == [2, 7]
