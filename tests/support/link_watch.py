"""A link whose turns and states a test can wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from client.conversation import Turn
from client.events import ConnectionChanged, Event, LinkState
from client.trouble import Trouble

WAIT_SECONDS_MAX = 30.0
"""When a test gives up; nothing is judged by it."""


class LinkWatch:
    """Remembers what a link tells (client.link.Listener)."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.changes: list[ConnectionChanged] = []
        self._changed = asyncio.Event()

    def turned(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._changed.set()

    def changed(self, change: ConnectionChanged) -> None:
        self.changes.append(change)
        self._changed.set()

    @property
    def events(self) -> list[Event]:
        return [event for turn in self.turns for event in turn.events]

    @property
    def state(self) -> LinkState:
        return self.changes[-1].state if self.changes else LinkState.STOPPED

    @property
    def troubles(self) -> list[Trouble]:
        return [change.trouble for change in self.changes if change.trouble]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until what the link has told fulfils this."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def more_turns(self, count: int) -> None:
        """Wait for so many turns from now."""
        seen = len(self.turns)
        await self.until(lambda: len(self.turns) >= seen + count)
