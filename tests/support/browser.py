"""A real browser at a real hub: headless Chromium through Playwright, and what every page of the console must hold.

A page that logs an error, breaks the Content-Security-Policy, or asks another host fails its test by itself.
`TOCSIN_SCREENSHOTS` names a folder into which the pages are painted as they are seen on a desk and on a phone.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from server.hub import Role
from tests.support.hub import RunningHub
from tests.support.people import signed_in

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
PATIENCE_MS = 30_000
"""How long a test waits for what must come on a page; only a failure takes so long."""

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

HOSTILE = {
    "html": "<h1>loud</h1><b>bold</b>&amp;",
    "script": "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">",
    "override": "safe \u202egnp.exe\u202c and \u2067mixed\u2069",
    "long": "a very long word and " + "W" * 9_979,
    "emoji": "👩🏽\u200d⚕️🚨🇰🇪 𝕎𝕒𝕥𝕖𝕣",
}
"""Text as somebody hostile, or only somebody, writes it: it is shown as text wherever it is shown."""


def find_chromium() -> str | None:
    """Where the browser is, if this machine has one."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser for the tests of a module. While it runs its thread has an event loop: tests beside it cannot run their own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIETLY))
        yield browser
        browser.close()


@dataclass(slots=True)
class Seat:
    """Somebody in front of the console. `wrong` is what their pages did that no page may do."""

    hub: RunningHub
    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page by its address, and wait for its heading."""
        self.page.goto(self.hub.address + path)
        self.page.wait_for_selector("h1")
        return self.page

    def watch(self, page: Page) -> None:
        """Note what a page does that no page may do."""
        page.on("pageerror", lambda error: self.wrong.append(f"an exception: {error}"))
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("request", lambda request: self._note_request(request.url))

    def _note(self, kind: str, text: str) -> None:
        # What a hub refuses is logged by the browser too; how the page takes that is for its own test.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.wrong.append(f"the console says: {text}")

    def _note_request(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != self._own():
            self.wrong.append(f"it asks another host: {url}")

    def _own(self) -> str:
        return urlsplit(self.hub.address).netloc


@contextmanager
def seat(
    browser: Browser,
    hub: RunningHub,
    role: Role | None = Role.ADMINISTRATOR,
    *,
    name: str = "",
    areas: tuple[str, ...] = (),
    size: dict[str, int] = DESK,
    language: str = "en",
) -> Iterator[Seat]:
    """A browser window of its own with somebody new signed in (None: nobody); at the end nothing wrong may have been noted."""
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale=language)
    context.set_default_timeout(PATIENCE_MS)
    if role is not None:
        somebody = signed_in(hub, role, name, areas)
        context.add_cookies(
            [{"name": str(one.name), "value": str(one.value), "url": hub.address} for one in somebody.browser.cookies]
        )
    one = Seat(hub, context, context.new_page())
    one.watch(one.page)
    try:
        yield one
    finally:
        context.close()
    assert not one.wrong, "\n".join(one.wrong)


@functools.cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def check_accessible(page: Page) -> None:
    """That axe finds nothing against WCAG 2.2 AA on the page as it stands.

    It is put into the page from outside, as a debugger does, so that the page's own policy stays as strict as it is.
    """
    wire = page.context.new_cdp_session(page)
    _evaluate(wire, _axe())
    found = _evaluate(wire, f"axe.run(document, {{runOnly: {json.dumps(list(WCAG))}}}).then((made) => made.violations)")
    told = [
        f"{one['id']} ({one['impact']}): {one['help']}: "
        + "; ".join(f"{node['html'][:200]} {node['failureSummary'][:300]}" for node in one["nodes"][:3])
        for one in found
    ]
    assert not told, "\n".join(told)
    wire.detach()


def _evaluate(wire: Any, expression: str) -> Any:
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = wire.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def check_narrow(page: Page) -> None:
    """That nothing sticks out sideways on a phone (WCAG 2.2 §1.4.10); wide tables scroll in their own boxes."""
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    wire = page.context.new_cdp_session(page)
    wide = _evaluate(wire, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
    wire.detach()
    assert wide <= 0, f"the page is {wide} px wider than the phone"


_SHOWN = r"""(words) => {
  const said = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (said.nextNode()) if (said.currentNode.data.includes(words)) found.push(said.currentNode.parentElement);
  const fields = [...document.querySelectorAll("input, textarea")].filter((field) => field.value.includes(words));
  const may_turn = /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]/.test(words);
  const apart = (one) => one.closest("bdi, [dir=auto], option") || one.textContent.includes("\u2068" + words + "\u2069");
  const mixed = may_turn ? found.filter((one) => !apart(one)).map((one) => one.outerHTML.slice(0, 300)) : [];
  return { count: found.length + fields.length, mixed };
}"""


def check_shown_as_text(page: Page, words: str) -> None:
    """That these words stand on the page, whole, as text that is kept apart from what stands around it, and have done nothing."""
    page.wait_for_function(f"(words) => ({_SHOWN})(words).count > 0", arg=words)
    shown = page.evaluate(_SHOWN, words)
    assert not shown["mixed"], f"not in an element of its own direction: {shown['mixed']}"
    assert page.title() != "broken"
    assert page.get_by_role("heading", name="loud", exact=True).count() == 0
    assert page.locator("img[src=x], #app b").count() == 0


def look(page: Page, name: str) -> None:
    """Accessible, painted for whoever wants to look, and not wider than a phone."""
    check_accessible(page)
    screenshot(page, name)
    before = page.viewport_size
    check_narrow(page)
    assert before is not None
    page.set_viewport_size(before)


def screenshot(page: Page, name: str, *, is_whole: bool = True) -> None:
    """Paint the page (or what is seen of it at first) on a desk and on a phone, if somebody wants to look."""
    folder = os.environ.get("TOCSIN_SCREENSHOTS")
    if not folder:
        return
    before = page.viewport_size
    for size, where in ((DESK, "desk"), (PHONE, "phone")):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.screenshot(path=Path(folder) / f"{name}-{where}.png", full_page=is_whole)
    if before is not None:
        page.set_viewport_size(before)
