"""Writing an alert, having it approved by somebody else, reading it, updating and cancelling it; and text that is hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.hub import Role
from tests.support.browser import HOSTILE, Seat, check_accessible, check_narrow, look, seat
from tests.support.extreme import alert_body
from tests.support.hub import RunningHub, running_hub

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    data = tmp_path_factory.mktemp("hub")
    with running_hub(data, second_person="Extreme", cost_per_megabyte=120.0, currency="KES") as running:
        areas = [("KE", "Kenya"), ("KE-042", "Kisumu"), ("KE-047", "Nairobi"), ("UG", "Uganda")]
        running.do(running.hub.import_areas(areas))
        for language in ("sw", "en", "fr"):
            running.enrol(areas=("KE-047",), roles=("chw",), languages=(language,))
        yield running


@pytest.fixture(scope="module")
def author(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub, Role.AUTHOR, name="amina") as one:
        yield one


@pytest.fixture(scope="module")
def approver(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub, Role.APPROVER, name="otieno") as one:
        yield one


def compose_flood(page: Page) -> None:
    """From the template, in both its languages, for Nairobi."""
    page.get_by_label("Who sends it").fill("ops@health.example")
    page.get_by_label("Begin with a template").select_option("flood")
    page.get_by_role("button", name="Use this template").click()
    for blank in ("which river or place", "from when on", "where to go", "a telephone number"):
        for language in ("English", "French"):
            page.get_by_label(f"{blank} ({language})").fill("0800 7" if "telephone" in blank else "Tana")
    page.get_by_role("button", name="Fill them in").click()
    page.get_by_label(re.compile("^Nairobi")).check()


def test_an_extreme_alert_is_written_by_one_and_approved_by_another(
    author: Seat, approver: Seat, hub: RunningHub
) -> None:
    page = author.open("/console/compose")
    compose_flood(page)
    page.get_by_label("Extreme", exact=True).check()
    expect(page.get_by_text("1 device asks for Swahili")).to_be_visible()
    expect(page.get_by_text("Ready for 3 devices.")).to_be_visible()
    expect(page.locator(".phone-headline")).to_have_text("Flood at Tana from Tana: go to Tana")
    expect(page.get_by_text(re.compile(r"^Kept as draft"))).to_be_visible()
    look(page, "compose")
    page.get_by_role("button", name="Hand in for approval…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("3 devices in 1 area")).to_be_visible()
    look(page, "publish-dialog")
    dialog.get_by_role("button", name="Hand it in", exact=True).click()
    expect(page.get_by_text("You have written in it, so somebody else must decide.")).to_be_visible()
    number = page.url.rpartition("/")[2]

    page = approver.open("/console/drafts")
    look(page, "drafts")
    page.get_by_role("link", name="Flood at Tana from Tana: go to Tana").click()
    expect(page.get_by_text("3 devices in 1 area")).to_be_visible()
    look(page, "draft")
    head = hub.hub.log.head
    page.get_by_role("button", name="Approve: it goes out now").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url("**/console/alerts/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Flood at Tana from Tana: go to Tana")
    assert hub.hub.log.head == head + 1
    stored = hub.ask("GET", f"/v1/alerts/{page.url.rpartition('/')[2]}").json()
    assert [info["language"] for info in stored["alert"]["info"]] == ["en", "fr"]
    assert (stored["published_by"], stored["severity"]) == ("amina", "Extreme")
    draft = hub.ask("GET", f"/v1/drafts/{number}").json()
    assert (draft["status"], draft["decided_by"]) == ("published", "otieno")


def test_an_update_begins_from_the_alert_and_a_cancel_says_whom_it_tells(author: Seat, hub: RunningHub) -> None:
    body = {**alert_body("Severe", headline="Boil all water"), "audience": {"areas": ["KE-047"]}}
    number = hub.ask("POST", "/v1/alerts", json=body).json()["number"]
    page = author.open(f"/console/alerts/{number}")
    look(page, "alert")
    page.get_by_role("button", name="Update").click()
    headline = page.get_by_label("In one line")
    expect(headline).to_have_value("Boil all water")
    headline.fill("The water is safe again, boil it for infants")
    page.get_by_label("Moderate", exact=True).check()
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish now").click()
    page.wait_for_url("**/watch")
    newer = hub.ask("GET", f"/v1/alerts/{number}").json()["replaced_by"]
    page = author.open(f"/console/alerts/{newer}")
    expect(page.get_by_role("link", name="Boil all water")).to_be_visible()
    page.get_by_role("button", name="Cancel the alert").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("It has no words of its own.")).to_be_visible()
    assert not hub.ask("GET", f"/v1/alerts/{newer}").json()["in_force"]


def test_what_is_written_is_never_lost(author: Seat, hub: RunningHub) -> None:
    page = author.open("/console/compose")
    page.get_by_label("In one line").fill("First words")
    expect(page.get_by_text(re.compile(r"^Kept as draft"))).to_be_visible()
    number = page.url.rpartition("/")[2]
    author.context.set_offline(True)
    page.get_by_label("In one line").fill("Words without a line")
    expect(page.get_by_text("The hub cannot be reached. Your words are kept on this computer")).to_be_visible()
    author.context.set_offline(False)
    expect(page.get_by_text(f"Kept as draft {number}.")).to_be_visible()
    draft = hub.ask("GET", f"/v1/drafts/{number}").json()
    assert draft["headline"] == "Words without a line"
    hub.ask("PUT", f"/v1/drafts/{number}", json={"alert": {}, "version": draft["version"]})
    page.get_by_label("In one line").fill("Mine")
    page.get_by_role("button", name="Put mine in its place").click()
    expect(page.get_by_text(f"Kept as draft {number}.")).to_be_visible()
    assert hub.ask("GET", f"/v1/drafts/{number}").json()["headline"] == "Mine"


def test_hostile_text_is_shown_as_text(author: Seat, hub: RunningHub) -> None:
    body = alert_body("Minor", headline=HOSTILE["script"], status="Exercise", note=HOSTILE["override"])
    info = body["alert"]["info"][0]
    body["alert"]["info"] = [
        {
            **info,
            "event": HOSTILE["html"],
            "description": HOSTILE["long"],
            "instruction": HOSTILE["emoji"],
            "contact": HOSTILE["override"],
        }
    ]
    number = hub.ask("POST", "/v1/alerts", json=body).json()["number"]
    draft = hub.ask("POST", "/v1/drafts", json=body).json()["id"]
    page = author.open("/console/alerts")
    look(page, "alerts")
    expect(page.get_by_role("link", name=HOSTILE["script"])).to_be_visible()
    for path in (f"/console/alerts/{number}", f"/console/drafts/{draft}", f"/console/compose/{draft}"):
        page = author.open(path)
        expect(page.get_by_text("This is an exercise. Nobody is in danger.")).to_be_visible()
        for words in HOSTILE.values():
            expect(page.locator("bdi", has_text=words).first).to_be_visible()
        assert page.locator("main img, main script, main b").count() == 0
        check_accessible(page)
        check_narrow(page)
        page.set_viewport_size({"width": 1366, "height": 768})
        assert "broken" not in page.title().partition(" · ")[2]
