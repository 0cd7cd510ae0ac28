from __future__ import annotations

import json
import re

import pytest

from netsim.toxiproxy.go_words import float32, float64, request_id


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"), (0.0, "0"), (-1.0, "-1"), (0.5, "0.5"), (0.1, "0.1"), (0.123456789, "0.12345679"),
        (1 / 3, "0.33333334"), (16777217.0, "16777216"), (3.4028234e38, str(int(3.4028235e38))),
    ],
)  # fmt: skip
def test_a_float_has_the_digits_of_a_float32(value: float, written: str) -> None:
    assert json.dumps(float32(value)) == written


def test_a_whole_number_has_no_point() -> None:
    assert json.dumps([float64(0.0), float64(-2.0), float64(0.1), float64(7)]) == "[0, -2, 0.1, 7]"


def test_a_request_has_a_name_of_its_own() -> None:
    names = {request_id() for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch("[0-9a-v]{20}", name) for name in names)
