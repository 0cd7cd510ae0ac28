"""The settings of feeds on their pages: all that the API takes, and what it refuses beside its field; in a real browser at a real
hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.hub import Role
from tests.support.browser import Seat, check_accessible, look, screenshot, seat
from tests.support.hub import RunningHub, running_hub
from tests.support.signing_keys import make_identity

pytestmark = pytest.mark.needs("chromium")
ADDRESS = "https://met.example/cap.atom"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-047", "Nairobi")]))
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub) as one:
        yield one


def add(hub: RunningHub, name: str, **settings: Any) -> None:
    """A feed of this name, which is not asked."""
    said = hub.ask("POST", "/v1/feeds-in", json={"name": name, "address": ADDRESS, "paused": True, **settings})
    assert said.status_code == 201, said.text


def kept(hub: RunningHub, name: str) -> dict[str, Any]:
    """A feed as the hub has it."""
    found: dict[str, Any] = hub.ask("GET", f"/v1/feeds-in/{name}").json()
    return found


def save(page: Page) -> None:
    """Press Save, and see that it is done."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()


def test_everything_that_the_api_takes_is_set_on_the_page(desk: Seat, hub: RunningHub) -> None:
    add(hub, "met", authorization="Bearer old")
    key = make_identity("met").public_key
    page = desk.open("/console/feeds/met")
    page.get_by_role("checkbox", name="Exercise").check()
    page.get_by_role("checkbox", name="Cancels").uncheck()
    page.get_by_role("checkbox", name="Weather").check()
    page.get_by_label("At least as grave as").select_option("Severe")
    page.get_by_label("At least as urgent as").select_option("Expected")
    page.get_by_label("At least as sure as").select_option("Likely")
    page.get_by_label("Words in the event, one a line").fill("flood\n storm \n")
    page.get_by_label("Languages").fill("en, fr")
    page.get_by_role("button", name="Add a code").click()
    page.get_by_role("button", name="Add a code").click()
    for number, (name, before) in enumerate((("P-code", ""), ("UGC", "US-")), 1):
        row = page.get_by_role("group", name=f"Code {number}")
        row.get_by_label("Name of the code").fill(name)
        row.get_by_label("What to put before its value").fill(before)
    page.get_by_role("radio", name="Only signed by somebody trusted").check()
    page.get_by_label("Whom to trust").fill(key)
    page.get_by_role("textbox", name="The header Authorization").fill("Bearer new")
    save(page)
    found = kept(hub, "met")
    assert found["filter"] == {
        "statuses": ["Actual", "Exercise"],
        "msg_types": ["Alert", "Update"],
        "categories": ["Met"],
        "severity_at_least": "Severe",
        "urgency_at_least": "Expected",
        "certainty_at_least": "Likely",
        "events": ["flood", "storm"],
        "languages": ["en", "fr"],
    }
    assert (found["geocodes"], found["signatures"]) == ({"P-code": "", "UGC": "US-"}, "require")
    assert found["trusted"].strip() == key.strip()
    expect(page.get_by_role("definition").filter(has_text="P-code → …, UGC → US-…")).to_be_visible()
    assert "Bearer" not in page.content()
    look(page, "feed-settings")

    page = desk.open("/console/feeds/met")
    page.get_by_role("group", name="Code 1").get_by_role("button", name="Take this code out").click()
    page.get_by_role("checkbox", name="Forget the header Authorization").check()
    save(page)
    again = kept(hub, "met")
    assert (again["geocodes"], again["authorization"]) == ({"UGC": "US-"}, "")
    same = ("filter", "trusted", "audience", "policy", "paused", "address", "interval_seconds")
    assert {name: again[name] for name in same} == {name: found[name] for name in same}


def test_what_the_hub_refuses_stands_beside_its_field(desk: Seat, hub: RunningHub) -> None:
    add(hub, "who")
    page = desk.open("/console/feeds/who")
    wait = page.get_by_label("How often it is asked, in seconds")
    wait.fill("3")
    page.get_by_label("Languages").fill("not!one")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(wait).to_have_accessible_description(re.compile("greater than or equal to 30"))
    expect(page.get_by_label("Languages")).to_have_attribute("aria-invalid", "true")
    wait.fill("300")
    page.get_by_label("Languages").fill("")
    page.get_by_role("radio", name="Alerts are published at once").check()
    page.get_by_role("button", name="Save", exact=True).click()
    policy = page.get_by_role("group", name="What becomes of its alerts")
    expect(policy.get_by_role("alert")).to_contain_text("needs an audience")
    page.get_by_role("checkbox", name=re.compile("^Nairobi")).check()
    page.get_by_label("Whom to trust").fill("no key")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Whom to trust")).to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    screenshot(page, "feed-refused")
    page.get_by_label("Whom to trust").fill("")
    save(page)
    found = kept(hub, "who")
    assert (found["policy"], found["audience"]["areas"], found["interval_seconds"]) == ("pass", ["KE-047"], 300)


def test_a_new_feed_begins_with_all_its_settings(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/feeds")
    page.get_by_label("Name", exact=True).fill("other")
    page.get_by_label("Address", exact=True).fill("http://127.0.0.1/feed")
    page.get_by_role("button", name="Read this feed").click()
    expect(page.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_label("At least as grave as").select_option("Extreme")
    page.get_by_role("checkbox", name="Paused: it is not asked").check()
    page.get_by_role("button", name="Read this feed").click()
    expect(page.get_by_role("link", name="other")).to_be_visible()
    found = kept(hub, "other")
    assert (found["filter"]["severity_at_least"], found["paused"], found["policy"]) == ("Extreme", True, "hold")
    assert found["filter"]["msg_types"] == ["Alert", "Update", "Cancel"]
    page.get_by_label("Name", exact=True).fill("other")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_role("button", name="Read this feed").click()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")


def test_who_may_only_look_reads_what_is_set(browser: Browser, hub: RunningHub) -> None:
    add(hub, "seen", filter={"severity_at_least": "Severe", "events": ["flood"]}, geocodes={"P-code": ""})
    with seat(browser, hub, Role.VIEWER) as one:
        page = one.open("/console/feeds/seen")
        expect(page.get_by_text("At least as grave as: Severe")).to_be_visible()
        expect(page.get_by_text("With a word in the event: flood")).to_be_visible()
        assert page.get_by_role("button", name="Save", exact=True).count() == 0
