"""What stands under the attributes of a type is its description in the OpenAPI document.

It is read from the source when the document is made. Pydantic can do so itself, but does it for every type at every start of the
hub and of each command, which takes a fifth of the time of that start.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema


class Described(GenerateJsonSchema):
    """Makes the JSON Schema of types with the descriptions of their attributes."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """One type's."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, words in docs_of(model).items():
            field = model.model_fields[name]
            keys = (name, field.alias, field.serialization_alias, field.validation_alias)
            key = next((key for key in keys if key in made.get("properties", {})), None)
            if key is not None:
                made["properties"][key].setdefault("description", words)
        return made


def docs_of(model: type[BaseModel]) -> dict[str, str]:
    """Attribute -> what stands under it, in the class that says what it is."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            for name, words in _of_module(one.__module__).get(one.__name__, {}).items():
                found.pop(name, None)
                if words is not None and name in model.model_fields:
                    found[name] = words
    return found


@cache
def _of_module(name: str) -> dict[str, dict[str, str | None]]:
    """Class -> attribute -> what stands under it."""
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {node.name: _of_class(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for one, under in pairwise([*node.body, ast.Pass()]):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found[one.target.id] = None
            if (
                isinstance(under, ast.Expr)
                and isinstance(under.value, ast.Constant)
                and isinstance(under.value.value, str)
            ):
                found[one.target.id] = inspect.cleandoc(under.value.value)
    return found
