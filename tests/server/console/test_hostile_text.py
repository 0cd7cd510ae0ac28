"""Text that comes from outside is text on every page that shows it, whatever it is: markup, a program, text that turns the line
around, ten thousand characters, signs beyond the alphabet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.support.browser import HOSTILE, Seat, check_narrow, check_shown_as_text, screenshot, seat
from tests.support.cap_feeds import Elsewhere, cap
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import other_server

pytestmark = pytest.mark.needs("chromium")
SHORT = {name: words for name, words in HOSTILE.items() if name != "long"}
"""What fits where a text is bounded."""


@dataclass
class Told:
    """A hub that has been told all this; kind of text -> the number of the item that waits, of the alert that is published."""

    hub: RunningHub
    items: dict[str, int]
    alerts: dict[str, int]


def publish(hub: RunningHub, words: str) -> int:
    """An alert that says this wherever it can; its number."""
    info = {"category": ["Health"], "urgency": "Immediate", "severity": "Severe", "certainty": "Likely"}
    info |= {"event": words[:200], "headline": words, "description": words, "instruction": words, "senderName": words}
    alert = {"sender": "moh.example", "status": "Actual", "msgType": "Alert", "scope": "Public", "info": [info]}
    said = hub.ask("POST", "/v1/alerts", json={"alert": alert, "audience": {"areas": ["KE"]}})
    assert said.status_code == 201, said.text
    number: int = said.json()["number"]
    return number


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with (
        running_hub(tmp_path_factory.mktemp("hub"), outbound_networks=("127.0.0.1/32",)) as hub,
        other_server() as server,
    ):
        areas = [("KE", "Kenya"), *((f"KE-{name}", words) for name, words in SHORT.items())]
        hub.do(hub.hub.import_areas(areas))
        for name, words in SHORT.items():
            hub.enrol(areas=(f"KE-{name}",), name=words)
        met = Elsewhere(server, hub)
        for number, (name, words) in enumerate(HOSTILE.items()):
            info = {"headline": words, "description": words, "instruction": words, "senderName": words}
            met.has(name, cap(f"{name}-1", sent_ago_s=600 - number, code=("P-code", "KE"), info=info))
        met.lists(*HOSTILE)
        met.read(policy="hold")
        met.poll()
        items = {item["identifier"].removesuffix("-1"): item["item"] for item in met.items()}
        assert set(items) == set(HOSTILE), met.items()
        alerts = {name: publish(hub, words) for name, words in HOSTILE.items()}
        yield Told(hub, items, alerts)


@pytest.fixture(scope="module")
def desk(browser: Browser, told: Told) -> Iterator[Seat]:
    with seat(browser, told.hub) as one:
        yield one


@pytest.mark.parametrize("name", list(HOSTILE))
def test_an_alert_is_text_wherever_it_is_shown(desk: Seat, told: Told, name: str) -> None:
    for path in (
        f"/console/feed-items/{told.items[name]}",
        "/console/feed-items",
        f"/console/alerts/{told.alerts[name]}/watch",
        "/console/feeds/met",
        "/",
    ):
        page = desk.open(path)
        check_shown_as_text(page, HOSTILE[name])
        screenshot(page, f"hostile-{name}-{path.strip('/').replace('/', '-')}", is_whole=name != "long")
        check_narrow(page)


@pytest.mark.parametrize("name", list(SHORT))
def test_a_name_is_text_wherever_it_is_shown(desk: Seat, told: Told, name: str) -> None:
    for path in ("/console/devices", f"/console/alerts/{told.alerts[name]}/calls", "/console/places"):
        page = desk.open(path)
        check_shown_as_text(page, SHORT[name])
        check_narrow(page)
