"""The whole job with the keyboard alone: nothing is pressed with a mouse, and at each step one sees where the focus is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from server.hub import Role
from tests.server.places.test_shapes import square
from tests.support.browser import PHONE, seat
from tests.support.hub import RunningHub, running_hub
from tests.support.keyboard import Keyboard
from tests.support.people import PASSWORD, make_person

pytestmark = pytest.mark.needs("chromium")

BLANKS = {
    "which river or place": ("Tana", "Tana"),
    "from when on": ("tonight", "ce soir"),
    "where to go": ("the school", "l\u2019\u00e9cole"),
    "a telephone number": ("0800 7", "0800 7"),
}
HEADLINE = "Flood at Tana from tonight: go to the school"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """Two districts with outlines, a facility in the one, and somebody in each."""
    with running_hub(tmp_path_factory.mktemp("hub"), second_person="Extreme") as running:
        areas = [("NY", "Nyota"), ("NY-001", "Baraka"), ("NY-001-F1", "Baraka Clinic"), ("NY-002", "Chui")]
        running.do(running.hub.import_areas(areas))
        outlined = {"NY-001": square(36, 0), "NY-002": square(37, 0)}
        features = [
            {"type": "Feature", "properties": {"code": code}, "geometry": shape} for code, shape in outlined.items()
        ]
        outlines = json.dumps({"type": "FeatureCollection", "features": features})
        headers = {"Content-Type": "application/geo+json"}
        assert running.ask("POST", "/v1/imports/outlines", data=outlines, headers=headers).json()["done"]
        for area, name in (("NY-001-F1", "Amina"), ("NY-002", "Chipo")):
            running.enrol(areas=(area,), name=name, roles=("chw",))
        make_person(running, Role.AUTHOR, "wanjiru")
        make_person(running, Role.APPROVER, "otieno")
        yield running


def sign_in(keys: Keyboard, name: str, *, mistaken: bool = False) -> None:
    keys.to("textbox", "Name")
    keys.type(name)
    for password in ("not this one at all", PASSWORD) if mistaken else (PASSWORD,):
        keys.to("textbox", "Password")
        keys.type(password)
        keys.press("Enter")
        if password != PASSWORD:
            keys.is_at("group", "That was not done")
    keys.is_at("heading", "Situation")
    expect(keys.page.locator(".line")).to_contain_text("Live")


def go(keys: Keyboard, link: str, heading: str | re.Pattern[str], *, back: bool = False) -> None:
    keys.to("link", link, back=back)
    keys.press("Enter")
    keys.is_at("heading", heading)


def write_from_the_template(keys: Keyboard) -> None:
    """In the template's two languages; a third one is added and taken out again."""
    keys.to("textbox", "Who sends it")
    keys.type("ops@health.example")
    keys.to("combobox", "Begin with a template")
    keys.choose("Flood")
    keys.to("button", "Use this template")
    keys.press("Enter")
    keys.is_at("button", "Use this template")
    for blank, words in BLANKS.items():
        for language, said in zip(("English", "French"), words, strict=True):
            keys.to("textbox", f"{blank} ({language})")
            keys.type(said)
    keys.to("button", "Fill them in")
    keys.press("Space")
    keys.is_at("heading", "The words")
    expect(keys.page.locator(".phone-headline")).to_have_text(HEADLINE)
    keys.to("textbox", "Where it is, in words")
    keys.type("Along the Tana")
    keys.to("combobox", "Another language")
    keys.choose("Swahili")
    keys.to("button", "Add it")
    keys.press("Enter")
    keys.is_at("textbox", "What it is, in few words")
    keys.to("button", "Take Swahili out")
    keys.press("Enter")
    keys.is_at("heading", "English")


def choose_whom(keys: Keyboard) -> None:
    """A clinic from the tree, and the other district by drawing around it."""
    keys.to("button", "Open Baraka")
    keys.press("Enter")
    keys.to("checkbox", re.compile("^Baraka Clinic NY-001-F1"))
    keys.press("Space")
    keys.to("button", "Draw on a map")
    keys.press("Enter")
    keys.is_at("button", "Close the map")
    expect(keys.page.get_by_text("Press on the map to set at least three corners.")).to_be_visible()
    keys.to("group", "Map to draw whom the alert is for")
    for way in (["ArrowUp"] * 5, ["ArrowRight"] * 7, ["ArrowDown"] * 10, ["ArrowLeft"] * 7):
        keys.press(*way, "Enter")
    expect(keys.page.get_by_text("4 corners.")).to_be_visible()
    keys.to("button", "Take the areas inside")
    keys.press("Enter")
    expect(keys.page.get_by_text("1 place lies inside.")).to_be_visible()
    expect(keys.page.locator(".chips li")).to_have_text([re.compile("Baraka Clinic"), re.compile("Chui")])
    keys.is_at("button", "Take the areas inside")


