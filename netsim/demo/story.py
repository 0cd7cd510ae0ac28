"""The story of the demo, act by act."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from alerts.audience import Reader, is_for
from client import LinkState
from netsim.demo.cast import PRICES
from netsim.demo.device import Device, Tell, headline
from netsim.demo.hub_process import RefusedError
from netsim.demo.programme import Item, UnreadableError, added, samples
from netsim.demo.stage import Stage

_PUBLISHING_SHARE, _BEATS = 0.6, 8
"""Of the story's time, what goes to the pace of publishing; the rest is so many pauses to read in."""


class Story:
    """Plays on a stage that is set. `seconds` is how long it takes a reader to follow; links take their time on top."""

    def __init__(self, stage: Stage, tell: Tell, *, seconds: float, caps: Sequence[Path], count: int | None) -> None:
        self._stage = stage
        self._tell_who = tell
        self._caps = caps
        self._amina, self._tomas, self._moussa = stage.devices
        self._items = samples(stage.devices, count)
        self._pause_s = seconds * _PUBLISHING_SHARE / max(1, len(self._items))
        self._beat_s = seconds * (1 - _PUBLISHING_SHARE) / _BEATS
        self._elsewhere = 0
        self._published: dict[str, str] = {}
        self.refused: list[str] = []
        """Files that somebody added and that were not published, with the reason."""

    async def play(self) -> None:
        """All acts, until the stores have settled, or the time for that is over."""
        self._tell(PRICES)
        third = len(self._items) // 3
        await self._all_connected(self._items[:third])
        await self._links_break(self._items[third : 2 * third])
        await self._offline_work(self._items[2 * third :])
        await self._links_heal()
        self._act("5. The end.")
        self._tell("Everything has been published, every link is up: waiting until the stores have settled.")
        if not await self._stage.settled():
            self._tell("The stores have not settled in time; the verdict says what is missing.")

    async def _all_connected(self, items: Sequence[Item]) -> None:
        self._act("1. Alerts go out. Moussa drives out of coverage before the first one.")
        await self._stage.until(lambda: all(device.connection is LinkState.CONNECTED for device in self._stage.devices))
        await self._cut(self._moussa)
        await self._publish(items)
        await self._stage.has_all(self._amina)
        await self._stage.has_all(self._tomas)
        await self._beat()

    async def _links_break(self, items: Sequence[Item]) -> None:
        self._act("2. Links break in the middle of work.")
        await self._publish_caps()
        middle = len(items) // 2
        await self._publish(items[:middle])
        self._tell("The 2G network resets Amina's connection.")
        await self._amina.reset()
        await self._publish(items[middle:])
        await self._stage.has_all(self._amina)
        await self._beat()
        self._tell("A storm: the satellite link is cut.")
        await self._cut(self._tomas)

    async def _offline_work(self, items: Sequence[Item]) -> None:
        self._act("3. Nobody is connected. Work goes on.")
        await self._cut(self._amina)
        done = await self._acknowledge(self._amina, 2, "acknowledges offline (kept on the device until the hub has it)")
        await self._publish(items)
        await self._beat()
        self._tell("2G is back in Nyota.")
        await self._amina.heal()
        await self._stage.has_receipts(self._amina)
        for key in done[:1]:
            counts = ", ".join(f"{state} {count}" for state, count in (await self._stage.hub.delivery(key)).items())
            self._tell(f"The hub has what Amina did offline; operators see for that alert: {counts}.")
        await self._stage.has_all(self._amina)
        await self._beat()

    async def _links_heal(self) -> None:
        self._act("4. The others come back, and get the present, not the past: the most urgent first.")
        self._tell("The satellite link is back.")
        await self._tomas.heal()
        await self._stage.until(lambda: self._tomas.connection is LinkState.CONNECTED)
        self._tell("While Tomás catches up, the satellite link breaks once more.")
        await self._tomas.reset()
        await self._stage.has_all(self._tomas)
        await self._beat()
        self._tell("Moussa is back in coverage, after everything was published.")
        await self._moussa.heal()
        await self._stage.has_all(self._moussa)
        await self._tell_spared(self._moussa)
        await self._acknowledge(self._moussa, 1, "acknowledges")
        await self._acknowledge(self._tomas, 1, "acknowledges")

    async def _tell_spared(self, device: Device) -> None:
        """What was over before the device came back, and cost it nothing."""
        excused = (await self._stage.verdict()).found["excused"]
        words = [self._published[key] for name, key in excused if name == device.device and key in self._published]
        if words:
            self._tell(f"Over before {device.person.short} was back, so not sent at all: {'; '.join(words)}.")

    # -- what happens -------------------------------------------------------------------------------------------------

    async def _publish(self, items: Sequence[Item]) -> None:
        for item in items:
            await self._publish_one(item)
            await asyncio.sleep(self._pause_s)  # the pace of the story; nothing waits for it
        if self._elsewhere:
            self._tell(f"(and {self._elsewhere} alerts for districts or roles that none of the three has)")
            self._elsewhere = 0

    async def _publish_one(self, item: Item) -> None:
        key, number = await self._stage.hub.publish(item.xml, item.audience)
        self._stage.ledger.answered(key, number)
        self._published[key] = f"#{number} {item.headline}"
        names = [device.person.short for device in self._stage.devices if is_for(item.audience, _reader(device))]
        if names:
            self._tell(f"Published #{number} for {', '.join(names)}: {item.headline}")
        else:
            self._elsewhere += 1

    async def _publish_caps(self) -> None:
        for file in self._caps:
            try:
                await self._publish_one(added(file, self._stage.devices))
            except (UnreadableError, RefusedError) as error:
                self.refused.append(f"{file}: {error}")
                self._tell(f"NOT published: {file}: {error}")

    async def _acknowledge(self, device: Device, count: int, how: str) -> list[str]:
        """The worst alerts that this person has not yet acknowledged; their identities."""
        done = []
        for entry in device.worst(count):
            await device.acknowledge(entry)
            self._tell_who(device.person.short, f"{how}: {headline(entry)}")
            done.append(entry.key)
        return done

    async def _cut(self, device: Device) -> None:
        await device.cut()
        self._tell_who(device.person.short, f"is cut off ({device.person.link.name})")

    async def _beat(self) -> None:
        await asyncio.sleep(self._beat_s)  # time to read; nothing waits for it

    def _tell(self, words: str) -> None:
        self._tell_who("", words)

    def _act(self, words: str) -> None:
        self._tell_who("*", words)


def _reader(device: Device) -> Reader:
    return Reader(device.device, device.person.areas, device.person.roles)
