"""What a subscription is sent, and what of it is written down, without a socket: any acks, any cuts, nothing lost or doubled."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from alerts.audience import Audience
from server.bridges.stomp import SERVER_COMMANDS, Decoder, Frame, encode
from server.bridges.stomp_feed import Feed
from server.bridges.stomp_session import Bounds, Connect, Settled, StompSession, Subscribe
from server.bridges.streams import Holder
from server.hub import Credential, Hub, Role
from server.reading import Reading
from server.store import durable
from server.store.durable import Standing
from tests.support.stores import EVERYONE, PUBLISHER, make_alert, opened_hub
from tests.support.waiting import until


class Program:
    """One connection of a program, with one durable subscription, until it is cut."""

    def __init__(self, hub: Hub, reading: Reading, secret: str, credential: Credential) -> None:
        self.hub = hub
        self.session = StompSession(Bounds(window=3, tries_max=2, again_after_s=0.0), "s", 0.0)
        self.got: list[tuple[str, str]] = []
        self._holder = Holder(hub, secret, credential)
        self._reading = reading
        self._decoder = Decoder(SERVER_COMMANDS)
        self.feed: Feed
        self._task: asyncio.Task[None]

    async def begin(self, destination: str = "/alerts") -> None:
        headers = {"id": "s", "destination": destination, "ack": "client-individual", "durable": "d", "after": "0"}
        for frame in (Frame("CONNECT", {"accept-version": "1.2"}), Frame("SUBSCRIBE", headers)):
            self.session.receive(encode(frame), 0.0)
            event = self.session.next_event(0.0)
            if isinstance(event, Connect):
                self.session.accept("x")
            elif isinstance(event, Subscribe):
                self.feed = Feed(self._reading, self.session, event.subscription, self._holder, self.flush)
                await self.feed.begin()
                self.session.done()
        self._task = asyncio.create_task(self.feed.run())

    async def flush(self) -> None:
        for piece in self.session.take(0.0):
            self._decoder.feed(piece)
        while (frame := self._decoder.next()) is not None:
            if isinstance(frame, Frame) and frame.command == "MESSAGE":
                self.got.append((frame.headers["identifier"], frame.headers["ack"]))

    async def answer(self, command: str, ack: str) -> None:
        self.session.receive(encode(Frame(command, {"id": ack})), 0.0)
        event = self.session.next_event(0.0)
        if isinstance(event, Settled):
            await self.feed.save()
            self.feed.wake()
        self.session.done()

    async def cut(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


@pytest.mark.parametrize("seed", range(8))
def test_over_any_cuts_each_alert_is_settled_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)

    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            reading = Reading(hub)
            secret = await hub.make_token(Role.VIEWER, "desk", ("KE",))
            credential = await hub.authenticate(secret)
            assert credential is not None
            names = [f"a-{number}" for number in range(20)]
            wanted = [name for name in names if chance.random() < 0.8]
            settled: Counter[str] = Counter()
            to_come = iter(names)
            for life in range(60):
                for name in (next(to_come, None) for _ in range(chance.randint(0, 4))):
                    if name is not None:
                        audience = EVERYONE if name in wanted else Audience(areas=("UG",))
                        await hub.publish(make_alert(name), audience, by=PUBLISHER)
                program = Program(hub, reading, secret, credential)
                await program.begin()
                lacks = set(wanted) - set(settled)
                if life > 30 and not lacks:
                    await program.cut()
                    break
                for at in range(chance.randint(0, 4)):
                    if not await _has(program, at, hub, wanted, settled):
                        break
                    name, ack = program.got[at]
                    assert name in wanted and name not in settled, "what was settled does not come again"
                    if chance.random() < 0.8:
                        await program.answer("ACK", ack)
                        settled[name] += 1
                await program.cut()
            assert set(settled) == set(wanted)
            assert set(settled.values()) == {1}

    asyncio.run(run())


async def _has(program: Program, at: int, hub: Hub, wanted: list[str], settled: Counter[str]) -> bool:
    """Wait for the message at this place, unless nothing more can come."""
    published = {entry.key.partition(",")[2] for entry in hub.log}
    waiting = [name for name in wanted if name in published and name not in settled]
    outstanding = len(program.feed.subscription.outstanding)
    if len(program.got) <= at and len(waiting) <= outstanding:
        return False
    await until(lambda: len(program.got) > at, "a message came")
    return True


def test_an_ack_that_comes_while_its_message_is_written_moves_the_cursor(tmp_path: Path) -> None:
    class Quick(Program):
        """Acknowledges before the hub's write has returned."""

        async def flush(self) -> None:
            known = len(self.got)
            await super().flush()
            for _, ack in self.got[known:]:
                await self.answer("ACK", ack)

    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            secret = await hub.make_token(Role.VIEWER, "desk", ())
            credential = await hub.authenticate(secret)
            assert credential is not None
            for name in ("a-1", "a-2"):
                await hub.publish(make_alert(name), EVERYONE, by=PUBLISHER)
            program = Quick(hub, Reading(hub), secret, credential)
            await program.begin()
            await until(lambda: len(program.got) == 2, "both came")
            await program.cut()
            standing, _ = await hub.write(lambda db: durable.begin(db, "desk", "d", "/alerts", Standing(0), 0))
            assert (standing.cursor, standing.settled) == (hub.log.head, ())

    asyncio.run(run())
