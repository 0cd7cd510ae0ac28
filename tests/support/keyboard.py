"""Hands on a keyboard and eyes on the focus: what somebody does who has no mouse, in the words that a screen reader says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import CDPSession, Page, expect

from tests.support.waiting import wait_until

Role = Literal["button", "checkbox", "combobox", "group", "heading", "link", "main", "radio", "searchbox", "textbox"]
TABS_MAX = 150
"""More than any page here has places to stop at: the focus goes round in circles."""

_SEEN = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const isMarked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  const isInside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return isMarked && isInside && box.width * box.height > 0 && one.ariaDisabled !== "true";
}"""


@dataclass(slots=True)
class Keyboard:
    """The keyboard of a page. Whatever it brings the focus to must be seen to have it."""

    page: Page
    wire: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self.wire = self.page.context.new_cdp_session(self.page)

    def focused(self) -> str:
        """What has the focus, as a screen reader says it, like `button "Sign in"`; `nothing` where it is lost."""
        found = self.wire.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        if found.get("className") in ("HTMLBodyElement", None):
            return "nothing"
        asked = {"objectId": found["objectId"], "fetchRelatives": False}
        node: dict[str, Any] = self.wire.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        name = " ".join(node.get("name", {}).get("value", "").split())
        return f'{node.get("role", {}).get("value", "something")} "{name}"'

    def to(self, role: Role, name: str | re.Pattern[str], *, back: bool = False) -> None:
        """Press Tab (or Shift+Tab) until what has this role and name has the focus, once it is on the page."""
        there = self.page.get_by_role(role, name=name, exact=isinstance(name, str))
        expect(there.first).to_be_visible()
        way = [self.focused()]
        while not _is(way[-1], role, name):
            assert len(way) <= TABS_MAX, f"{TABS_MAX} times Tab, and no {_said(role, name)}:\n  " + "\n  ".join(way)
            self.press("Shift+Tab" if back else "Tab")
            way.append(self.focused())
        self._check_seen(role, name)

    def turn(self, key: str, role: Role, name: str | re.Pattern[str]) -> None:
        """Press an arrow until the choice has the focus, and with it is chosen."""
        way = [self.focused()]
        while not _is(way[-1], role, name):
            assert way[-1] not in way[:-1], f"{key} goes round, and there is no {_said(role, name)}:\n  " + "\n  ".join(
                way
            )
            self.press(key)
            way.append(self.focused())
        self._check_seen(role, name)

    def choose(self, option: str) -> None:
        """Press the arrow until the list in focus shows this option: letters that are typed are a word only if they come fast."""
        way = [self._chosen()]
        while way[-1] != option:
            self.press("ArrowDown")
            way.append(self._chosen())
            assert way[-1] != way[-2], f"the list ends without {option!r}:\n  " + "\n  ".join(way)

    def _chosen(self) -> str:
        chosen: str = self.page.evaluate("document.activeElement.selectedOptions[0].text")
        return chosen

    def is_at(self, role: Role, name: str | re.Pattern[str]) -> None:
        """The focus comes here by itself: a page has been opened, a dialog closed, something was refused."""
        seen = ["nothing"]

        def is_there() -> bool:
            if (now := self.focused()) != seen[-1]:
                seen.append(now)
            return _is(now, role, name)

        try:
            wait_until(is_there, f"{_said(role, name)} has the focus")
        except AssertionError as late:
            raise AssertionError(f"{late}; it was at\n  " + "\n  ".join(seen)) from None
        self._check_seen(role, name)

    def press(self, *keys: str) -> None:
        """Keys by their names, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Words, where the focus is."""
        self.page.keyboard.type(words)

    def _check_seen(self, role: Role, name: str | re.Pattern[str]) -> None:
        # the page may still scroll to it, or a button wait for an answer of the hub
        wait_until(
            lambda: self.page.evaluate(_SEEN), f"{_said(role, name)} is seen to have the focus, and can be pressed"
        )


def _said(role: Role, name: str | re.Pattern[str]) -> str:
    return f"{role} {name.pattern if isinstance(name, re.Pattern) else name!r}"


def _is(found: str, role: Role, name: str | re.Pattern[str]) -> bool:
    if isinstance(name, re.Pattern):
        kind, _, rest = found.partition(' "')
        return kind == role and name.search(rest[:-1]) is not None
    return found == f'{role} "{name}"'
