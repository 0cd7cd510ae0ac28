"""An alert's whole life on the pages: written from a template in two languages, approved by another person, published, received,
acknowledged and answered by three real devices, updated, cancelled, exported."""

from __future__ import annotations

import asyncio
import csv
import io
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from client import EntryState
from server.hub import Role
from tests.support.browser import Seat, running_browser, seat
from tests.support.device import Device
from tests.support.hub import PATIENCE_S, RunningHub, running_hub
from tests.support.waiting import wait_until

pytestmark = pytest.mark.needs("chromium")
Result = TypeVar("Result")
FIELD = (("Clinic Nyota", "KE-047-01", "en"), ("Poste Awa", "KE-047-02", "fr"), ("Clinic Kisumu", "KE-030", "en"))
PATIENCE_MS = PATIENCE_S * 1000


class Field:
    """Three health workers' devices, on a loop of their own, since the browser has that of the test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="field", daemon=True)
        self._thread.start()
        self.devices: list[Device] = []

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do it on their loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def headlines(self, device: Device) -> dict[str, EntryState]:
        """What stands in a device's inbox."""
        entries = self.do(device.client.inbox())
        return {str(entry.alert.info[0].headline): entry.state for entry in entries if entry.alert.info}

    def stop(self) -> None:
        """Switch them off."""
        for device in self.devices:
            self.do(device.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)


@contextmanager
def the_field(hub: RunningHub, folder: Path) -> Iterator[Field]:
    """The devices, enrolled and connected."""
    field = Field()
    try:
        for number, (name, area, language) in enumerate(FIELD):
            device = Device(folder / str(number))
            code = hub.do(hub.hub.make_enrolment_code(name=name, areas=(area,)))
            field.do(device.join(hub.address, code, (language,)))
            field.do(device.start())
            field.devices.append(device)
        yield field
    finally:
        field.stop()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path / "hub", second_person="Extreme") as running:
        areas = [
            ("KE", "Kenya"),
            ("KE-047", "Nairobi"),
            ("KE-047-01", "Nyota"),
            ("KE-047-02", "Awa"),
            ("KE-030", "Kisumu"),
        ]
        listed = [{"code": code, "name": name} for code, name in areas]
        assert running.ask("POST", "/v1/areas", json={"areas": listed}).status_code == 200
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


def compose(author: Seat) -> Page:
    """Write the alert from a template, in English and French, for a district and below; hand it in."""
    page = author.open("/console/compose")
    page.get_by_label("Who sends it").fill("ops@health.example")
    page.get_by_label("Begin with a template").select_option(label="Boil all water")
    page.get_by_role("button", name="Use this template").click()
    blanks = page.get_by_role("group", name="Fill the blanks")
    for words in (("where", "Nyota"), ("what was found", "Cholera"), ("a telephone number", "0700 000000")):
        for language in ("English", "French"):
            blanks.get_by_label(f"{words[0]} ({language})").fill(words[1])
    page.get_by_role("button", name="Fill them in").click()
    for language in ("English", "French"):
        page.get_by_role("group", name=language, exact=True).get_by_label("Where it is, in words").fill("Nyota")
    page.get_by_role("radio", name="Extreme").check()
    page.get_by_label("Search areas and facilities").fill("Nairobi")
    page.get_by_role("checkbox", name="Nairobi").check()
    expect(page.get_by_role("status").filter(has_text="Ready for 2 devices.")).to_be_visible()
    page.get_by_role("button", name="Hand in for approval…").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 devices in 1 area")
    page.get_by_role("dialog").get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("It waits for a second person.")).to_be_visible()
    return page


def approve(approver: Seat) -> None:
    """Read what waits, and say yes."""
    page = approver.open("/console/drafts")
    page.get_by_role("link", name="Boil all drinking water in Nyota").click()
    page.get_by_role("button", name="Approve: it goes out now").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("button", name="Cancel the alert")).to_be_visible()


def test_an_alert_lives_its_whole_life_on_the_pages(browser: Browser, hub: RunningHub, tmp_path: Path) -> None:
    with (
        the_field(hub, tmp_path / "field") as field,
        seat(browser, hub, Role.AUTHOR, name="amina") as author,
        seat(browser, hub, Role.APPROVER, name="wanjiru") as approver,
    ):
        compose(author)
        near, awa, far = field.devices
        assert field.headlines(near) == {}, "nobody gets what waits"
        approve(approver)
        wait_until(lambda: field.headlines(near) and field.headlines(awa), "the two in Nairobi have it")
        assert list(field.headlines(near)) == ["Boil all drinking water in Nyota"]
        assert list(field.headlines(awa)) == ["Faites bouillir toute l'eau de boisson à Nyota"]
        assert field.headlines(far) == {}

        number = hub.ask("GET", "/v1/alerts").json()["alerts"][0]["number"]
        page = approver.open(f"/console/alerts/{number}/watch")
        live = page.get_by_role("main")
        expect(live).to_contain_text("Nairobi")
        key = field.do(near.client.inbox())[0].key
        field.do(near.client.acknowledge(key))
        field.do(near.client.answer(key, True))
        expect(page.get_by_text("1 device has answered.")).to_be_visible()

        page.get_by_role("link", name="Call list").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Call list")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as CSV").click()
        rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
        assert [row["name"] for row in rows] == ["Poste Awa"], "the other one has not acknowledged"

        field.do(awa.client.answer(key, False))
        page.go_back()
        expect(page.get_by_text("2 devices have answered.")).to_be_visible()

        page = author.open(f"/console/alerts/{number}")
        page.get_by_role("button", name="Update").click()
        page.get_by_role("group", name="English", exact=True).get_by_label("In one line").fill(
            "Boil water in Nyota: day two"
        )
        page.get_by_role("radio", name="Severe").check()
        page.get_by_role("button", name="Hand in for approval…").or_(
            page.get_by_role("button", name="Publish…")
        ).click()
        page.get_by_role("dialog").get_by_role("button", name="Hand it in").or_(
            page.get_by_role("dialog").get_by_role("button", name="Publish now")
        ).click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        for draft in hub.ask("GET", "/v1/drafts", params={"status": "waiting"}).json()["drafts"]:
            decision = approver.open(f"/console/drafts/{draft['id']}")
            decision.get_by_role("button", name="Approve: it goes out now").click()
            decision.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
        wait_until(lambda: "Boil water in Nyota: day two" in field.headlines(near), "the update is there")

        newest = hub.ask("GET", "/v1/alerts", params={"in_force": True}).json()["alerts"][0]["number"]
        page = approver.open(f"/console/alerts/{newest}")
        page.get_by_role("button", name="Cancel the alert").click()
        page.get_by_role("dialog").get_by_role("button", name="Go on").click()
        page.get_by_role("dialog").get_by_role("button", name="Publish now").click()
        wait_until(
            lambda: EntryState.IN_FORCE not in field.headlines(near).values(), "nothing is in force on the device"
        )

        audit = hub.ask("GET", "/v1/audit/export").text
        assert all(words in audit for words in ("draft.approved", "alert.published", "amina", "wanjiru"))
