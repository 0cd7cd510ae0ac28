"""Alert → CAP 1.2 XML, in the schema's order, with the texts and times that came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from alerts.cap.elements import NAMESPACE_1_2, elements_of
from alerts.cap.model import Alert, CapModel


def to_xml(alert: Alert, *, pretty: bool = False) -> bytes:
    """The alert as a UTF-8 document; `pretty` breaks lines and indents."""
    prefixes: Any = {None: NAMESPACE_1_2}  # the stubs do not know the default namespace
    root = etree.Element(f"{{{NAMESPACE_1_2}}}alert", nsmap=prefixes)
    _append_parts(root, alert)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=pretty)


def _append_parts(parent: etree._Element, part: CapModel) -> None:
    for name, element in elements_of(type(part)).items():
        for value in _values(getattr(part, element.attribute)):
            child = etree.SubElement(parent, f"{{{NAMESPACE_1_2}}}{name}")
            if isinstance(value, CapModel):
                _append_parts(child, value)
            else:
                child.text = str(value)


def _values(value: object) -> Sequence[object]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