def write_and_hand_in(keys: Keyboard) -> None:
    page = keys.page
    go(keys, "Compose", "Write an alert", back=True)
    write_from_the_template(keys)
    keys.to("radio", re.compile("^Severe"))
    keys.turn("ArrowUp", "radio", "Extreme")
    expect(page.get_by_text("Nobody is addressed yet.")).to_be_visible()
    expect(page.get_by_text("This is still missing, or not right:")).to_be_visible()
    expect(page.get_by_text("It is Extreme: another person, an approver, must approve it")).to_be_visible()
    keys.to("button", "Hand in for approval…")
    keys.press("Enter")
    keys.is_at("group", "What is missing")
    keys.to("button", "Whom it is for")
    keys.press("Enter")
    keys.is_at("heading", "Whom it is for")
    choose_whom(keys)
    expect(page.get_by_text("Ready for 2 devices.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Kept as draft"))).to_be_visible()
    keys.to("button", "Hand in for approval…")
    keys.press("Enter")
    keys.is_at("heading", "Hand this alert in for approval?")
    keys.press("Escape")
    keys.is_at("button", "Hand in for approval…")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("2 devices in 2 areas")
    keys.to("button", "Hand it in")
    keys.press("Enter")
    keys.is_at("heading", HEADLINE)
    expect(page.get_by_text("You have written in it, so somebody else must decide.")).to_be_visible()


def approve(keys: Keyboard) -> None:
    page = keys.page
    go(keys, "Drafts", "Drafts and approvals", back=True)
    expect(page.get_by_role("link", name=HEADLINE)).to_be_visible()
    go(keys, HEADLINE, HEADLINE)
    keys.to("button", "Approve: it goes out now")
    keys.press("Enter")
    keys.is_at("heading", "Approve this alert?")
    expect(page.get_by_role("dialog")).to_contain_text("2 devices in 2 areas")
    keys.to("button", "Back")
    keys.press("Enter")
    keys.is_at("button", "Approve: it goes out now")
    keys.press("Enter")
    keys.to("button", "Approve")
    keys.press("Enter")
    page.wait_for_url("**/console/alerts/*")
    keys.is_at("heading", HEADLINE)


def watch_and_export(keys: Keyboard) -> None:
    go(keys, "Watch", f"Watch: {HEADLINE}")
    expect(keys.page.locator(".line")).to_contain_text("Live")
    go(keys, "Call list", re.compile("^Call list of alert"))
    keys.to("button", "Save as CSV")
    with keys.page.expect_download() as saving:
        keys.press("Enter")
    assert "Chipo" in saving.value.path().read_text(encoding="utf-8")
    keys.is_at("button", "Save as CSV")


def test_the_whole_job_with_the_keyboard_alone(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, None) as one:
        keys = Keyboard(one.open("/"))
        sign_in(keys, "wanjiru")
        write_and_hand_in(keys)
    with seat(browser, hub, None) as one:
        keys = Keyboard(one.open("/"))
        sign_in(keys, "otieno", mistaken=True)
        approve(keys)
        watch_and_export(keys)
        go(keys, "otieno", "Your account", back=True)
        keys.to("button", "Sign out")
        keys.press("Enter")
        keys.is_at("heading", "Sign in")
        assert (
            one.hub.ask("GET", "/v1/drafts", params={"status": "published"}).json()["drafts"][0]["decided_by"]
            == "otieno"
        )


def test_what_takes_itself_away_leaves_the_focus_where_it_stood(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.ADMINISTRATOR) as one:
        keys = Keyboard(one.open("/console/devices"))
        expect(keys.page.get_by_role("button", name="Change Amina")).to_be_visible()
        keys.to("button", "Change Amina")
        keys.press("Enter")
        keys.is_at("heading", "Change Amina")
        keys.to("button", "Revoke the device")
        keys.press("Enter")
        keys.is_at("heading", "Change Amina")
        keys.to("button", "Back")
        keys.press("Enter")
        keys.is_at("button", "Change Amina")

        one.open("/console/compose")
        expect(keys.page.get_by_text("Nobody is addressed yet.")).to_be_visible()
        keys.to("checkbox", re.compile("^Nyota NY"))
        keys.press("Space")
        keys.to("button", "Take Nyota out")
        keys.press("Enter")
        keys.is_at("heading", "Whom it reaches")


def test_a_draft_that_is_kept_stays_where_it_is_and_the_menu_leads_on(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.AUTHOR, name="achieng") as one:
        keys = Keyboard(one.open("/console/compose"))
        keys.to("textbox", "In one line")
        keys.type("Half a thought")
        expect(keys.page.get_by_text(re.compile(r"^Kept as draft"))).to_be_visible()
        kept = keys.page.url
        keys.to("link", "Skip to the content", back=True)
        keys.press("Enter")
        keys.is_at("main", "")
        assert keys.page.url == kept
        keys.to("link", "Compose", back=True)
        keys.press("Enter")
        keys.page.wait_for_url("**/console/compose")
        expect(keys.page.get_by_label("In one line")).to_have_value("")


def test_a_phone_with_a_keyboard_opens_the_menu_and_leaves_it_for_the_page(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.VIEWER, name="juma", size=PHONE) as one:
        keys = Keyboard(one.open("/"))
        expect(keys.page.locator(".line")).to_contain_text("Live")
        keys.to("button", "Menu")
        keys.press("Enter")
        go(keys, "Devices", "Devices")
        expect(keys.page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "false")
