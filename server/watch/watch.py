"""What is in force, and what somebody watches, counted as it happens: by the events of the hub and by what devices say they have.

    events ───────┐             ┌─▶ devices   who is new, moved or revoked is judged anew
    devices heard ┼─▶ look ─────┼─▶ acts      one device and one alert each
    time ─────────┘ (one at     ├─▶ heard     only for alerts whose number the device's word is about
                     a time)    ├─▶ boards    made for what is new or has ended, dropped where nobody needs them
                                └─▶ followers are given the places that changed

Nothing is counted anew because of one acknowledgement: it costs one judgement. Long work is done in slices between which the loop
goes on. A board is judged by what the hub holds in memory (what devices say) and by rows that were read in one transaction;
events that came while it was read are applied again, which changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import structlog
from peewee import SqliteDatabase

from alerts.audience import Reader
from alerts.errors import StoreError, UnknownAlertError
from alerts.session.claim import Claim
from alerts.session.log import Entry
from server.bell import until_first
from server.events import Event, EventKind
from server.hub import Hub
from server.store import progress as progress_rows
from server.watch.board import ACTS, Board
from server.watch.course import Sample, is_due
from server.watch.roster import Roster

_logger = structlog.get_logger("server.watch")

IN_FORCE_MAX = 100
"""Alerts in force that are counted all the time: the most urgent, and of these the newest."""
SLICE = 250
"""Devices that are looked at in one go: a millisecond or two."""
ALL_ANEW = 2000
"""When more devices than this have changed, all are read."""
NAMES_EVERY_S = 10.0
PAUSE_S = 0.25
"""Between two looks, in seconds, while somebody watches."""
REST_S = 1.0
"""The same while nobody does."""
REST_S_MAX = 5.0

_DEVICES = frozenset({EventKind.DEVICE_ENROLLED, EventKind.DEVICE_CHANGED, EventKind.DEVICE_REVOKED})


class Follower(Protocol):
    """Somebody who is given what changes. All calls come from one look, one after the other."""

    def begin(self, roster: Roster) -> None:
        """Forget everything: all devices, and all boards, follow."""
        ...

    def moved(self, places: Sequence[int]) -> None:
        """These devices are new, or in other areas, or revoked."""
        ...

    def board_made(self, board: Board) -> None:
        """There is a board, or another one of the same alert; `changed` follows with all its places."""
        ...

    def board_gone(self, number: int) -> None:
        """Nobody counts this alert any more."""
        ...

    def changed(self, board: Board, places: Sequence[int]) -> None:
        """The states, times or areas of these devices are other than before."""
        ...


class Watch:
    """The counts of one hub; also the service that keeps them. Lives on the event loop."""

    name = "watch"

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.roster = Roster()
        self.boards: dict[int, Board] = {}
        self.names: dict[str, str] = {}
        """Code → name of areas."""
        self.in_force: tuple[int, ...] = ()
        """The numbers of the alerts in force that are counted, in order."""
        self.left_off = 0
        """How many more are in force."""
        self._noting: asyncio.Task[None] | None = None
        self._names_at = 0.0
        self._cursor = 0
        self._claims: list[Claim] = []
        """What each device had when it was last judged, by its place."""
        self._heard: set[str] = set()
        self._wanted: Counter[int] = Counter()
        self._followers: list[Follower] = []
        self._is_new = True
        self._looking = asyncio.Lock()
        self._bell = asyncio.Event()
        self._listener = _Listener(self._begin_anew, self.wake)
        self.after_look: Callable[[], Awaitable[None]] | None = None
        """Awaited at the end of each look of the service."""
        hub.subscribe(self._listener)
        hub.hear(self._hear)

    # -- what is told -------------------------------------------------------------------------------------------------

    def _hear(self, device: str) -> None:
        self._heard.add(device)
        self._bell.set()

    def wake(self) -> None:
        """There may be something to look at."""
        self._bell.set()

    def _begin_anew(self) -> None:
        """The clock was set: who was for what, and what has ended, is other than before."""
        self._is_new = True
        self._bell.set()

    # -- the service --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look whenever something has happened, until cancelled."""
        self._is_new = True
        while True:
            await self.look()
            if self.after_look is not None:
                await self.after_look()
            self._note_samples()
            await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(PAUSE_S if self._followers else REST_S)
        await until_first(self._hub.events.wait(self._cursor, REST_S_MAX), self._bell.wait())

    def _note_samples(self) -> None:
        """Write how many have each alert, where that has changed and is due; nobody waits for it."""
        if self._noting is not None and not self._noting.done():
            return
        now = self._hub.now()
        due: dict[int, Sample] = {}
        for number in self.in_force:
            board = self.boards.get(number)
            if board is None:
                continue
            newest = board.samples[-1] if board.samples else None
            if is_due(newest, board.loaded.alert.published_at, now, board.reached):
                due[number] = Sample(now, board.reached)
                board.samples.append(due[number])
        if due:
            self._noting = asyncio.get_running_loop().create_task(self._note(due))

    async def _note(self, due: dict[int, Sample]) -> None:
        try:
            await self._hub.write(lambda db: _note(db, due))
        except StoreError as error:
            _logger.warning("how many devices have the alerts could not be noted", error=str(error))

    # -- who follows --------------------------------------------------------------------------------------------------

    async def follow(self, follower: Follower, number: int | None = None) -> None:
        """Give a follower everything that there is, and from now on what changes. `number`: it needs this alert, in force or not.

        Raises UnknownAlertError, StoreError.
        """
        if number is not None:
            self._wanted[number] += 1
        try:
            async with self._looking:
                await self._look()
                if number is not None and number not in self.boards:
                    await self._make(number)
                await self._present([follower])
                for board in list(self.boards.values()):
                    follower.board_made(board)
                    await self._give([follower], board, range(len(self.roster)))
                self._followers.append(follower)
        except BaseException:
            self._release(number)
            raise

    def leave(self, follower: Follower, number: int | None = None) -> None:
        """It follows no more."""
        if follower in self._followers:
            self._followers.remove(follower)
            self._release(number)

    def _release(self, number: int | None) -> None:
        if number is not None:
            self._wanted[number] -= 1
            if self._wanted[number] <= 0:
                del self._wanted[number]

    async def _present(self, followers: Sequence[Follower]) -> None:
        """All devices."""
        for follower in followers:
            follower.begin(self.roster)
        for begin in range(0, len(self.roster), SLICE):
            for follower in followers:
                follower.moved(range(begin, min(begin + SLICE, len(self.roster))))
            await asyncio.sleep(0)

    async def _give(self, followers: Sequence[Follower], board: Board, places: Sequence[int]) -> None:
        for begin in range(0, len(places), SLICE):
            some = places[begin : begin + SLICE]
            for follower in followers:
                follower.changed(board, some)
            await asyncio.sleep(0)

    # -- one look -----------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Take in everything that has happened. Raises StoreError."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        self._bell.clear()
        try:
            await self._take_in()
        except BaseException:
            self._is_new = True
            raise

    async def _take_in(self) -> None:
        if self._is_new:
            self._is_new = False
            await self._read_all()
        elif self._hub.clock.monotonic() - self._names_at >= NAMES_EVERY_S:
            await self._read_names()
        acts, devices = await self._read_events()
        heard, self._heard = self._heard, set()
        unknown = {device for device in heard if self.roster.place_of(device) is None}
        unknown |= {act.device for act in acts if act.device and self.roster.place_of(act.device) is None}
        now = self._hub.now()
        await self._read_devices(devices | unknown, now)
        self._take_acts(acts, now)
        await self._take_heard(heard, now)
        await self._keep_boards(now)
        for board in list(self.boards.values()):
            if board.changed:
                places, board.changed = sorted(board.changed), set()
                await self._give(self._followers, board, places)

    async def _read_all(self) -> None:
        """Begin: all devices, no board."""
        self._cursor = self._hub.events.newest
        self.boards.clear()
        self._heard.clear()
        self.roster = Roster(await self._hub.read(progress_rows.traits))
        self._claims = [self._hub.claim(one.device) for one in self.roster.devices]
        await self._read_names()
        await self._present(self._followers)

    async def _read_names(self) -> None:
        self._names_at = self._hub.clock.monotonic()
        names = await self._hub.read(progress_rows.area_names)
        if names != self.names:
            self.names = names  # another object: whoever has told the names before sees by it that they are others

    async def _read_events(self) -> tuple[list[Event], set[str]]:
        acts: list[Event] = []
        devices: set[str] = set()
        while found := await self._hub.events.after(self._cursor):
            for event in found:
                if event.kind in ACTS:
                    acts.append(event)
                elif event.kind in _DEVICES and event.device is not None:
                    devices.add(event.device)
            self._cursor = found[-1].id
        return acts, devices

    async def _read_devices(self, devices: set[str], now: int) -> None:
        if not devices:
            return
        some = None if len(devices) > ALL_ANEW else sorted(devices)
        known = len(self.roster)
        places = self.roster.put(await self._hub.read(lambda db: progress_rows.traits(db, some)))
        self._claims += [self._hub.claim(one.device) for one in self.roster.devices[known:]]
        for board in self.boards.values():
            board.grow()
        for begin in range(0, len(places), SLICE):
            for follower in self._followers:
                follower.moved(places[begin : begin + SLICE])
            for place in places[begin : begin + SLICE]:
                claim = self._hub.claim(self.roster.devices[place].device)
                for board in self.boards.values():
                    board.judge(place, claim, now)
                    board.changed.add(place)  # its areas may be others
            await asyncio.sleep(0)

    def _take_acts(self, acts: Iterable[Event], now: int) -> None:
        for event in acts:
            board = None if event.alert is None else self.boards.get(event.alert)
            place = None if event.device is None else self.roster.place_of(event.device)
            if board is not None and place is not None:
                board.act(place, event.kind, int(event.members["done_at"]))
                board.judge(place, self._claims[place], now)

    async def _take_heard(self, heard: set[str], now: int) -> None:
        """Judge the alerts that a device's new word is about. Most words (an uplink, a beat) are about none."""
        for count, device in enumerate(heard):
            place = self.roster.place_of(device)
            if place is None:
                continue
            old, new = self._claims[place], self._hub.claim(device)
            if new == old:
                continue
            self._claims[place] = new
            for board in self._touched(old, new, now):
                board.judge(place, new, now)
            if count % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    def _touched(self, old: Claim, new: Claim, now: int) -> list[Board]:
        is_same_but_further = (
            new.cursor >= old.cursor and new.held == old.held and new.spared == old.spared and new.heard <= now
        )
        if not is_same_but_further:
            return list(self.boards.values())
        return [board for number, board in self.boards.items() if old.cursor < number <= new.cursor]

    # -- boards -------------------------------------------------------------------------------------------------------

    async def _keep_boards(self, now: int) -> None:
        """Make the boards that are needed, and drop the others."""
        self._choose(now)
        needed = {*self.in_force, *self._wanted}
        for number in [number for number in self.boards if number not in needed]:
            self._drop(number)
        log = self._hub.log
        for number in sorted(needed):
            board = self.boards.get(number)
            if board is None or board.is_outdated(log.replaced_by(board.loaded.key), now):
                try:
                    await self._make(number)
                except UnknownAlertError:
                    self._drop(number)

    def _choose(self, now: int) -> None:
        log = self._hub.log
        found = [entry for entry in log if log.in_force(entry, now)]
        self.left_off = max(0, len(found) - IN_FORCE_MAX)
        if self.left_off:
            found = sorted(found, key=lambda entry: (entry.urgency, entry.number), reverse=True)[:IN_FORCE_MAX]
        self.in_force = tuple(sorted(entry.number for entry in found))

    async def _make(self, number: int) -> None:
        """A board from the store, in the place of the one before. Raises UnknownAlertError, StoreError."""
        now = self._hub.now()
        board = Board(await self._hub.read(lambda db: progress_rows.load(db, number, now)), self.roster)
        for begin in range(0, len(self.roster), SLICE):
            for place in range(begin, min(begin + SLICE, len(self.roster))):
                board.judge(place, self._claims[place], now)
            await asyncio.sleep(0)
        board.changed.clear()
        self.boards[number] = board
        for follower in self._followers:
            follower.board_made(board)
        await self._give(self._followers, board, range(len(self.roster)))

    def _drop(self, number: int) -> None:
        if self.boards.pop(number, None) is not None:
            for follower in self._followers:
                follower.board_gone(number)


def _note(db: SqliteDatabase, samples: dict[int, Sample]) -> None:
    for number, sample in samples.items():
        progress_rows.note_sample(db, number, sample)


class _Listener:
    """What the hub tells beside events."""

    def __init__(self, begin_anew: Callable[[], None], wake: Callable[[], None]) -> None:
        self._begin_anew = begin_anew
        self._wake = wake

    def log_grew(self, entry: Entry) -> None:
        """An alert was published."""
        self._wake()

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """There is an event that tells the same."""

    def device_revoked(self, device: str) -> None:
        """There is an event that tells the same."""

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Nothing to count."""

    def clock_stepped(self) -> None:
        """Everything is judged anew."""
        self._begin_anew()
