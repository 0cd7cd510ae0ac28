from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UnknownAreaError, UserError
from server.store import areas
from server.store.records import AreaRow
from tests.support.stores import fresh_database

LIST = [("KE-047", "Nairobi"), ("UG", "Uganda")]


def test_a_code_is_known_in_the_list_and_under_it(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert areas.import_areas(db, LIST) == 2
        assert areas.check_areas(db, ["KE-047", "KE-047-0312", "UG-1-2-3"]) == ()
        assert areas.check_areas(db, []) == ()
        with pytest.raises(UnknownAreaError) as caught:
            areas.check_areas(db, ["UG", "KE", "KE-0471", "ug", "KE"])
    assert caught.value.codes == ("KE", "KE-0471", "ug")


def test_without_a_list_what_is_well_formed_is_taken_and_reported(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert "KE, TZ-1 could not be checked" in areas.check_areas(db, ["KE", "TZ-1", "KE"])[0]
        with pytest.raises(UnknownAreaError, match="K E, -KE"):
            areas.check_areas(db, ["K E", "-KE", "KE"])


def test_importing_again_renames(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        areas.import_areas(db, LIST)
        areas.import_areas(db, [(" KE-047 ", " Nairobi County ")])
        assert areas.areas(db) == [AreaRow("KE-047", "Nairobi County"), AreaRow("UG", "Uganda")]


def test_a_large_list_is_taken(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert areas.import_areas(db, ((f"A-{index}", "x") for index in range(2500))) == 2500
        assert len(areas.areas(db)) == 2500


@pytest.mark.parametrize("code", ["", "KE--1", "KE-", "KE 1", "Ä", "x" * 256])
def test_a_line_without_a_code_is_named_and_nothing_imported(tmp_path: Path, code: str) -> None:
    with fresh_database(tmp_path) as db:
        with pytest.raises(UserError, match="area 2: "):
            areas.import_areas(db, [("KE", "Kenya"), (code, "x")])
        assert areas.areas(db) == []
