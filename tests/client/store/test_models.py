"""The models say what the migrations made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import peewee
import pytest

from client.store import models
from client.store.database import Database

MODELS = [kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, peewee.Model)]


@pytest.mark.parametrize("model", [kind for kind in MODELS if kind is not peewee.Model])
def test_every_model_has_its_table_and_columns(model: type[peewee.Model], tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    columns = database._db.get_columns(model._meta.table_name)
    fields = model._meta.sorted_fields
    assert {column.name: column.null for column in columns if not column.primary_key} == {
        field.column_name: field.null for field in fields if not _is_key(model, field)
    }
    keys = database._db.get_primary_keys(model._meta.table_name)
    assert set(keys) == {field.column_name for field in fields if _is_key(model, field)}


def _is_key(model: type[peewee.Model], field: peewee.Field) -> bool:
    key: Any = model._meta.primary_key
    names = key.field_names if isinstance(key, peewee.CompositeKey) else (key.name,)
    return field.name in names
