from __future__ import annotations

from server.events import EVENTS, EventKind


def test_every_kind_has_its_meaning() -> None:
    assert set(EVENTS) == set(EventKind)


def test_a_kind_is_a_subject_and_what_happened_to_it() -> None:
    for kind in EventKind:
        subject, _, happened = kind.partition(".")
        assert subject.isalpha() and happened.replace("-", "").isalpha() and len(kind) <= 32
