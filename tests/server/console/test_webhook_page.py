"""The page of webhooks: which kinds of events a program is told, and what the hub refuses beside its field; in a real browser at
a real hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server.events import EventKind
from tests.support.browser import Seat, look, seat
from tests.support.hub import RunningHub

pytestmark = pytest.mark.needs("chromium")
ADDRESS = "https://duty.example/hook"


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub) as one:
        yield one


def kinds(hub: RunningHub, name: str) -> list[str]:
    """What a webhook is told."""
    found: list[str] = hub.ask("GET", f"/v1/webhooks/{name}").json()["kinds"]
    return found


def test_a_new_one_is_told_what_is_chosen(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/webhooks")
    page.get_by_label("Name", exact=True).fill("duty")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_role("radio", name="Only what is chosen here").check()
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_role("group", name="What it is told").get_by_role("alert")).to_be_visible()
    assert hub.ask("GET", "/v1/webhooks/duty").status_code == 404, "no kind would mean all"
    page.get_by_role("checkbox", name="Somebody has acknowledged an alert").check()
    page.get_by_role("checkbox", name="A feed cannot be read").check()
    look(page, "webhook-kinds")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("code", has_text=re.compile("^whsec_"))).to_be_visible()
    told = "Somebody has acknowledged an alert; A feed cannot be read"
    expect(page.get_by_role("row", name="duty")).to_contain_text(told)
    assert kinds(hub, "duty") == ["alert.acknowledged", "feed.failing"]


def test_an_old_one_is_told_more_or_everything(desk: Seat, hub: RunningHub) -> None:
    body: dict[str, Any] = {"name": "board", "url": ADDRESS, "kinds": ["rule.told"]}
    assert hub.ask("POST", "/v1/webhooks", json=body).status_code == 201
    page = desk.open("/console/webhooks")
    row = page.get_by_role("row", name="board")
    row.get_by_role("button", name="Change").click()
    form = page.locator("form", has=page.get_by_role("heading", name="Change board"))
    form.get_by_role("checkbox", name="A rule could not tell somebody").check()
    form.get_by_label("Address", exact=True).fill("http://127.0.0.1/hook")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Address", exact=True).fill(f"{ADDRESS}/2")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(row).to_contain_text("A rule could not tell somebody")
    assert kinds(hub, "board") == ["rule.told", "rule.failed"]
    row.get_by_role("button", name="Change").click()
    form.get_by_role("radio", name="Everything that happens").check()
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("everything")
    assert kinds(hub, "board") == []
    assert hub.ask("GET", "/v1/webhooks/board").json()["url"] == f"{ADDRESS}/2"


def test_every_kind_can_be_chosen(desk: Seat) -> None:
    page = desk.open("/console/webhooks")
    page.get_by_role("radio", name="Only what is chosen here").check()
    expect(page.locator("fieldset.categories input")).to_have_count(len(EventKind))
