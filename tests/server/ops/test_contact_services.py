from __future__ import annotations

from server.ops.contact_services import SERVICES, allowed


def test_default_stands_for_the_list_and_others_are_named() -> None:
    assert allowed(("default",)) == frozenset(SERVICES)
    assert allowed(("DEFAULT", "Json")) == {*SERVICES, "json"}
    assert allowed(("twilio",)) == {"twilio"}


def test_what_is_allowed_exists_and_is_nothing_that_asks_any_machine() -> None:
    from apprise import Apprise

    known: set[str] = set()
    for service in Apprise().details()["schemas"]:
        known.update(service["protocols"] or (), service["secure_protocols"] or ())
    assert set(SERVICES) <= known, set(SERVICES) - known
    generic = {
        "json",
        "jsons",
        "xml",
        "xmls",
        "form",
        "forms",
        "apprise",
        "apprises",
        "syslog",
        "rsyslog",
        "mqtt",
        "amqp",
    }
    assert generic.isdisjoint(SERVICES)
    assert len(set(SERVICES)) == len(SERVICES)
