"""What the hub refuses is said in the language of the page, where the hub itself speaks English, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import server.console
from tests.support.browser import Seat, check_accessible, screenshot, seat
from tests.support.hub import RunningHub

pytestmark = pytest.mark.needs("chromium")
CATALOGUE = Path(server.console.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "console.po"
ENTRY = re.compile(r'^msgid ("(?:[^"\\]|\\.)+")\nmsgstr ("(?:[^"\\]|\\.)+")$', re.MULTILINE)
FRENCH = {json.loads(english): json.loads(french) for english, french in ENTRY.findall(CATALOGUE.read_text())}


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub, name="Awa", language="fr") as one:
        yield one


def test_a_wrong_password(browser: Browser, hub: RunningHub, desk: Seat) -> None:
    with seat(browser, hub, None, language="fr") as one:
        page = one.open("/console/sign-in")
        page.get_by_label(FRENCH["Name"], exact=True).fill("awa")
        page.get_by_label(FRENCH["Password"], exact=True).fill("not her password")
        page.get_by_role("button", name=FRENCH["Sign in"], exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("le nom ou le mot de passe est faux")
        assert _english(page) == []


def test_what_is_missing_in_an_alert(desk: Seat) -> None:
    page = desk.open("/console/compose")
    missing = page.get_by_role("group", name=FRENCH["What is missing"])
    expect(missing).to_contain_text("manque ; CAP l'exige")
    expect(missing).to_contain_text("personne n'est visé")
    assert _english(page) == []
    check_accessible(page)
    screenshot(page, "compose-missing-fr")


def test_errors_of_an_import_with_their_values(desk: Seat, tmp_path: Path) -> None:
    page, file = desk.open("/console/import?kind=areas"), tmp_path / "zones.csv"
    file.write_text("code,nom\nKE-1,\nKE-1,Nyota\n", encoding="utf-8")
    page.get_by_label(FRENCH["File"], exact=True).set_input_files(file)
    page.get_by_role("button", name=FRENCH["Look at what it would change"]).click()
    expect(page.get_by_role("row", name="la ligne 2 a le même code")).to_contain_text("chaque code une fois")
    expect(page.get_by_role("row", name="c'est vide")).to_contain_text("un nom")
    assert _english(page) == []
    screenshot(page, "import-errors-fr")


def test_a_rule_that_cannot_be_read(desk: Seat) -> None:
    page = desk.open("/console/rules")
    page.get_by_label(FRENCH["Name"], exact=True).fill("nuit")
    page.get_by_label(FRENCH["Rule"], exact=True).fill("Extreme, not acknowledged by 80 within 30m: tell role nurse")
    page.get_by_role("button", name=FRENCH["Add the rule"]).click()
    expect(page.get_by_text("une part de 1% à 100%").first).to_contain_text("au caractère")


def test_where_there_are_no_words_the_title_stands_before_the_english(desk: Seat) -> None:
    def refuse(route: Route) -> None:
        problem = {
            "type": "/problems/rule-invalid",
            "title": "The rule is not valid",
            "detail": "Words <b>of</b> no table.",
        }
        route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))

    page = desk.open("/console/rules")
    page.route("**/v1/rules", lambda route: refuse(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label(FRENCH["Name"], exact=True).fill("nuit")
    page.get_by_label(FRENCH["Rule"], exact=True).fill("x")
    page.get_by_role("button", name=FRENCH["Add the rule"]).click()
    expect(page.get_by_role("alert").first).to_contain_text("La règle n'est pas valable. Words <b>of</b> no table.")
    assert _english(page) == ["Words <b>of</b> no table."]
    check_accessible(page)


def _english(page: Page) -> list[str]:
    """The hub's words that the page has no others for."""
    return page.locator("bdi.words[lang=en]").all_inner_texts()
