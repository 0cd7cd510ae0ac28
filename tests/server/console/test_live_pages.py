"""The live pages in a browser: the situation, an alert as it comes along, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from alerts.cap.question import Question
from server.hub import Role
from tests.server.api.test_answers import answer, publish
from tests.server.api.test_progress import acknowledge
from tests.support.browser import HOSTILE, check_accessible, check_narrow, screenshot, seat
from tests.support.hub import RunningHub, running_hub
from tests.support.questions import ONE_OF


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), second_person="never") as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-1", HOSTILE["html"]), ("KE-2", "Kwale")]))
        yield running


expect.set_options(timeout=30_000)


def asking(hub: RunningHub, question: Question | None = ONE_OF) -> dict[str, Any]:
    return publish(hub, question)


def test_an_alert_is_followed_without_a_reload(hub: RunningHub, browser: Browser) -> None:
    made = asking(hub)
    device, _ = hub.enrol(areas=("KE-1",), name=HOSTILE["script"])
    hub.enrol(areas=("KE-2",), name=HOSTILE["override"])
    with seat(browser, hub, Role.VIEWER) as one:
        page = one.open(f"/console/alerts/{made['number']}/watch")
        figure = page.locator(".figures-large .figure", has_text="Acknowledged").locator(".figure-number")
        expect(figure).to_have_text("0")
        expect(page.locator(".line")).to_contain_text("Live")
        acknowledge(hub, device, made["number"], made["epoch"])
        expect(figure).to_have_text("1")
        expect(page.locator(".latest", has_text=HOSTILE["script"]).last).to_contain_text("has acknowledged it")
        answer(hub, "KE-2", made, 1)
        expect(page.locator(".choices > div", has_text="flooded").locator(".choice-count")).to_contain_text("1")
        assert "broken" not in page.title()
        expect(page.locator(".course canvas")).to_be_visible()
        check_accessible(page)
        screenshot(page, "watch")
        check_narrow(page)


def test_the_situation_hears_of_what_comes_and_of_what_ends(hub: RunningHub, browser: Browser) -> None:
    with seat(browser, hub, Role.VIEWER, name="wall") as one:
        page = one.open("/")
        expect(page.locator(".line")).to_contain_text("Live")
        number = asking(hub, None)["number"]
        card = page.locator(f'.alert-card:has(a[href="/console/alerts/{number}/watch"])')
        expect(card).to_be_visible()
        check_accessible(page)
        screenshot(page, "situation")
        page.get_by_role("button", name="Projector view").click()
        check_accessible(page)
        screenshot(page, "projector")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Projector view")).to_be_visible()
        hub.ask("POST", f"/v1/alerts/{number}/cancel", json={})
        expect(card).to_have_count(0)
        check_narrow(page)


def test_a_lost_line_is_said_and_it_comes_back(hub: RunningHub, browser: Browser) -> None:
    lines: list[WebSocketRoute] = []
    is_open = True

    def line(route: WebSocketRoute) -> None:
        if is_open:
            route.connect_to_server()
            lines.append(route)
        else:
            route.close()

    with seat(browser, hub, Role.VIEWER, name="far-off") as one:
        one.page.route_web_socket("**/v1/live", line)
        page = one.open("/")
        state = page.locator(".line")
        expect(state).to_contain_text("Live")
        is_open = False
        lines[0].close()
        expect(state).to_contain_text("Connection lost")
        expect(page.locator('.visually-hidden[role="status"]', has_text="is lost")).to_have_count(1)
        is_open = True
        expect(state).to_contain_text("Live")


def test_whom_to_call_is_listed_and_saved(hub: RunningHub, browser: Browser) -> None:
    made = asking(hub, None)
    hub.enrol(areas=("KE-2",), name="=1+1")
    with seat(browser, hub, Role.VIEWER, name="caller") as one:
        page = one.open(f"/console/alerts/{made['number']}/calls")
        expect(page.get_by_role("rowheader", name="=1+1")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as CSV").click()
        assert "'=1+1" in download.value.path().read_text(encoding="utf-8-sig")
        page.get_by_label("Has not got it").uncheck()
        page.get_by_label("Has not acknowledged it").uncheck()
        expect(page.get_by_text("Choose whom to list.")).to_be_visible()
        check_accessible(page)
        page.get_by_label("Has not got it").check()
        screenshot(page, "calls")
        check_narrow(page)
