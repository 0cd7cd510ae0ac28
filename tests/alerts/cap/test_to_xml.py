"""CAP 1.2 out: valid against the schema, and nothing lost on the way."""

from __future__ import annotations

from hypothesis import given
from lxml import etree

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from tests.support import cap_alerts
from tests.support.cap_alerts import example
from tests.support.cap_compare import differences
from tests.support.cap_schema import schema_errors


@given(cap_alerts.alerts)
def test_any_alert_comes_back_from_xml(alert: Alert) -> None:
    assert from_xml(to_xml(alert)).alert == alert


@given(cap_alerts.alerts)
def test_any_alert_is_valid_against_the_schema(alert: Alert) -> None:
    assert schema_errors(to_xml(alert)) == []


@given(cap_alerts.alerts)
def test_line_breaks_for_readers_change_nothing(alert: Alert) -> None:
    assert differences(to_xml(alert), to_xml(alert, pretty=True)) == []


def test_elements_stand_in_the_schemas_order_and_namespace() -> None:
    root = etree.fromstring(to_xml(Alert.from_json(example(note="x", code=["b", "a"]))))
    assert root.nsmap == {None: "urn:oasis:names:tc:emergency:cap:1.2"}
    names = [etree.QName(child).localname for child in root]
    assert names == ["identifier", "sender", "sent", "status", "msgType", "scope", "code", "code", "note", "info"]
    assert [code.text for code in root.iter("{*}code")] == ["b", "a"]


def test_the_comparison_sees_each_kind_of_loss() -> None:
    before = to_xml(Alert.from_json(example(note="x", code=["a", "b"])))
    for old, new in [
        (b"<note>x</note>", b""),
        (b"<code>a</code><code>b</code>", b"<code>b</code><code>a</code>"),
        (b"08:30:00+03:00", b"05:30:00+00:00"),
        (b"Kisumu", b"kisumu"),
        (b"<headline>", b"<headline>\xc2\xa0"),
    ]:
        assert old in before
        assert differences(before, before.replace(old, new, 1))
