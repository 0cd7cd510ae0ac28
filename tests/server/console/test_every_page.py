"""What holds for every page of the console, a new one included: axe finds nothing, and nothing sticks out sideways on a phone, at
four times the size, or where lines run from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.hub import Role
from tests.support.browser import DESK, Seat, check_accessible, check_narrow, seat
from tests.support.hub import RunningHub, running_hub

pytestmark = pytest.mark.needs("chromium")
ROUTES = (Path(__file__).parents[3] / "server/console/web/src/routes.ts").read_text(encoding="utf-8")
IN_AN_ADDRESS = {
    "/console/feeds/:name": "met",
    "/console/templates/:name": "flood",
    ":name": "extreme",
    ":alert": "2",
}
"""What stands for the parts of an address that a page is opened with."""
PATHS = [path for path in re.findall(r'path: "([^"]+)"', ROUTES) if not re.search(":(draft|item)", path)]
"""Without the pages of one draft and of one item of a feed, which tests of their own open."""


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with running_hub(tmp_path_factory.mktemp("hub"), contact_services=("default",)) as hub:
        fill(hub)
        with seat(browser, hub) as one:
            yield one


def fill(hub: RunningHub) -> None:
    """Something of each kind."""
    hub.do(hub.hub.import_areas([("KE", "Kenya"), ("KE-047", "Nairobi")]))
    hub.enrol(areas=("KE-047",), name="Clinic A")
    info = {
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
    }
    alert = {"sender": "moh.example", "status": "Exercise", "msgType": "Alert", "scope": "Public", "info": [info]}
    asked = {
        "/v1/alerts": {"alert": alert, "audience": {"areas": ["KE"]}},
        "/v1/contacts": {"name": "amina", "url": "mailto://u:p@mail.example"},
        "/v1/rules": {"name": "extreme", "rule": "Severe, status Exercise, at once: tell role officer"},
        "/v1/feeds-in": {"name": "met", "address": "https://met.example/cap.atom", "paused": True},
        "/v1/webhooks": {"name": "dashboard", "url": "https://dashboard.example/hook"},
    }
    for path, body in asked.items():
        said = hub.ask("POST", path, json=body)
        assert said.status_code == 201, said.text


FIRST_LOAD_BYTES_MAX = 150_000
"""What the office's own bad link must carry before the console can be used."""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_first_load_is_light(browser: Browser, desk: Seat, language: str) -> None:
    for role, path in ((None, "/console/sign-in"), (Role.AUTHOR, "/"), (Role.APPROVER, "/console/compose")):
        with seat(browser, desk.hub, role, name=f"{role}-{language}", language=language) as one:
            wire = one.context.new_cdp_session(one.page)
            wire.send("Network.enable")
            carried: list[float] = []
            wire.on(
                "Network.loadingFinished", lambda event, carried=carried: carried.append(event["encodedDataLength"])
            )
            one.open(path).wait_for_load_state("networkidle")
            assert 5_000 < sum(carried) < FIRST_LOAD_BYTES_MAX, f"{path}: {sum(carried):,.0f} bytes"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(desk: Seat, path: str) -> None:
    desk.page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    name = IN_AN_ADDRESS.get(path, IN_AN_ADDRESS[":name"])
    page = desk.open(path.replace(":name", name).replace(":alert", IN_AN_ADDRESS[":alert"]))
    page.wait_for_load_state("networkidle")
    check_accessible(page)
    check_narrow(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    check_narrow(page)
    page.set_viewport_size({"width": DESK["width"] // 4, "height": DESK["height"] // 4})
    check_accessible(page)
