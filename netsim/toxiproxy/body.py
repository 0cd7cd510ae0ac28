"""Request bodies, read as a Go program reads them, so that every client of Toxiproxy is understood.

The first JSON value counts and what follows it is ignored; names of fields match whatever their case; null and unknown
fields are ignored; a value of the wrong type is refused, and a whole number must be written as one.
"""

from __future__ import annotations

import json
from typing import NoReturn

from netsim.toxiproxy.refusals import BadRequestBodyError

INTEGER_MAX = 2**63 - 1
FLOAT32_MAX = 3.4028235e38


def parse(body: bytes) -> object:
    """The first JSON value of `body`; raises BadRequestBodyError."""
    text = body.decode("utf-8", "replace").lstrip(" \t\r\n")
    if not text:
        raise BadRequestBodyError("EOF")
    try:
        value: object = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode(text)[0]
    except (ValueError, RecursionError) as error:
        raise BadRequestBodyError(f"not JSON: {error}") from error
    return value


def parse_list(body: bytes) -> list[Fields]:
    """A JSON array of objects; null is an empty one."""
    value = parse(body)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRequestBodyError(f"expected an array, found {_named(value)}")
    return [Fields(item, f"[{index}]") for index, item in enumerate(value)]


class Fields:
    """The fields of one JSON object. Every reader returns `default` where the field is absent or null."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict | None):
            raise BadRequestBodyError(f"{path or 'body'}: expected an object, found {_named(value)}")
        self._path = path
        self._fields = {str(name).lower(): field for name, field in (value or {}).items()}

    def text(self, name: str, default: str) -> str:
        value = self._get(name, default)
        return value if isinstance(value, str) else self._refuse(name, "a string", value)

    def flag(self, name: str, default: bool) -> bool:
        value = self._get(name, default)
        return value if isinstance(value, bool) else self._refuse(name, "true or false", value)

    def integer(self, name: str, default: int) -> int:
        value = self._get(name, default)
        fits = type(value) is int and -INTEGER_MAX - 1 <= value <= INTEGER_MAX
        return value if fits and isinstance(value, int) else self._refuse(name, "a whole number of 64 bits", value)

    def number(self, name: str, default: float) -> float:
        value = self._get(name, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FLOAT32_MAX
        return float(value) if fits and isinstance(value, int | float) else self._refuse(name, "a number", value)

    def fields(self, name: str) -> Fields:
        return Fields(self._get(name, None), f"{self._path}.{name}".lstrip("."))

    def _get(self, name: str, default: object) -> object:
        value = self._fields.get(name.lower())
        return default if value is None else value

    def _refuse(self, name: str, expected: str, found: object) -> NoReturn:
        path = f"{self._path}.{name}".lstrip(".")
        raise BadRequestBodyError(f"{path}: expected {expected}, found {_named(found)}")


def _named(value: object) -> str:
    kinds = {dict: "an object", list: "an array", bool: "a boolean", str: "a string", type(None): "null"}
    return kinds.get(type(value)) or f"the number {value!r:.40}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
