"""A hub and its devices over virtual TCP: the real core, between links that take time, judged as the simulation is.

publisher ─▶ hub ═ TCP ═ link as a profile says ═ TCP ═ device        all in one timeline, from one seed
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from alerts.audience import Reader
from alerts.dictionary.shipped import shipped
from alerts.session.commits import DeviceCommand, FinishRollCall, KeepItems
from alerts.session.log import Draft, Entry, Log
from alerts.wire.codec import Codec
from alerts.wire.items import decode_item
from netsim.judge import invariants
from netsim.judge.invariants import ViolationError
from netsim.profiles.profile import Profile
from netsim.virtual.clock import HubWall, VirtualClock
from netsim.virtual.costs import Costs
from netsim.virtual.device import VirtualDevice
from netsim.virtual.device_store import DeviceStore
from netsim.virtual.hub import HubEnd, HubStore, VirtualHub
from netsim.virtual.path import Path
from netsim.virtual.real_items import LANGUAGES, languages_of
from netsim.virtual.tcp.host import Host
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.tcp.tls import TlsRoundTrips
from netsim.virtual.timed_device import TimedDevice
from netsim.virtual.timed_hub import TimedHub
from netsim.virtual.timeline import Timeline
from netsim.virtual.trace import Trace
from netsim.virtual.watch import Watch
from server.push.lean import LeanEncoders
from server.push.variants import Variants

REST_LOOK_S = 5.0
REST_S_MAX = 3600.0
"""On links without a fault everything is delivered and said within an hour."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a timed world is made of besides its seed."""

    profile: Profile
    devices: int = 1
    costs: Costs = field(default_factory=Costs)
    tcp: TcpSettings = field(default_factory=TcpSettings)
    tls_round_trips: TlsRoundTrips | None = None
    areas: tuple[str, ...] = ("KE-1-01",)


