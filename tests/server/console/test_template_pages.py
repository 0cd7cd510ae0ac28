"""The pages of templates: one that came with the program is written anew and brought back, another is made from it and composed
with; in a real browser at a real hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server.hub import Role
from tests.support.browser import HOSTILE, Seat, check_narrow, check_shown_as_text, look, seat
from tests.support.hub import RunningHub

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub, Role.APPROVER, name="Otieno") as one:
        yield one


def kept(hub: RunningHub, name: str) -> dict[str, Any]:
    """A template as the hub has it."""
    found: dict[str, Any] = hub.ask("GET", f"/v1/templates/{name}").json()
    return found


def test_one_of_the_program_is_written_anew_and_brought_back(desk: Seat, hub: RunningHub) -> None:
    before = kept(hub, "heat")
    page = desk.open("/console/templates")
    expect(page.get_by_role("row", name="heat")).to_contain_text("Came with the program")
    look(page, "templates")
    page.get_by_role("rowheader", name="heat").get_by_role("link").click()
    french = page.get_by_role("group", name="French", exact=True)
    french.get_by_label("In one line").fill("Chaleur à {place} : buvez")
    page.get_by_label("For how long it holds, in hours").fill("36")
    page.get_by_role("radio", name="Extreme").check()
    page.get_by_role("button", name="Keep the template").click()
    expect(page.get_by_text("The template is kept.")).to_be_visible()
    look(page, "template")
    after = kept(hub, "heat")
    assert (after["text"]["fr"]["headline"], after["holds_hours"], after["severity"]) == (
        "Chaleur à {place} : buvez",
        36,
        "Extreme",
    )
    same = ("title", "blanks", "category", "response_type", "urgency", "certainty", "question")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert (after["text"]["en"], after["changed_by"]) == (before["text"]["en"], "Otieno")
    page.get_by_role("button", name="Back to the one that came with the program…").click()
    page.get_by_role("dialog").get_by_role("button", name="Take that one").click()
    expect(french.get_by_label("In one line")).to_have_value(before["text"]["fr"]["headline"])
    expect(page.get_by_text("heat · Came with the program")).to_be_visible()
    assert kept(hub, "heat") == before


def test_what_the_hub_refuses_stands_beside_its_field(desk: Seat, hub: RunningHub) -> None:
    before = kept(hub, "recall")
    page = desk.open("/console/templates/recall")
    page.get_by_label("For how long it holds, in hours").fill("0")
    page.get_by_role("group", name="English", exact=True).get_by_label("In one line").fill("{Batch} " + "W" * 500)
    page.get_by_role("button", name="Keep the template").click()
    expect(page.get_by_label("For how long it holds, in hours")).to_have_attribute("aria-invalid", "true")
    headline = page.get_by_role("group", name="English", exact=True).get_by_label("In one line")
    expect(headline).to_have_accessible_description(re.compile("at most 500 characters"))
    expect(page.get_by_role("group", name="{Batch}", exact=True)).to_contain_text("A blank is called by small letters")
    look(page, "template-refused")
    assert kept(hub, "recall") == before


def test_another_is_made_from_one_composed_with_and_deleted(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/templates")
    page.get_by_role("link", name="Make another from Flood").click()
    name = page.get_by_label("Name", exact=True)
    name.fill("flood")
    expect(page.get_by_text("There is a template of this name already.")).to_be_visible()
    name.fill("Dam burst")
    page.get_by_role("group", name="French", exact=True).get_by_role("button", name="Take French out").click()
    page.get_by_label("Another language").select_option(label="Swahili")
    page.get_by_role("button", name="Add it").click()
    for language, title in (("English", "Dam burst"), ("Swahili", "Bwawa limebomoka")):
        words = page.get_by_role("group", name=language, exact=True)
        words.get_by_label("What the template is called").fill(title)
        words.get_by_label("What it is, in few words").fill(title)
        words.get_by_label("In one line").fill(f"{title}: {{dam}}")
    page.get_by_label("What to ask for dam (English)").fill("which dam")
    page.get_by_role("button", name="Keep the template").click()
    expect(name).to_have_accessible_description(re.compile("lower-case letters, digits and hyphens"))
    name.fill("dam-burst")
    page.get_by_role("button", name="Keep the template").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Template Dam burst")
    made = kept(hub, "dam-burst")
    assert (list(made["text"]), made["blanks"]["dam"]) == (["en", "sw"], {"en": "which dam"})
    assert made["title"] == {"en": "Dam burst", "sw": "Bwawa limebomoka"}
    assert not any("fr" in asked for asked in made["blanks"].values())

    page = desk.open("/console/compose")
    page.get_by_label("Begin with a template").select_option("dam-burst")
    page.get_by_role("button", name="Use this template").click()
    expect(page.get_by_label("which dam (English)")).to_be_visible()

    page = desk.open("/console/templates/dam-burst")
    page.get_by_role("button", name="Delete the template…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Templates")
    assert hub.ask("GET", "/v1/templates/dam-burst").status_code == 404


def test_a_new_one_is_written_from_nothing_in_the_language_of_whoever_writes(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.APPROVER, name="Awa", language="fr") as one:
        page = one.open("/console/new-template")
        page.get_by_label("Nom", exact=True).fill("criquets")
        words = page.get_by_role("group", name="français", exact=True)
        words.get_by_label("Comment s'appelle le modèle").fill("Criquets")
        page.get_by_role("button", name="Enregistrer le modèle").click()
        expect(page.get_by_role("group", name=re.compile("gravité", re.I)).get_by_role("alert")).to_be_visible()
        for choice in ("Modéré", "Bientôt", "Probable"):
            page.get_by_role("radio", name=choice).first.check()
        page.get_by_role("button", name="Enregistrer le modèle").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Modèle Criquets")
        look(page, "template-fr")
    assert list(kept(hub, "criquets")["text"]) == ["fr"]


def test_an_author_reads_and_changes_nothing(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, Role.AUTHOR, name="Amina") as one:
        page = one.open("/console/templates")
        expect(page.get_by_role("row", name="flood")).to_be_visible()
        assert page.get_by_role("link", name="Write a template").count() == 0
        assert page.get_by_role("link", name="Templates").count() == 0, "the menu has it for approvers"
        page = one.open("/console/templates/flood")
        expect(page.get_by_label("For how long it holds, in hours")).to_be_disabled()
        assert page.get_by_role("button", name="Keep the template").count() == 0


def test_what_somebody_wrote_is_shown_as_text(desk: Seat, hub: RunningHub) -> None:
    body = {name: one for name, one in kept(hub, "flood").items() if name in ("urgency", "severity", "certainty")}
    for kind in ("html", "script", "override", "emoji"):
        words = HOSTILE[kind]
        body |= {"title": {"en": words}, "holds_hours": 1, "text": {"en": {"event": words, "description": words}}}
        assert hub.ask("PUT", "/v1/templates/hostile", json=body).status_code == 200
        for path in ("/console/templates", "/console/templates/hostile"):
            check_shown_as_text(desk.open(path), words)
            check_narrow(desk.page)
