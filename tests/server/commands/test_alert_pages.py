"""What people read of an alert, its delivery and its answers."""

from __future__ import annotations

from typing import Any

from server.commands.alert_pages import answers_page, counts_words, delivery_tables, graded, page_of

ROW: dict[str, Any] = {
    "number": 7,
    "severity": "Severe",
    "in_force": False,
    "replaced_by": None,
    "published_by": "ministry",
    "expires": "2026-11-29T12:00:00Z",
    "published_at": "2026-11-28T12:00:00Z",
    "audience": {"areas": ["KE"], "roles": [], "devices": [], "everyone": False},
    "alert": {"sender": "a@b", "identifier": "x", "status": "Actual", "msgType": "Cancel", "note": "It is over."},
}


def test_what_an_alert_lacks_is_not_shown() -> None:
    assert page_of(ROW).splitlines() == [
        "7  a@b,x",
        "Actual Cancel, Severe, over",
        "for KE, until 2026-11-29 12:00Z",
        "published 2026-11-28 12:00Z by ministry",
        "note: It is over.",
    ]


def test_an_info_without_a_headline_ends_with_its_event() -> None:
    info = {"event": "Heat", "urgency": "Past", "severity": "Minor", "certainty": "Likely", "area": []}
    page = page_of(ROW | {"alert": ROW["alert"] | {"info": [info]}})
    assert page.endswith("\n\n[en-US] Heat\n  Past, Minor, Likely")


def test_counts_in_words_leave_out_what_is_not() -> None:
    assert counts_words({"addressed": 1200, "delivered": 0, "seen": 3}) == "1,200 addressed, 3 seen"
    assert counts_words({"addressed": 0}) == "no device"


def test_a_delivery_without_devices_is_counts_alone() -> None:
    assert len(delivery_tables({"number": 7, "counts": {"seen": 1}, "devices": []})) == 1


def answered(question: dict[str, Any], tally: dict[str, Any], value: Any) -> str:
    asked = {"text": "?", "choices": [], "unit": None, **question}
    full = {"count": 2, "late": 1, "yes": None, "no": None, "choices": None, "numbers": None, **tally}
    device = {"device": "d", "name": "n", "areas": ["KE"], "value": value, "answered_at": None, "late": True}
    found = {"number": 7, "questions": [asked], "tally": full, "areas": [{"area": "KE", **full}], "devices": [device]}
    words, tables = answers_page(found)
    return words + "".join(str(list(column.cells)) for table in tables for column in table.columns)


def test_each_kind_of_answer_is_counted_and_said_in_words() -> None:
    yes_no = answered({"answer": "yes-no"}, {"yes": 1, "no": 1}, True)
    assert "2 devices answered, 1 of them late" in yes_no and "yes 1, no 1" in yes_no and "['yes']" in yes_no
    one_of = answered({"answer": "one-of", "choices": ["open", "flooded"]}, {"choices": [0, 2]}, 1)
    assert "open: 0" in one_of and "flooded: 2" in one_of and "['flooded']" in one_of
    numbers = {"min": 1, "median": 2.5, "max": 4000, "sum": 4005}
    number = answered({"answer": "number", "unit": "doses"}, {"numbers": numbers}, 4000)
    assert "from 1 to 4,000 doses, median 2.5, together 4,005" in number and "['4000 doses']" in number
    empty = {"min": None, "median": None, "max": None, "sum": 0}
    assert "from" not in answered({"answer": "number"}, {"numbers": empty}, 1)
    assert "['a pump']" in answered({"answer": "text"}, {}, "a pump")


def test_what_is_not_real_cannot_be_overlooked_in_a_list() -> None:
    assert graded({"status": "Actual", "severity": "Severe"}) == "Severe"
    assert graded({"status": "Exercise", "severity": "Severe"}) == "*** EXERCISE *** Severe"
