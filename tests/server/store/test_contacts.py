from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.errors import NameTakenError, UnknownAreaError, UnknownContactError
from server.store.areas import import_areas
from server.store.contacts import (
    Contact,
    add_contact,
    change_contact,
    check_contacts,
    contact,
    contacts,
    remove_contact,
)
from tests.support.stores import NOON, fresh_database

AMINA = Contact("amina", "twilio://secret:key@0700/0711", ("district-officer",), ("KE-047",), "sw", NOON, NOON)


def test_a_contact_is_kept_changed_and_forgotten(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        add_contact(db, AMINA)
        add_contact(db, Contact("aaron", "mailto://x"))
        assert [one.name for one in contacts(db)] == ["aaron", "amina"]
        assert contact(db, "amina") == AMINA
        with pytest.raises(NameTakenError):
            add_contact(db, AMINA)
        moved = replace(AMINA, areas=("KE-030",), url="mailto://y", changed_at=NOON + 1)
        change_contact(db, moved)
        assert contact(db, "amina") == moved
        check_contacts(db, ["amina", "aaron"])
        remove_contact(db, "amina")
        for ask in (contact, remove_contact):
            with pytest.raises(UnknownContactError):
                ask(db, "amina")
        with pytest.raises(UnknownContactError):
            change_contact(db, AMINA)


def test_areas_are_checked(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        import_areas(db, [("KE", "Kenya")])
        with pytest.raises(UnknownAreaError):
            add_contact(db, replace(AMINA, areas=("TZ",)))


def test_a_contact_is_shown_without_its_address() -> None:
    assert repr(AMINA) == "Contact('amina', twilio://…)"
    assert AMINA.service == "twilio"
