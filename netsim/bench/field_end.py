"""`python -m netsim.bench.field_end FOLDER`: a real field client, its link and its store, with the store in FOLDER.

What it says and is asked: netsim.bench.ends. `join` is a one-time code.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from alerts.errors import UserError
from alerts.session.commits import DeviceCommand, DeviceOutcome, FinishRollCall
from client.clocks import system_clocks
from client.conversation import Turn
from client.events import ConnectionChanged
from client.joining import Application, join
from client.link import Link
from client.store import Identity, Store
from client.worker import Worker
from netsim.bench.lines import Message, answer_all, say
from netsim.bench.passed import Passed, passed

LANGUAGES = ("en",)
FOLLOW_SECONDS_MAX = 1800.0
"""How long `follow` waits at most, the slowest links and their outages included."""
_SECONDS_MAX = 100.0  # less than the measurement waits for an answer


class StampedStore(Store):
    """A store that notes when it committed what. Times are `time.monotonic()`."""

    stored_at: tuple[float, ...] = ()
    stored: Mapping[str, float] = {}
    """By alert."""
    has_settled_roll_call = False

    def execute(self, command: DeviceCommand) -> DeviceOutcome:
        """Carry out a command, durably; then look at the clock."""
        outcome = super().execute(command)
        now = time.monotonic()
        self.stored_at += (now,) * len(outcome.arrived)
        self.stored = {**dict.fromkeys(outcome.arrived, now), **self.stored}
        self.has_settled_roll_call |= isinstance(command, FinishRollCall)
        return outcome


class Watch:
    """Listens to a link (client.link.Listener) until `is_done`; its end other than that is an error, or is put up with."""

    def __init__(
        self,
        is_done: Callable[[], bool],
        *,
        is_patient: bool = False,
        welcomed: Callable[[], None] = lambda: None,
        asks: Callable[[], None] = lambda: None,
    ) -> None:
        """`asks` is called right before anything is sent after the welcome: on an idle connection a keep-alive."""
        self._is_done, self._is_patient, self._welcomed, self._asks = is_done, is_patient, welcomed, asks
        self.answered_at: float | None = None
        self.done = asyncio.get_running_loop().create_future()

    def turned(self, turn: Turn) -> None:
        """A message of the hub has been dealt with, or a second has passed."""
        if self.answered_at is None and turn.is_welcome:
            self.answered_at = time.monotonic()
            self._welcomed()
        if turn.is_welcome and turn.messages and self.answered_at is not None:
            self._asks()
        if turn.is_welcome and not self.done.done() and self._is_done():
            self.done.set_result(None)

    def changed(self, change: ConnectionChanged) -> None:
        """The link is in another state."""
        if change.trouble is not None and not self._is_patient and not self.done.done():
            self.done.set_exception(UserError(change.words))


class FieldEnd:
    """One device. Its store stays open between its connections, as in an application that runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rng = random.SystemRandom()
        self._clocks = system_clocks()
        self._worker = Worker()
        self._store: StampedStore
        self._identity: Identity

    async def join(self, address: str, code: str) -> None:
        """Join, connect until the first roll-call is settled, and say goodbye. Raises UserError: it cannot be done."""
        self._identity = await join(self._folder, Application(address, code, languages=LANGUAGES))
        await self._worker.open(self._open)
        await self._connect_until(lambda: self._store.has_settled_roll_call)

    def _open(self) -> Store:
        self._store = StampedStore(self._folder, self._clocks, self._rng)
        return self._store

    async def resume(self, count: int) -> Message:
        """Connect until so many alerts have arrived, and say when. Raises UserError: the connection ended before."""
        self._store.stored_at = ()
        answered_at = await self._connect_until(lambda: len(self._store.stored_at) >= count)
        return {"answered_at": answered_at, "stored_at": self._store.stored_at}

    async def follow(self, count: int) -> Message:
        """Stay connected, as a device does, until so many alerts are stored. Raises UserError: they do not come."""
        self._store.stored = {}
        watch = Watch(lambda: len(self._store.stored) >= count, is_patient=True, welcomed=lambda: say(following=True))
        await self._run_until_done(watch, FOLLOW_SECONDS_MAX)
        return {"stored_at": self._store.stored}

    async def idle(self, exchanges: int, keep_alive_s: float) -> Message:
        """Stay connected while nothing happens: bytes of IP packets that so many keep-alives take, and how far they are apart.

        Raises UserError: the connection ended, or this machine's devices cannot be read.
        """
        pings: list[tuple[float, Passed]] = []
        watch = Watch(lambda: len(pings) > exchanges, asks=lambda: pings.append((time.monotonic(), passed())))
        await self._run_until_done(watch, _SECONDS_MAX, keep_alive_s)
        (began, first), (ended, last) = pings[0], pings[exchanges]
        return {
            "bytes_up": last.bytes_up - first.bytes_up,
            "bytes_down": last.bytes_down - first.bytes_down,
            "seconds": ended - began,
        }

    async def _connect_until(self, is_done: Callable[[], bool]) -> float:
        """When the hub's first frame had come."""
        watch = Watch(is_done)
        await self._run_until_done(watch, _SECONDS_MAX)
        assert watch.answered_at is not None, "nothing is done before the hub has answered"
        return watch.answered_at

    async def _run_until_done(self, watch: Watch, seconds_max: float, keep_alive_s: float | None = None) -> None:
        link = Link(self._identity, self._worker, watch, self._clocks, self._rng, keepalive_s=keep_alive_s)
        running = asyncio.create_task(link.run())
        try:
            async with asyncio.timeout(seconds_max):
                await watch.done
        except TimeoutError:
            raise UserError(f"not done within {seconds_max:g} s; stored: {len(self._store.stored)}") from None
        finally:
            link.stop()
            await running


def main(folder: str) -> None:
    """Be a device until the input closes."""
    with asyncio.Runner() as runner:
        field = FieldEnd(Path(folder))

        def answer(asked: Message) -> Message:
            if "join" in asked:
                runner.run(field.join(f"http://{asked['host']}:{asked['port']}", asked["join"]))
                return {"joined": True}
            if "idle" in asked:
                return runner.run(field.idle(asked["idle"], asked["keep_alive_s"]))
            if "follow" in asked:
                return runner.run(field.follow(asked["follow"]))
            return runner.run(field.resume(asked["resume"]))

        runner.get_loop()
        say(ready=True)
        answer_all(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
