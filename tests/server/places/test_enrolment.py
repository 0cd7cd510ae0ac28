"""QR codes of enrolment sheets. Sheets themselves: tests/server/api/test_roster.py."""

from __future__ import annotations

import pytest

from server.places.enrolment import modules_of, payload_of


@pytest.mark.parametrize(
    ("address", "payload"),
    [
        ("https://hub.example", "TOCSIN:7KQ2M-XW4ZD:HTTPS://HUB.EXAMPLE"),
        ("http://192.168.1.20:8400", "TOCSIN:7KQ2M-XW4ZD:HTTP://192.168.1.20:8400"),
        ("https://health.example/Tocsin", "TOCSIN:7KQ2M-XW4ZD:https://health.example/Tocsin"),
    ],
)
def test_an_address_is_in_upper_case_unless_its_path_would_suffer(address: str, payload: str) -> None:
    assert payload_of(address, "7KQ2M-XW4ZD") == payload


def test_upper_case_makes_a_smaller_code() -> None:
    payload = payload_of("https://alerts.health.example", "7KQ2M-XW4ZD")
    small, large = modules_of(payload), modules_of(payload.lower())
    assert len(small) < len(large)
    assert all(len(row) == len(small) for row in small) and small[0].startswith("1111111")
