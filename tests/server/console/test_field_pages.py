"""The pages for areas and facilities, devices, imports and enrolment sheets, in a real browser at a real hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.hub import Role
from tests.server.places.test_shapes import square
from tests.support.browser import HOSTILE, Seat, check_accessible, look, screenshot, seat
from tests.support.hub import RunningHub, running_hub

pytestmark = pytest.mark.needs("chromium")
CSV = {"Content-Type": "text/csv"}
AREAS = "code,name\nNY,Nyota\nNY-001,Baraka\nNY-002,Chui\n"
FACILITIES = f'code,name,lat,lon\nNY-001-F1,Baraka Clinic,0.5,36.5\nNY-002-F1,"{HOSTILE["override"]}",0.5,37.5\n'
DEVICES = """reference,name,areas,roles,languages,phone
A1,Amina,NY-001-F1,chw,sw,+254700000001
B2,Baraka,NY-001-F1,nurse,fr,+254700000002
C3,Chipo,NY-002-F1,cold chain,ar,
D4,Dalila,NY-002-F1,chw,,
"""
PAGES = {
    "places": "/console/places",
    "devices": "/console/devices",
    "import": "/console/import",
    "enrolment": "/console/enrolment",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub with two districts, a facility in each, two devices that are enrolled and two that are expected."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        for kind, text in (("areas", AREAS), ("facilities", FACILITIES), ("devices", DEVICES)):
            said = running.ask("POST", f"/v1/imports/{kind}", data=text.encode(), headers=CSV)
            assert said.json().get("done"), said.text
        features = [
            {"type": "Feature", "properties": {"code": f"NY-00{at}"}, "geometry": square(35 + at, 0)} for at in (1, 2)
        ]
        outlines = json.dumps({"type": "FeatureCollection", "features": features})
        headers = {"Content-Type": "application/geo+json"}
        assert running.ask("POST", "/v1/imports/outlines", data=outlines, headers=headers).json()["done"]
        sheet = running.ask("POST", "/v1/enrolment-sheets", json={"references": ["A1", "B2"]}).json()
        for entry in sheet["entries"]:
            running.ask("POST", "/v1/enrolments", role=None, json={"code": entry["code"]})
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


def test_places_are_searched_and_picked_from_the_list_of_the_map_with_the_keyboard(desk: Seat) -> None:
    page = desk.open("/console/places")
    page.get_by_label("Search areas and facilities").fill("bárAKA cl")
    expect(page.get_by_role("status").first).to_have_text("1 place found")
    expect(page.get_by_text("Baraka Clinic").first).to_be_visible()
    page.get_by_text("The map as a list").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Chui NY-002").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chui")).to_be_visible()
    expect(page.get_by_text(HOSTILE["override"]).first).to_be_attached()
    check_accessible(page)


def test_a_file_is_looked_at_corrected_and_imported(desk: Seat, hub: RunningHub, tmp_path: Path) -> None:
    page, file = desk.open("/console/import?kind=devices"), tmp_path / "staff.csv"
    row = f'E5,"{HOSTILE["html"]}",NY-1,chw,,\n'
    file.write_text(DEVICES + row, encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at what it would change").click()
    wrong = page.get_by_role("row", name="leading zeros")
    expect(wrong).to_contain_text("NY-001")
    expect(page.get_by_role("alert")).to_contain_text("1 error: nothing would be imported.")
    check_accessible(page)
    screenshot(page, "import-errors")
    file.write_text(DEVICES.replace("Dalila", "Dalila N.") + row.replace("NY-1", "NY-001"), encoding="utf-8")
    page.get_by_role("button", name="Look at what it would change").click()
    expect(page.get_by_text("The file was changed after it was chosen")).to_be_visible()
    with page.expect_file_chooser() as choosing:
        page.get_by_label("File", exact=True).click()
    choosing.value.set_files(file)
    page.get_by_role("button", name="Look at what it would change").click()
    expect(page.get_by_text("It would be: 1 new, 1 changed, 3 unchanged.")).to_be_visible()
    expect(page.get_by_text(HOSTILE["html"])).to_be_visible()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("Imported: 1 new, 1 changed, 3 unchanged.")).to_be_visible()
    names = {row["reference"]: row["name"] for row in hub.ask("GET", "/v1/roster").json()["rows"]}
    assert names["D4"] == "Dalila N." and names["E5"] == HOSTILE["html"]


def test_a_sheet_is_printed_for_those_who_are_expected(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/enrolment")
    page.get_by_label("Address of the hub").fill("https://alerts.example")
    page.get_by_label("Choose Chipo").check()
    page.get_by_role("button", name="Make a sheet with 1 code").click()
    card = page.locator("article")
    expect(card).to_have_attribute("dir", "rtl")
    expect(card.get_by_role("img", name="QR code of Chipo")).to_be_visible()
    check_accessible(page)
    screenshot(page, "sheet")
    code = card.locator(".sheet-code").inner_text()
    enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).json()
    assert (enrolled["name"], enrolled["roles"]) == ("Chipo", ["cold chain"])


def test_devices_are_found_moved_together_and_changed(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/devices")
    page.get_by_label("Area", exact=True).fill("NY-001")
    expect(page.get_by_text("2 devices", exact=True)).to_be_visible()
    page.get_by_role("button", name="Choose all 2").click()
    page.get_by_role("button", name="Move or change roles of 2 devices").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="Chui NY-002").check()
    dialog.get_by_role("button", name="Look at what would change").click()
    expect(dialog.get_by_text("2 will be moved")).to_be_visible()
    check_accessible(page)
    dialog.get_by_role("button", name="Move 2 devices now").click()
    expect(page.get_by_text("2 devices moved.")).to_be_visible()
    moved = {row["name"]: row for row in hub.ask("GET", "/v1/devices?area=NY-002").json()["devices"]}
    assert {"Amina", "Baraka"} <= set(moved) and moved["Amina"]["areas"] == ["NY-002"]
    page.get_by_label("Area", exact=True).fill("")
    page.get_by_role("button", name="Change Amina").click()
    dialog.get_by_label("Phone").fill("+254 711 222 333")
    check_accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="+254711222333")).to_be_visible()


def test_who_may_only_look_changes_nothing(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.VIEWER) as one:
        page = one.open("/console/devices")
        expect(page.get_by_role("table")).to_contain_text("Amina")
        assert page.get_by_role("button", name="Change", exact=False).count() == 0
        assert page.get_by_role("link", name="Import").count() == 0
