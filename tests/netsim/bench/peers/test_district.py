"""A district is a name that every broker takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netsim.bench.peers.district import district_of
from netsim.bench.wire.corpus import read_corpus
from tests.netsim.bench.wire.lines import line, write_lines


@pytest.mark.parametrize(
    ("fields", "district"),
    [
        ({"geocodes": ["YE-AD-0103", "YE-AD"]}, "YE-AD-0103"),
        ({"geocodes": [], "area": "Clark; Cowlitz; Pacific"}, "Clark-Cowlitz-Pacific"),
        ({"geocodes": [], "area": "حي الفنار"}, "all"),
        ({"geocodes": [], "area": ""}, "all"),
        ({"geocodes": ["a/+/#"]}, "a"),
        ({"geocodes": ["x" * 100]}, "x" * 48),
    ],
)
def test_the_first_code_or_the_first_words(tmp_path: Path, fields: dict[str, Any], district: str) -> None:
    (row,) = read_corpus(write_lines(tmp_path / "a.jsonl", line(**fields)))
    assert district_of(row.alert) == district