class TimedWorld:
    """Everything there is in one run. The devices are enrolled and off. Raises ViolationError out of whatever lets time pass."""

    def __init__(self, setting: Setting, seed: int, *, is_traced: bool = False) -> None:
        self.setting = setting
        self.chance = random.Random(f"timed {seed}")
        clock = VirtualClock()
        self.timeline = Timeline(clock)
        self.trace = Trace(is_on=is_traced, time=lambda: self.timeline.now)
        self.watch = Watch(languages_of)
        self.forks = 0
        self.lost_by_restore: list[Entry] = []
        """What stood in the hub's store and, since that was put back, does not."""
        self.published_at: dict[str, float] = {}
        """When each alert was answered."""
        self.stored_at: dict[tuple[str, str], float] = {}
        """(device, alert) → when it was first committed there."""
        self._clock = clock
        self._codec = Codec()
        self._numbers, self._lives, self._names = count(1), count(1), count(1)
        inside = VirtualHub(HubWall(clock), random.Random(self.chance.getrandbits(64)), self._codec, self.trace)
        inside.encoder = variants = Variants(self._codec)
        self._dictionaries = (shipped(),)
        inside.make_lean = lambda: LeanEncoders(self._dictionaries, variants, lambda: inside.log)
        inside.lean = inside.make_lean()
        host = Host(self.timeline, setting.tcp)
        self.hub = TimedHub(inside, host, self.timeline, setting.costs, setting.tls_round_trips)
        self.hub.wrote_claims = self._check_all
        self.devices = [self.add_device(self._inside(f"d{number}", DeviceStore())) for number in range(setting.devices)]
        for device in self.devices:
            self.move(Reader(device.inside.name, setting.areas))
            device.inside.choose_languages(LANGUAGES)

    # -- devices ------------------------------------------------------------------------------------------------------

    def _inside(self, name: str, store: DeviceStore) -> VirtualDevice:
        return VirtualDevice(
            *(name, next(self._lives), store, self._clock, random.Random(self.chance.getrandbits(64)), self._codec),
            *(self.trace, lambda: f"u{next(self._names)}", self._committed, decode_item),
            dictionaries=self._dictionaries,
        )

    def add_device(self, inside: VirtualDevice) -> TimedDevice:
        """A device with a machine and a link of its own."""
        host = Host(self.timeline, self.setting.tcp)
        path = Path(
            *(self.timeline, self.setting.profile, random.Random(self.chance.getrandbits(64))),
            to_hub=lambda segment: self.hub.host.take(segment, path.down),
            to_device=lambda segment: host.take(segment, path.up),
        )
        return TimedDevice(
            *(inside, host, path, self.timeline, self.setting.costs, random.Random(self.chance.getrandbits(64))),
            *(self._numbers, self._stepped, self.setting.tls_round_trips),
        )

    def renew(self, device: TimedDevice, store: DeviceStore) -> VirtualDevice:
        """Another life of a device's store: it was put back from a copy, or cloned."""
        new = self._inside(device.inside.name, store)
        self.watch.copied(device.inside, new)
        return new

    def move(self, reader: Reader) -> None:
        """Ops set a device's audience."""
        number, before = self.hub.inside.commit_move(reader)
        self.watch.addressed(self.hub.inside, reader)
        self.hub.inside.take_up_move(number, before, reader)
        self.hub.wake_all()

    def put_back_hub(self, store: HubStore, starts_after_s: float) -> None:
        """The hub's store is an old copy now, and its process a new one."""
        kept = {(entry.epoch, entry.number) for entry in store.entries}
        self.lost_by_restore += [e for e in self.hub.inside.store.entries if (e.epoch, e.number) not in kept]
        self.forks += 1
        self.hub.kill(starts_after_s)
        self.hub.inside.store = store
        self.hub.inside.log = store.read_log(self.hub.inside.wall.now())
        for enrolment in self.hub.inside.log.enrolled.values():
            self.watch.addressed(self.hub.inside, enrolment.reader)

    def _committed(self, device: VirtualDevice, command: DeviceCommand, before: int) -> None:
        after = device.store.standing().cursor
        was_fork = isinstance(command, FinishRollCall) and self.forks > 0
        invariants.check_cursor(device.title, before, after, was_fork=was_fork)
        if isinstance(command, KeepItems):
            numbers = {number for number, _ in command.items}
            for entry in (self.hub.inside.log.at(number) for number in numbers):
                if entry is not None and device.store.get(entry.key) is not None:
                    self.stored_at.setdefault((device.name, entry.key), self.timeline.now)

    def _stepped(self, device: TimedDevice) -> None:
        """After each step of a device: alarms ring, and the judge looks."""
        inside = device.inside
        if inside.has_work():
            return
        inside.reckon()
        due = inside.store.alarms_due()
        if due:
            device.stored_something()
            self.watch.raised(inside, due, recorded=True)
            inside.store.set_raised(due)
        self.watch.check_device(self.hub.inside, inside)

    def _check_all(self) -> None:
        """What the hub's store says of devices has changed."""
        for device in self.devices:
            self.watch.check_device(self.hub.inside, device.inside)

    # -- people -------------------------------------------------------------------------------------------------------

    def publish(self, draft: Draft, answered: Callable[[Entry], None] = lambda entry: None) -> None:
        """Somebody publishes, and tries again each second while the hub is down or did not answer."""
        state = {"is_settled": False}

        def committed(entry: Entry) -> None:
            state["is_settled"] = True
            self.published_at[entry.key] = self.timeline.now
            self.watch.published(entry, [enrolled.reader for enrolled in self.hub.inside.log.enrolled.values()])
            answered(entry)

        def refused() -> None:
            state["is_settled"] = True

        def attempt() -> None:
            if state["is_settled"]:
                return
            if self.hub.is_up:
                self.hub.publish(draft, committed, refused)
            self.timeline.after(1.0, attempt)

        attempt()

    # -- the end ------------------------------------------------------------------------------------------------------

    def come_to_rest(self) -> float:
        """Clocks are right, links are perfect, everything runs: how many seconds it takes until nothing is missing.

        Raises ViolationError: it does not come to rest, or something is missing then.
        """
        began = self.timeline.now
        if self.hub.inside.wall.offset:
            self.hub.set_clock(0)
        for device in self.devices:
            device.path.make_perfect()
            if not device.is_on:
                device.switch_on()
        self.timeline.run_until(began + REST_LOOK_S)
        while not self.is_at_rest():
            if self.timeline.now - began > REST_S_MAX:
                raise ViolationError(6, f"not at rest {REST_S_MAX:g} s after the links have healed: {self._waiting()}")
            self.timeline.run_until(self.timeline.now + REST_LOOK_S)
        self.hub.inside.write_claims()
        for device in self.devices:
            self.watch.check_device(self.hub.inside, device.inside)
            self.watch.check_rest(self.hub.inside, device.inside)
        return self.timeline.now - began

    def is_at_rest(self) -> bool:
        """Whether each device is connected, has everything, has been heard, and nothing is under way."""
        return self.hub.is_up and not any(self._is_waiting(device) for device in self.devices)

    def _is_waiting(self, device: TimedDevice) -> bool:
        inside, position = device.inside, device.inside.store.standing().position()
        end = self.hub.inside.ends.get(device.connection or -1)
        log = self.hub.inside.log
        reader = log.enrolled[inside.name].reader
        now = self.hub.inside.wall.now()
        return (
            not device.is_connected
            or end is None
            or inside.has_work()
            or position.owes
            or not log.counts(position.epoch, position.as_of)
            or any(inside.reckon() < entry.expires <= now for entry in log)  # their clocks differ by what a frame takes
            or any(entry.key not in inside.store.rows for entry in log.roll(reader, now))
            or any(_is_due(log, entry, reader, now, inside.store) for entry in log.after(position.cursor))
            or any(book.stored < book.last for book in inside.store.books.values())
            or any(not _is_heard(end, entry) for entry in log.roll(reader, now))
        )

    def _waiting(self) -> list[str]:
        return [device.inside.title for device in self.devices if self._is_waiting(device)]


def _is_due(log: Log, entry: Entry, reader: Reader, now: int, store: DeviceStore) -> bool:
    """Whether a device still has to be sent an entry above its cursor, in full or as a withdrawal."""
    is_held = entry.number in store.standing().held
    return not is_held and log.form_for(entry, reader, now, lambda key: key in store.rows) is not None


def _is_heard(end: HubEnd, entry: Entry) -> bool:
    """Whether the device has said on this connection that it has come past an entry, or holds it."""
    claim = end.session.claim
    return entry.number <= claim.cursor or entry.number in claim.held
