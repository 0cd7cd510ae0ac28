"""Signing in, one's own account, people, tokens and the audit log; in a real browser at a real hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.hub import Role
from tests.support.browser import HOSTILE, Seat, check_accessible, look, screenshot, seat
from tests.support.hub import RunningHub, running_hub
from tests.support.people import PASSWORD, make_person

pytestmark = pytest.mark.needs("chromium")
PAGES = {
    "account": "/console/account",
    "people": "/console/people",
    "tokens": "/console/tokens",
    "audit": "/console/audit",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        make_person(running, Role.AUTHOR, "Amina Otieno", ("KE-047",))
        make_person(running, Role.VIEWER, HOSTILE["html"][:60])
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, hub: RunningHub) -> Iterator[Seat]:
    with seat(browser, hub, name="Wanjiru Kamau") as one:
        yield one


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_accessible_and_fits_a_phone(desk: Seat, name: str) -> None:
    page = desk.open(PAGES[name])
    page.wait_for_load_state("networkidle")
    look(page, name)


def test_the_first_account_is_made_with_the_code_and_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    with running_hub(tmp_path) as fresh, seat(browser, fresh, None) as stranger:
        page = stranger.open("/console/people")
        expect(page.get_by_role("heading", level=1)).to_have_text("Make the first account")
        check_accessible(page)
        screenshot(page, "first-account")
        page.get_by_label("Setup code").fill(fresh.do(fresh.process.accounts.signing_in.setup_code()) or "")
        page.get_by_label("Your name").fill("Wanjiru Kamau")
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label("The new password once more").fill(PASSWORD + "?")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The two passwords are not the same.")).to_be_visible()
        page.get_by_label("The new password once more").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("People")
        expect(page.get_by_role("rowheader", name="Wanjiru Kamau")).to_be_visible()


def test_somebody_is_invited_sets_a_password_and_is_signed_out_by_the_administrator(
    browser: Browser, hub: RunningHub, desk: Seat
) -> None:
    page = desk.open("/console/people")
    page.get_by_role("button", name="Give somebody an account").click()
    page.get_by_label("Name", exact=True).fill("Joseph Mwangi")
    page.get_by_label("Role", exact=True).select_option("approver")
    page.get_by_role("button", name="Make the account").click()
    code = page.locator(".code-once").inner_text()
    check_accessible(page)
    screenshot(page, "people-code")
    with seat(browser, hub, None) as newcomer:
        theirs = newcomer.open("/")
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
        check_accessible(theirs)
        screenshot(theirs, "sign-in")
        theirs.get_by_role("button", name="I have a code").click()
        theirs.get_by_label("Name", exact=True).fill("joseph mwangi")
        theirs.get_by_label("Code", exact=True).fill(code)
        theirs.get_by_label("New password", exact=True).fill(PASSWORD)
        theirs.get_by_label("The new password once more").fill(PASSWORD)
        theirs.get_by_role("button", name="Set the password and sign in").click()
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Situation")
        expect(theirs.get_by_role("link", name="People")).to_have_count(0)
        row = page.get_by_role("row", name="Joseph Mwangi")
        row.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Joseph Mwangi is signed out: 1 session ended.")).to_be_visible()
        theirs.goto(f"{hub.address}/console/account")
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
        theirs.get_by_label("Name", exact=True).fill("Joseph Mwangi")
        theirs.get_by_label("Password", exact=True).fill("wrong")
        theirs.keyboard.press("Enter")
        expect(theirs.get_by_role("alert")).to_contain_text("the name or the password is wrong")
        theirs.get_by_label("Password", exact=True).fill(PASSWORD)
        theirs.keyboard.press("Enter")
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Your account")
        theirs.get_by_role("button", name="Sign out", exact=True).click()
        expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_where_to_go_after_signing_in_is_never_elsewhere(browser: Browser, hub: RunningHub) -> None:
    with seat(browser, hub, None) as somebody:
        for then in (
            "//elsewhere.example/",
            "https://elsewhere.example/",
            "javascript:alert(1)",
            "/\\elsewhere.example",
        ):
            page = somebody.page
            page.goto(f"{hub.address}/console/sign-in?then={then}")
            page.get_by_label("Name", exact=True).fill("Amina Otieno")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("Situation")
            assert page.url == f"{hub.address}/"
            expect(page.locator(".line")).to_contain_text("Live")  # with the cookie, which is taken away now
            somebody.context.clear_cookies()


def test_the_log_is_filtered_and_verified(desk: Seat) -> None:
    page = desk.open("/console/audit")
    page.get_by_label("By whom").fill("Wanjiru Kamau")
    page.get_by_label("What", exact=True).select_option("session.")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name="Signed in")).to_have_count(1)
    expect(page.get_by_text("Token made")).to_have_count(0)
    page.get_by_text("Details").last.click()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Verified up to row")).to_be_visible()
    check_accessible(page)
    screenshot(page, "audit-verified")


def test_a_token_is_shown_once_and_revoked(desk: Seat, hub: RunningHub) -> None:
    page = desk.open("/console/tokens")
    page.get_by_label("Name", exact=True).fill("surveillance system")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("code.breaks").inner_text()
    assert hub.ask("GET", "/v1/session", token=token).json()["name"] == "surveillance system"
    page.get_by_role("row", name="surveillance system").get_by_role("button", name="Revoke…").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("The token surveillance system is revoked.")).to_be_visible()
    assert hub.ask("GET", "/v1/session", token=token).status_code == 401
