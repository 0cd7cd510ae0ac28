"""`FieldClient`: the field side as a library. An application embeds it, starts it, and is told what changes.

    client = FieldClient("~/.tocsin-clinic")
    await client.start()
    async for event in client.events():
        if isinstance(event, AlarmDue):
            ring(event.entries[0].alert)

The device must have joined a hub before (`tocsin-field join`, or `FieldClient.join`). Everything survives a kill at any
moment. All methods belong to the event loop on which `start` was called.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar
from weakref import WeakSet

from filelock import FileLock, Timeout

from alerts.cap.question import AnswerValue
from alerts.errors import LocalProtocolError, UserError
from alerts.wire.uplink import ReceiptState
from client.clocks import Clocks, system_clocks
from client.conversation import Turn
from client.dictionaries import Dictionaries
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUpdated,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    LinkState,
    ReceiptsStored,
)
from client.exits import ExitCode
from client.hub_time import HubTime
from client.joining import Application, checked_languages, join
from client.link import Link
from client.store import Identity, InboxEntry, Store
from client.subscription import EVENTS_MAX, Subscription
from client.worker import Worker

LOCK = "field.lock"

ALARM_PATIENCE_SECONDS = 5.0
"""How long an alarm waits for the rest of a catch-up, so that forty missed alerts ring once."""

Result = TypeVar("Result")
_logger = logging.getLogger(__name__)


class FieldClient:
    """One device: its store, and the link to its hub that comes back by itself."""

    def __init__(
        self,
        data: Path | str,
        *,
        clocks: Clocks | None = None,
        rng: random.Random | None = None,
        keepalive_s: float | None = None,
        alarm_patience_s: float = ALARM_PATIENCE_SECONDS,
        events_max: int = EVENTS_MAX,
        dictionaries: Dictionaries = Dictionaries.AUTO,
    ) -> None:
        """`data` is the device's data folder. Clocks and randomness are the machine's unless they are given.

        `keepalive_s`: silence after which the device asks whether the link lives, below `limits.SILENT_SECONDS`; None: as long
        as the network survives, up to `limits.KEEPALIVE_SECONDS_MAX`. `dictionaries`: what to do with those that the hub offers.
        """
        self._folder = _folder(data)
        self._clocks = clocks or system_clocks()
        self._rng = rng or random.SystemRandom()
        self._keepalive_s = keepalive_s
        self._dictionaries = dictionaries
        self._alarm_patience_s = alarm_patience_s
        self._events_max = events_max
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self._callbacks: list[Callable[[Event], object]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._worker: Worker | None = None
        self._link: Link | None = None
        self._running: asyncio.Task[None] | None = None
        self._lock = FileLock(self._folder / LOCK, timeout=0)
        self._connection = ConnectionChanged(LinkState.STOPPED)
        self._is_behind = False
        self._may_be_due = False
        self._patience: asyncio.TimerHandle | None = None
        self._is_handing_out = False
        self._rung: set[str] = set()
        """Alarms that have rung, and that the store does not have as raised yet."""

    # -- joining, starting, stopping ----------------------------------------------------------------------------------

    @staticmethod
    async def join(
        data: Path | str, address: str, code: str, *, name: str = "", languages: tuple[str, ...] = ()
    ) -> Identity:
        """Make this data folder a device of the hub at `address`, with a one-time code.

        Raises UserError: it cannot be done; says what to do.
        """
        return await join(_folder(data), Application(address, code, name, languages))

    async def start(self) -> None:
        """Open the store and begin to connect. Returns before there is a connection: there may be none for days.

        Raises UserError: the device has not joined, another process runs this store's link, the store cannot be read.
        """
        if self._worker is not None:
            raise LocalProtocolError("start: it has been started")
        worker = Worker()
        try:
            await worker.open(lambda: Store(self._folder, self._clocks, self._rng))
            identity = await worker.do(lambda store: store.identity())
            self._check_may_start(identity)
        except BaseException:
            await worker.close()
            raise
        assert identity is not None, "checked above"
        self._worker = worker
        self._link = Link(
            *(identity, worker, self, self._clocks, self._rng),
            keepalive_s=self._keepalive_s,
            dictionaries=self._dictionaries,
        )
        self._running = asyncio.create_task(self._link.run())
        self._note_due()

    def _check_may_start(self, identity: Identity | None) -> None:
        if identity is None:
            raise UserError(
                f"the store in {self._folder} has not joined a hub",
                "Ask your hub's operators for a one-time code, then: tocsin-field join ADDRESS CODE",
                exit_code=ExitCode.NOT_JOINED,
            )
        try:
            self._lock.acquire()
        except Timeout:
            raise UserError(
                f"another process already runs the link of the store in {self._folder}",
                "Reading and acknowledging work beside it; for another device choose another folder with --data.",
                exit_code=ExitCode.IN_USE,
            ) from None

    async def stop(self) -> None:
        """Say goodbye to the hub, end all iterations over events, and close the store."""
        if self._worker is None or self._link is None or self._running is None:
            return
        self._link.stop()
        await self._running
        if self._patience is not None:
            self._patience.cancel()
        await asyncio.gather(*self._tasks)
        for subscription in list(self._subscriptions):
            subscription.close()
        await self._worker.close()
        self._worker = self._link = self._running = self._patience = None
        self._lock.release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # -- events -------------------------------------------------------------------------------------------------------

    def events(self) -> Subscription:
        """The events from now on, as an asynchronous iterator; it ends when the client is stopped."""
        subscription = Subscription(self._alarm_taken, events_max=self._events_max)
        self._subscriptions.add(subscription)
        self._look_for_alarms()
        return subscription

    def on_event(self, callback: Callable[[Event], object]) -> Callable[[], None]:
        """Have every event from now on given to `callback`, on the event loop. Returns what ends that."""
        self._callbacks.append(callback)
        self._look_for_alarms()
        return lambda: self._callbacks.remove(callback)

    @property
    def connection(self) -> ConnectionChanged:
        """Where the link is now."""
        return self._connection

    def _publish(self, event: Event) -> bool:
        """Give an event to everybody. True: a callback has dealt with it."""
        for subscription in list(self._subscriptions):
            subscription.put(event)
        is_taken = False
        for callback in list(self._callbacks):
            try:
                callback(event)
                is_taken = True
            except Exception:
                _logger.exception("the application's callback failed on %s", type(event).__name__)
        return is_taken

    # -- what the link tells (client.link.Listener) -------------------------------------------------------------------

    def changed(self, change: ConnectionChanged) -> None:
        """The link is in another state."""
        self._connection = change
        self._publish(change)
        self._look_for_alarms()

    def turned(self, turn: Turn) -> None:
        """Something was committed, or a second has passed."""
        for event in turn.events:
            self._publish(event)
        if any(isinstance(event, AlertArrived | AlertUpdated) for event in turn.events):
            self._note_due()
        if any(not isinstance(event, ReceiptsStored | AnswerStored) for event in turn.events):
            self._is_behind = True
        if self._is_behind and turn.is_caught_up:
            self._is_behind = False
            self._publish(CaughtUp())
            self._end_patience()
        self._look_for_alarms()

    # -- alarms -------------------------------------------------------------------------------------------------------

    def _note_due(self) -> None:
        """Alarms may be due: wait for the rest of a catch-up, but not for long."""
        if not self._may_be_due:
            self._may_be_due = True
            self._patience = asyncio.get_running_loop().call_later(self._alarm_patience_s, self._end_patience)

    def _end_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        self._look_for_alarms()

    def _look_for_alarms(self) -> None:
        """Hand out what is due, unless it waits for the rest of a catch-up."""
        is_waiting = self._patience is not None and self._connection.state is not LinkState.WAITING
        has_listener = bool(self._callbacks or self._subscriptions)
        if self._may_be_due and has_listener and not is_waiting and not self._is_handing_out and self._worker:
            self._is_handing_out = True
            task = asyncio.get_running_loop().create_task(self._hand_out(self._worker))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hand_out(self, worker: Worker) -> None:
        try:
            await self._record_rung(worker)
            due = await worker.do(lambda store: store.alarms_due())
            self._may_be_due = bool(due)
            out = {key for subscription in self._subscriptions for key in subscription.alarms()} | self._rung
            if new := tuple(entry for entry in due if entry.key not in out):
                alarm = AlarmDue(new)
                if self._publish(alarm):
                    await self._alarm_taken(alarm)
        except UserError as error:
            _logger.error("alarms could not be handed out, and will be later: %s", error)
        finally:
            self._is_handing_out = False

    async def _alarm_taken(self, alarm: AlarmDue) -> None:
        self._rung.update(entry.key for entry in alarm.entries)
        if self._worker is not None:
            await self._record_rung(self._worker)

    async def _record_rung(self, worker: Worker) -> None:
        """Write down what has rung. What cannot be written now (a locked database, a full disk) rings no second time."""
        if rung := list(self._rung):
            await worker.do(lambda store: store.set_raised(rung))
            self._rung.difference_update(rung)

    # -- what an application asks for ---------------------------------------------------------------------------------

    async def inbox(self, *, in_force: bool | None = None) -> list[InboxEntry]:
        """The inbox: those in force first, of these the most urgent first. `in_force` asks for such or the others only."""
        entries = await self._do(lambda store: store.entries())
        return [entry for entry in entries if in_force is None or entry.is_in_force == in_force]

    async def show(self, name: str) -> InboxEntry:
        """The alert with this identity, identifier or number. Raises UserError: there is none, or more than one."""
        return await self._do(lambda store: store.find(name))

    async def seen(self, name: str) -> InboxEntry:
        """The person has seen the alert: queued for the hub, once. Raises UserError: there is no such alert."""
        return await self._give_receipt(name, ReceiptState.SEEN)

    async def acknowledge(self, name: str) -> InboxEntry:
        """The person acknowledges the alert: queued for the hub, once. Raises UserError: there is no such alert."""
        return await self._give_receipt(name, ReceiptState.ACKNOWLEDGED)

    async def answer(self, name: str, value: AnswerValue) -> InboxEntry:
        """The person answers the alert's question: queued for the hub. A later answer takes the place of this one.

        `value` is what the question wants: true or false, the place of the choice from 0 on, a number, or text.

        Raises UserError: there is no such alert, it asks nothing or something else, it was withdrawn.
        """
        entry = await self._do(lambda store: store.give_answer(name, value))
        self._started().outbox_grew()
        return entry

    async def _give_receipt(self, name: str, receipt: ReceiptState) -> InboxEntry:
        entry = await self._do(lambda store: store.give_receipt(name, receipt))
        self._started().outbox_grew()
        return entry

    async def waiting(self) -> int:
        """How many receipts and other items the hub does not have yet."""
        return await self._do(lambda store: store.waiting())

    async def hub_time(self) -> HubTime:
        """The hub's time, by which in force, expired and age are judged."""
        return await self._do(lambda store: store.hub_time())

    async def set_languages(self, languages: tuple[str, ...]) -> None:
        """Ask for alerts in these languages, best first. What is in force comes again in them, without a second alarm.

        Raises UserError: one is no language tag.
        """
        checked = checked_languages(languages)
        await self._do(lambda store: store.set_languages(checked))
        self._started().restart()

    def connect_now(self) -> None:
        """Do not wait any longer before the next attempt."""
        self._started().connect_now()

    def ask_roll_call(self) -> None:
        """Have the hub list everything that is in force for this device, and repair the inbox by that."""
        self._started().ask_roll_call()

    def _started(self) -> Link:
        if self._link is None:
            raise LocalProtocolError("the client is not running: start comes first")
        return self._link

    async def _do(self, work: Callable[[Store], Result]) -> Result:
        self._started()
        assert self._worker is not None, "a client that runs has its worker"
        return await self._worker.do(work)


def _folder(data: Path | str) -> Path:
    return Path(data).expanduser()
