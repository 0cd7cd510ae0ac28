"""The pages for what is set up: escalation, contacts, feeds and what waits in them, webhooks; in a real browser at a real hub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from server.hub import Role
from tests.support.browser import Seat, check_accessible, look, screenshot, seat
from tests.support.hub import RunningHub, running_hub

pytestmark = pytest.mark.needs("chromium")
RULE = "Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor"
PAGES = {
    "rules": "/console/rules",
    "rule": "/console/rules/extreme",
    "contacts": "/console/contacts",
    "feeds": "/console/feeds",
    "feed": "/console/feeds/met",
    "feed-items": "/console/feed-items",
    "webhooks": "/console/webhooks",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub with one of each."""
    with running_hub(tmp_path_factory.mktemp("hub"), contact_services=("default", "json")) as running:
        asked = {
            "/v1/contacts": {"name": "amina", "url": "mailto://u:p@mail.example", "roles": ["district-officer"]},
            "/v1/rules": {"name": "extreme", "rule": RULE},
            "/v1/feeds-in": {"name": "met", "address": "https://met.example/cap.atom", "paused": True},
            "/v1/webhooks": {"name": "dashboard", "url": "https://dashboard.example/hook"},
        }
        for path, body in asked.items():
            said = running.ask("POST", path, json=body)
            assert said.status_code == 201, said.text
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub) as one:
        yield one


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_accessible_and_fits_a_phone(desk: Seat, name: str) -> None:
    page = desk.open(PAGES[name])
    page.wait_for_load_state("networkidle")
    look(page, name)


def test_a_rule_is_added_with_the_keyboard_alone(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/rules")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("night")
    page.keyboard.press("Tab")
    page.keyboard.type("Severe, within: tell contact amina")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("expected")
    page.get_by_label("Rule", exact=True).fill("Severe, not seen by 50% within 1h: tell contact amina")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="night")).to_be_visible()
    assert hub.ask("GET", "/v1/rules/night").json()["made_by"] == "administrator-person"


def test_a_rule_is_switched_off_and_on_again(desk: Seat, hub: RunningHub) -> None:
    body = {"name": "evening", "rule": "Minor, after 3h: tell contact amina"}
    assert hub.ask("POST", "/v1/rules", json=body).status_code == 201
    page = desk.open("/console/rules/evening")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("The rule is switched off: it tells nobody.")).to_be_visible()
    check_accessible(page)
    screenshot(page, "rule-off")
    assert not hub.ask("GET", "/v1/rules/evening").json()["enabled"]
    page = desk.open("/console/rules")
    expect(page.get_by_role("row", name="evening")).to_contain_text("Switched off")
    page.get_by_role("link", name="evening").click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    assert hub.ask("GET", "/v1/rules/evening").json()["enabled"]


def test_a_contact_is_changed_and_its_address_stays_hidden(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/contacts")
    page.get_by_role("row", name="amina").get_by_role("button", name="Change").click()
    page.get_by_label("Areas").fill("KE-047, KE-030")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The contact is changed.")).to_be_visible()
    expect(page.get_by_role("row", name="amina")).to_contain_text("KE-047, KE-030")
    assert "mail.example" not in page.content()


def test_who_may_only_look_finds_nothing_to_press(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.VIEWER) as one:
        page = one.open("/console/contacts")
        expect(page.get_by_role("table")).to_contain_text("amina")
        assert page.get_by_role("button", name="Add a contact").count() == 0
        page = one.open("/console/webhooks")
        expect(page.get_by_role("table")).to_contain_text("dashboard")
        assert page.get_by_role("button", name="Test").count() == 0
