"""One run of one seed: a hub, two devices (three once one is cloned), their links, and everything that befalls them.

Between two operations any number of bytes can be on their way, any commit half done. After each one the watch looks; at the
end the links hold, everything comes to rest, and nothing may be missing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import count

from alerts import limits
from alerts.audience import Audience, Reader
from alerts.session.commits import DeviceCommand, FinishRollCall
from alerts.session.log import Draft, Entry
from alerts.wire.codec import Codec
from alerts.wire.items import Purpose, Urgency
from netsim.judge import invariants
from netsim.virtual.clock import YEAR, HubWall, VirtualClock
from netsim.virtual.device import VirtualDevice
from netsim.virtual.device_store import DeviceStore
from netsim.virtual.hub import HubEnd, HubStore, VirtualHub
from netsim.virtual.items import DEADLY, UNUSABLE, ProcessDiedError
from netsim.virtual.network import Link
from netsim.virtual.schedule import Operation
from netsim.virtual.trace import Trace
from netsim.virtual.watch import Watch

AUDIENCES = (
    Audience(areas=("KE-1",)),
    Audience(areas=("KE-2",)),
    Audience(areas=("KE",)),
    Audience(everyone=True),
    Audience(areas=("KE-1",), roles=("nurse",)),
    Audience(devices=("d0",)),
    Audience(areas=("KE-2",), devices=("d0",)),
)
HOMES = (("KE-1-01",), ("KE-2-07",), ("KE-1-01", "KE-2-07"), ("UG-1",))
ROLES = ((), ("nurse",))
LANGUAGES = (("en",), ("fr", "en"), ("sw",))
LIVES_S = (40, 3600, 3 * 86_400, 30 * 86_400, 400 * 86_400, 400 * 86_400)
STEPS_S = (1, 12, 50, 400, 7200, 86_400, 10 * 86_400, 100 * 86_400)
STEP_CHANCES = (6, 6, 4, 4, 3, 3, 2, 1)
OFFSETS_S = (3600, -3600, 86_400, -86_400, YEAR, -YEAR, 30 * YEAR, -30 * YEAR)
DEVICES_MAX = 3
CLOSELY_WATCHED = 8
"""Of so many seeds one is judged after every single commit and message, the others after every operation."""
REST_STEPS_MAX = 20_000

CODEC = Codec()
"""One for the process: making its zstd contexts costs more than a run."""


@dataclass(slots=True)
class Handshake:
    """An upgrade request on its way."""

    link: Link
    device: str
    value: str


class World:
    """Everything there is in one run. Raises ViolationError out of `run`."""

    def __init__(self, seed: int, *, is_traced: bool = False) -> None:
        self.rng = random.Random(f"world {seed}")
        self.clock = VirtualClock()
        self.trace = Trace(is_on=is_traced, time=self.clock.elapsed)
        self.watch = Watch()
        self.forks = 0
        self._checked: dict[int, tuple[int, int]] = {}
        self._is_watched_closely = seed % CLOSELY_WATCHED == 0
        self._lives, self._links, self._names = count(1), count(1), count(1)
        self.hub = VirtualHub(HubWall(self.clock), self.rng, CODEC, self.trace)
        self.hub_copies: list[HubStore] = []
        self.copies: dict[int, DeviceStore] = {}
        self.handshakes: list[Handshake] = []
        self.lost: list[Entry] = []
        self.devices = [self._new_device(name, DeviceStore()) for name in ("d0", "d1")]
        for device, home in zip(self.devices, HOMES, strict=False):
            self._move(Reader(device.name, home), dies=False)
            device.choose_languages(LANGUAGES[0])

    def _new_device(self, name: str, store: DeviceStore) -> VirtualDevice:
        return VirtualDevice(
            *(name, next(self._lives), store, self.clock, self.rng, CODEC, self.trace),
            *(lambda: f"u{next(self._names)}", self._committed),
        )

    def _committed(self, device: VirtualDevice, command: DeviceCommand, before: int) -> None:
        after = device.store.standing().cursor
        was_fork = isinstance(command, FinishRollCall) and self.forks > 0
        invariants.check_cursor(device.title, before, after, was_fork=was_fork)

    # -- a run --------------------------------------------------------------------------------------------------------

    def run(self, schedule: list[Operation]) -> None:
        """Everything in the schedule, then rest."""
        for operation in schedule:
            self.run_one(operation)
        self.come_to_rest()

    def run_one(self, operation: Operation) -> None:
        """One operation, judged."""
        name, choice = operation
        self.clock.advance((choice >> 20) % 64 / 1000)
        getattr(self, f"do_{name}")(random.Random(choice))
        self.check()

    def check(self) -> None:
        """After every step, whatever it changed. Time alone breaks nothing: it only ends what is in force."""
        for device in self.devices:
            seen = (self.hub.changes, device.changes)
            if self._checked.get(device.life) != seen:
                self._checked[device.life] = seen
                self.watch.check_device(self.hub, device)

    def come_to_rest(self) -> None:
        """Clocks are right, links hold, processes that die are started again: now nothing may be missing."""
        self.trace.say("world", "everything heals")
        if self.hub.wall.offset:
            self.hub.set_clock(0)
        for handshake in self.handshakes:
            handshake.link.cut()
        self.handshakes.clear()
        for device in self.devices:
            self._break(device, both=True)
        steps = self._rest()
        for device in self.devices:
            invariants.check_at_rest(device.title, steps, REST_STEPS_MAX)
            self._raise_alarms(device, dies=False)
        self.hub.write_claims()
        self.check()
        for device in self.devices:
            self.watch.check_rest(self.hub, device)

    def _rest(self) -> int:
        steps, moved = 0, True
        while moved and steps < REST_STEPS_MAX:
            moved = False
            for device in self.devices:
                if device.link is None:
                    self._connect(device)
                    self._accept(self.handshakes.pop())
                while steps < REST_STEPS_MAX and self._flow_once(device):
                    steps += 1
                    moved = True
            moved = moved or any(device.link is None for device in self.devices) or self._say_what_waits()
        return steps

    def _say_what_waits(self) -> bool:
        """Nothing moves: let so much time pass that every `Stored` that waits for company leaves. Whether one did."""
        self.clock.advance(limits.STORED_SECONDS)
        for device in self.devices:
            device.tick()
        return any(device.link is not None and not device.link.up.is_empty() for device in self.devices)

    # -- ops publishes ------------------------------------------------------------------------------------------------

    def _draft(self, rng: random.Random, purpose: Purpose, references: tuple[str, ...] = ()) -> Draft:
        payload = rng.choices(("", UNUSABLE, DEADLY), (40, 1, 1))[0]
        return Draft(
            *(f"a{next(self._names)}", purpose, rng.choice(AUDIENCES), references),
            urgency=rng.choices(list(Urgency), (4, 2, 2))[0],
            expires=int(self.clock.true) + rng.choice(LIVES_S),
            payload=payload,
        )

    def _publish(self, draft: Draft, *, dies: bool) -> None:
        now = self.hub.wall.now()
        expected = self.hub.inherit(draft)
        is_late_cancel = draft.purpose is Purpose.CANCEL and expected.lives > now
        if expected.expires <= now and not is_late_cancel:
            self.trace.say("hub", "refuses {}: expired by its clock", draft.key)
            return
        entry = self.hub.commit_alert(draft)
        self.trace.say(
            *("hub", "#{} {} {}, {}, until {}, for {}, replaces {} {}", entry.number, entry.purpose.name, entry.key),
            *(entry.urgency.name, entry.expires, entry.audience, sorted(entry.replaces), entry.payload),
        )
        self.watch.published(entry, [enrolled.reader for enrolled in self.hub.log.enrolled.values()])
        if dies:
            self._kill_hub()
        else:
            self.hub.take_up(entry)

    def do_publish(self, rng: random.Random) -> None:
        purpose = rng.choices((Purpose.ALERT, Purpose.NOTICE), (12, 1))[0]
        self._publish(self._draft(rng, purpose), dies=rng.random() < 0.03)

    def do_burst(self, rng: random.Random) -> None:
        for _ in range(rng.randint(3, 12)):
            self._publish(self._draft(rng, Purpose.ALERT), dies=False)

    def _living(self) -> list[Entry]:
        """What its publishers take for being in force."""
        replaced = {key for entry in self.hub.store.entries for key in entry.replaces}
        return [
            entry
            for entry in self.hub.store.entries
            if entry.expires > self.clock.true and entry.key not in replaced and entry.purpose is not Purpose.CANCEL
        ]

    def _follow(self, rng: random.Random, purpose: Purpose) -> None:
        living = self._living()
        if living:
            named = rng.sample(living, min(len(living), rng.choice((1, 1, 1, 2))))
            draft = self._draft(rng, purpose, tuple(entry.key for entry in named))
            if rng.random() < 0.4:
                draft = replace(draft, audience=named[0].audience)
            self._publish(draft, dies=rng.random() < 0.03)

    def do_update(self, rng: random.Random) -> None:
        self._follow(rng, Purpose.UPDATE)

    def do_cancel(self, rng: random.Random) -> None:
        self._follow(rng, Purpose.CANCEL)

    def do_republish(self, rng: random.Random) -> None:
        """What the hub lost is published again under its identity."""
        known = {entry.key for entry in self.hub.store.entries}
        withdrawn = {key for entry in self.lost for key in entry.replaces}
        again = [entry for entry in self.lost if entry.key not in known | withdrawn and entry.purpose is Purpose.ALERT]
        if again:
            entry = rng.choice(again)
            draft = Draft(entry.key, entry.purpose, entry.audience, (), entry.urgency, entry.expires, entry.payload)
            self._publish(draft, dies=False)

    # -- ops and devices ----------------------------------------------------------------------------------------------

    def _move(self, reader: Reader, *, dies: bool) -> None:
        number, before = self.hub.commit_move(reader)
        self.trace.say("hub", "#{} {} is now in {} {}", number, reader.device, reader.areas, reader.roles)
        self.watch.addressed(self.hub, reader)
        if dies:
            self._kill_hub()
        else:
            self.hub.take_up_move(number, before, reader)

    def do_move(self, rng: random.Random) -> None:
        name = rng.choice(("d0", "d1"))
        self._move(Reader(name, rng.choice(HOMES), rng.choice(ROLES)), dies=rng.random() < 0.03)

    def do_languages(self, rng: random.Random) -> None:
        device, languages = rng.choice(self.devices), rng.choice(LANGUAGES)
        if rng.random() < 0.5:
            self.trace.say("hub", "ops set {} for {}", languages, device.name)
            self.hub.set_languages(device.name, languages)
        else:
            self.trace.say(device.title, "wants {}", languages)
            device.choose_languages(languages)

    # -- time ---------------------------------------------------------------------------------------------------------

    def do_tick(self, rng: random.Random) -> None:
        seconds = rng.choices(STEPS_S, STEP_CHANCES)[0]
        self.clock.advance(seconds)
        self.trace.say("world", "{} s pass", seconds)
        self.hub.log.forget_dead(self.hub.wall.now())
        self.hub.wake_all()
        self.hub.tick()
        for device in self.devices:
            device.reckon()
            device.tick()
            self.watch.forgotten(device.store.forget_old())

    def do_set_clock(self, rng: random.Random) -> None:
        offset = rng.choice(OFFSETS_S) if not self.hub.wall.offset else rng.choice((0, 0, 0, *OFFSETS_S))
        self.trace.say("hub", "its clock is set {} s off", offset)
        if rng.random() < 0.5:
            self.hub.set_clock(offset)
        else:
            self._kill_hub(offset)

    def do_forget(self, rng: random.Random) -> None:
        self.hub.log.forget_dead(self.hub.wall.now())

    # -- kills and old copies -----------------------------------------------------------------------------------------

    def _kill_hub(self, offset: int | None = None) -> None:
        self.trace.say("hub", "KILLED, started again")
        for link in self.hub.kill():
            link.cut()
        if offset is not None:
            self.hub.wall.offset = offset
        self.hub.start()

    def do_kill_hub(self, rng: random.Random) -> None:
        self._kill_hub()

    def do_back_up_hub(self, rng: random.Random) -> None:
        self.trace.say("hub", "backup at #{}", self.hub.store.head)
        self.hub_copies.append(self.hub.store.copy())

    def do_put_back_hub(self, rng: random.Random) -> None:
        if not self.hub_copies:
            return
        store = rng.choice(self.hub_copies).copy()
        kept = {(entry.epoch, entry.number) for entry in store.entries}
        self.lost += [entry for entry in self.hub.store.entries if (entry.epoch, entry.number) not in kept]
        self.trace.say("hub", "PUT BACK from #{} to #{}", self.hub.store.head, store.head)
        self.hub.store = store
        self.forks += 1
        self._kill_hub()
        for enrolment in self.hub.log.enrolled.values():
            self.watch.addressed(self.hub, enrolment.reader)

    def do_write_claims(self, rng: random.Random) -> None:
        self.hub.write_claims()

    def do_back_up_device(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        self.trace.say(device.title, "backup at cursor {}", device.store.standing().cursor)
        self.copies[device.life] = device.store.copy()

    def do_put_back_device(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        if device.life in self.copies:
            self._break(device, both=rng.random() < 0.5)
            self._renew(device, self.copies[device.life], self.devices.index(device), "PUT BACK")

    def do_clone(self, rng: random.Random) -> None:
        if len(self.devices) < DEVICES_MAX:
            self._renew(rng.choice(self.devices), None, len(self.devices), "CLONED")

    def _renew(self, device: VirtualDevice, copy: DeviceStore | None, index: int, how: str) -> None:
        new = self._new_device(device.name, (copy or device.store).copy())
        self.devices[index : index + 1] = [new]
        self.watch.copied(device, new)
        if copy is not None:
            self.copies[new.life] = copy
        self.trace.say(device.title, "{} as {} at cursor {}", how, new.title, new.store.standing().cursor)

    def _restart(self, device: VirtualDevice, how: str) -> None:
        self.trace.say(device.title, "{}, started again", how)
        device.start()

    def do_kill_device(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        self._break(device, both=rng.random() < 0.5)
        self._restart(device, "KILLED")

    # -- links --------------------------------------------------------------------------------------------------------

    def _end_of(self, link: Link | None) -> HubEnd | None:
        return self.hub.ends.get(link.number) if link is not None else None

    def _break(self, device: VirtualDevice, *, both: bool) -> None:
        """The device is without its link; the hub notices (`both`), or holds its end until something tells it."""
        link, end = device.link, self._end_of(device.link)
        device.drop()
        if both and link is not None:
            link.cut()
            if end is not None:
                self.hub.close(end)

    def do_cut(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        link, who = device.link, rng.randrange(4)
        if link is None:
            return
        self.trace.say(
            device.title, "link {} is cut; noticed by {}", link.number, ("both", "device", "hub", "nobody")[who]
        )
        end = self._end_of(link)
        link.cut()
        if who < 2:
            device.drop()
        if who in (0, 2) and end is not None:
            self.hub.close(end)

    def do_leave(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        self.trace.say(device.title, "leaves")
        device.say_goodbye()

    def _connect(self, device: VirtualDevice) -> None:
        link = Link(next(self._links))
        value = device.connect(link)
        self.handshakes.append(Handshake(link, device.name, value))
        self.trace.say(device.title, "connects by link {}: {}", link.number, device.store.standing().position())

    def _accept(self, handshake: Handshake) -> None:
        if handshake.link.is_up:
            self.hub.accept(handshake.link, handshake.device, handshake.value)

    def do_connect(self, rng: random.Random) -> None:
        """A connection, perhaps a second one while the first still stands; its handshake may take its time."""
        device = rng.choice(self.devices)
        if device.link is None or rng.random() < 0.2:
            self._connect(device)
            if rng.random() < 0.8:
                self._accept(self.handshakes.pop())

    def do_accept(self, rng: random.Random) -> None:
        if self.handshakes:
            self._accept(self.handshakes.pop(rng.randrange(len(self.handshakes))))

    # -- bytes and steps ----------------------------------------------------------------------------------------------

    def do_arrive(self, rng: random.Random) -> None:
        """Some bytes arrive, on any link that somebody still holds."""
        ends = list(self.hub.ends.values())
        if ends and rng.random() < 0.5:
            end = rng.choice(ends)
            end.received.extend(end.link.up.arrive(rng.choice((1, 20, 90, 400))))
        else:
            device = rng.choice(self.devices)
            if device.link is not None and device.session is not None and not device.link.down.is_empty():
                device.session.heard(device.monotonic())
                device.received.extend(device.link.down.arrive(rng.choice((1, 20, 90, 400))))

    def do_work(self, rng: random.Random) -> None:
        """A device does a few steps."""
        device = rng.choice(self.devices)
        for _ in range(rng.randint(1, 6)):
            if not self._step(device) and device.link is not None and not device.link.down.is_empty():
                device.received.append(device.link.down.arrive_one())

    def do_serve(self, rng: random.Random) -> None:
        """The hub does a few steps of one connection."""
        ends = list(self.hub.ends.values())
        if not ends:
            return
        end = rng.choice(ends)
        for _ in range(rng.randint(1, 6)):
            if not self.hub.step(end) and not end.link.up.is_empty():
                end.received.append(end.link.up.arrive_one())

    def do_flow(self, rng: random.Random) -> None:
        """A device that has no link connects by itself; its link works for a while."""
        device = rng.choice(self.devices)
        if device.link is None:
            self._connect(device)
            self._accept(self.handshakes.pop())
        for _ in range(rng.choice((4, 12, 30, 90))):
            if not self._flow_once(device):
                break
        if rng.random() < 0.3:
            self._raise_alarms(device, dies=False)

    def _step(self, device: VirtualDevice) -> bool:
        if self._is_watched_closely:
            self.check()
        try:
            return device.step()
        except ProcessDiedError as died:
            self.trace.say(device.title, "dies of item {}", died)
            self._break(device, both=True)
            self._restart(device, "DEAD")
            return True

    def _flow_once(self, device: VirtualDevice) -> bool:
        """Something moves on a device's link: its own steps, the hub's, then what is on its way."""
        link, end = device.link, self._end_of(device.link)
        if self._step(device) or (end is not None and self.hub.step(end)):
            return True
        if link is None:
            return False
        if not link.down.is_empty():
            device.received.append(link.down.arrive_one())
            return True
        if end is not None and not link.up.is_empty():
            end.received.append(link.up.arrive_one())
            return True
        return False

    # -- people -------------------------------------------------------------------------------------------------------

    def do_ask(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        self.trace.say(device.title, "asks for a roll-call")
        device.ask_roll_call()

    def _raise_alarms(self, device: VirtualDevice, *, dies: bool) -> None:
        device.reckon()
        keys = device.store.alarms_due()
        if not keys:
            return
        self.trace.say(device.title, "raises the alarms {}", keys)
        self.watch.raised(device, keys, recorded=not dies)
        if dies:
            self._break(device, both=False)
            self._restart(device, "KILLED before it recorded that")
        else:
            device.store.set_raised(keys)

    def do_alarms(self, rng: random.Random) -> None:
        self._raise_alarms(rng.choice(self.devices), dies=rng.random() < 0.2)

    def do_write(self, rng: random.Random) -> None:
        device = rng.choice(self.devices)
        words = rng.choice(("seen", "acknowledged", "acknowledged", "!report"))
        self.trace.say(device.title, "writes {}", device.write(words))
