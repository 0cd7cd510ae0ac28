"""One campaign: carries a schedule out on a site, lets everything settle, and has the stores judged.

    join ─▶ the links become bad ─▶ acts and faults, each at its time ─▶ links heal ─▶ settle ─▶ stop in order ─▶ verdict

Everything is done by one thread, one thing after the other; what has to wait for the hub waits beside it and is tried again.
"""

from __future__ import annotations

import heapq
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable

from alerts.errors import UserError
from netsim.chaos.outcome import Outcome
from netsim.chaos.publisher import Publisher
from netsim.chaos.record import ActRow, DeliveryRow, FindingRow, PublishedRow, Recorder
from netsim.chaos.schedule import HUB, Act, Schedule, Spell
from netsim.chaos.watch import Watch
from netsim.faults.fault import Fault
from netsim.faults.table import make
from netsim.judge.stores import Pair, Verdict
from netsim.profiles.profile import Profile
from netsim.site.api import SilentError
from netsim.site.device import SiteDevice
from netsim.site.hub import SiteHub
from netsim.site.site import Site

SETTLE_BAD_SECONDS_MAX = 120.0
"""After the links have healed, while the profile still holds: a slow link may take so long."""
SETTLE_GOOD_SECONDS_MAX = 120.0
"""After that, on perfect links: what is not settled by then does not settle."""
SAMPLE_SECONDS, TRAFFIC_SECONDS, JUDGE_SECONDS, COLLECT_SECONDS = 1.0, 5.0, 15.0, 0.25
START_AGAIN_SECONDS = 1.0
CLONES_MAX = 2
"""Of one device: a hub lets only a few openings of one device connect at once, and these would push each other out for ever."""
_CLONING = "device-cloned"
_SETTLE_LOOK_SECONDS = 1.0
_CALM_LOOKS = 2
"""So many looks in a row must find nothing wrong."""
_LANGUAGES = (("en",), ("fr", "en"), ("fr",), ("sw", "en"), ("*",))
_LAST_WORDS_CHARACTERS = 400

Say = Callable[[str], None]
Job = Callable[[], None]


class Campaign:
    """Runs once. `say` is told in words what happens."""

    def __init__(self, site: Site, schedule: Schedule, recorder: Recorder, say: Say) -> None:
        self.crashed: list[str] = []
        self.meanwhile: dict[str, tuple[Pair, ...]] = {}
        self.settled_s: float | None = None
        self.faults: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self._site = site
        self._schedule = schedule
        self._recorder = recorder
        self._say = say
        self._began = time.monotonic()
        self._order = 0
        self._is_over = False
        self._jobs: list[tuple[float, int, Job]] = []
        self._lasting: dict[int, tuple[Spell, Fault, int]] = {}
        self.publisher = Publisher(site.hub, [device.person for device in site.devices], self._told)
        self._watch = Watch(
            *(site, recorder, lambda: [(one.key, one.number) for one in self.publisher.answered]),
            lambda device: self.publisher.due_for(device.device, device.person),
        )

    @property
    def at_s(self) -> float:
        """Seconds since the campaign began."""
        return time.monotonic() - self._began

    # -- the whole ----------------------------------------------------------------------------------------------------

    def run(self) -> Verdict:
        """From the first act to the verdict over closed stores."""
        self._began = time.monotonic()
        self._recorder.meta(began_at=time.time())
        for index, act in self._schedule.acts:
            self._at(act.at_s, lambda index=index, act=act: self._do(index, act))  # type: ignore[misc]
        for index, spell in self._schedule.spells:
            self._at(spell.at_s, lambda index=index, spell=spell: self._begin(index, spell))  # type: ignore[misc]
        self._each(SAMPLE_SECONDS, lambda: self._watch.sample(self.at_s))
        self._each(TRAFFIC_SECONDS, lambda: self._watch.traffic(self.at_s))
        self._each(JUDGE_SECONDS, self._judge_meanwhile)
        self._each(COLLECT_SECONDS, self._collect)
        self._work_until(self._schedule.length_s)
        self._is_over = True
        self._end_faults()
        self._settle()
        return self._close()

    def _at(self, at_s: float, job: Job) -> None:
        self._order += 1
        heapq.heappush(self._jobs, (at_s, self._order, job))

    def _each(self, seconds: float, job: Job) -> None:
        def again() -> None:
            job()
            self._at(self.at_s + seconds, again)

        self._at(self.at_s + seconds, again)

    def _work_until(self, end_s: float) -> None:
        while self.at_s < end_s:
            due_s = self._jobs[0][0]
            if due_s <= self.at_s:
                heapq.heappop(self._jobs)[2]()
            else:
                time.sleep(max(0.0, min(due_s, end_s) - self.at_s))

    # -- people -------------------------------------------------------------------------------------------------------

    def _do(self, index: int, act: Act) -> None:
        if self._is_over:  # a machine that is too slow for it leaves the rest out
            return
        if act.target == HUB:
            self.publisher.take(index, act)
            return
        device = self._device(act.target)
        chance = random.Random(act.seed)
        match act.kind:
            case "acknowledge":
                done, words = device.acknowledge(chance.randint(1, 3)), ""
            case "languages":
                languages = chance.choice(_LANGUAGES)
                done, words = device.set_languages(*languages), " ".join(languages)
            case "roll-call":
                done, words = device.ask_roll_call(), ""
            case _:
                done, words = self._move(device, chance)
        self._told(act, words, "done" if done else "the device is off" if act.kind != "move" else "the hub could not")

    def _move(self, device: SiteDevice, chance: random.Random) -> tuple[bool, str]:
        areas = chance.choice(sorted({one.person.areas for one in self._site.devices}))
        try:
            self._site.move(device, areas)
        except (SilentError, UserError):
            return False, ""
        return True, " ".join(areas)

    def _told(self, act: Act, words: str, outcome: str) -> None:
        self.acts[act.kind] += outcome == "done"
        self._recorder.act(ActRow(self.at_s, act.kind, act.target, words, outcome))
        if act.target == HUB and outcome == "done":
            one = self.publisher.answered[-1]
            for_count = sum(
                self.publisher.is_for(one, device.device, device.person) for device in self._site.all_devices
            )
            self._recorder.published(PublishedRow(one.key, one.number, one.severity, for_count, self.at_s))

    def _device(self, name: str) -> SiteDevice:
        return next(device for device in self._site.devices if device.name == name)

    def _collect(self) -> None:
        """Take in what was answered; who ended though nobody had ended them is noted, and started again."""
        self._site.hub.look()
        self.publisher.collect()
        parts: list[SiteHub | SiteDevice] = [self._site.hub, *self._site.all_devices]
        for part in parts:
            if part.has_died:
                self._start_again(part)

    def _start_again(self, part: SiteHub | SiteDevice) -> None:
        """One that could not do its work (a full disk, a locked database) is no crash: somebody tries again a little later."""
        if part.refusal is None:
            words = part.log.read_text(errors="replace")[-_LAST_WORDS_CHARACTERS:].strip()
            self.crashed.append(f"{part.name} at {self.at_s:.0f} s: {words}")
            self._say(f"{self.at_s:6.1f} s  CRASHED {self.crashed[-1]}")
        else:
            self._recorder.act(ActRow(self.at_s, "start", part.name, part.refusal, "could not be"))
        part.kill()
        self._at(self.at_s + START_AGAIN_SECONDS, part.begin if isinstance(part, SiteHub) else part.start)

    # -- faults -------------------------------------------------------------------------------------------------------

    def _begin(self, index: int, spell: Spell) -> None:
        if self._is_over:
            return
        fault = make(spell.name)
        target = self._site.devices[0] if spell.target == HUB else self._device(spell.target)
        if spell.name == _CLONING and sum(one.clone_of is target for one in self._site.clones) == CLONES_MAX:
            self._recorder.act(ActRow(self.at_s, "fault", spell.target, spell.name, "could not be: it has its clones"))
            return
        began_s = self.at_s
        try:
            fault.begin(self._site, target, random.Random(spell.seed))
        except (UserError, SilentError, OSError) as error:
            self._recorder.act(ActRow(self.at_s, "fault", spell.target, spell.name, f"could not be: {error}"))
            return
        self.faults[spell.name] += 1
        identity = self._recorder.fault_began(spell.name, spell.target, fault.words, began_s)
        self._lasting[index] = (spell, fault, identity)
        self._say(f"{began_s:6.1f} s  {spell.target}: {fault.words}")
        self._at(spell.at_s + spell.lasts_s, lambda: self._end(index))

    def _end(self, index: int) -> None:
        if (lasting := self._lasting.pop(index, None)) is None:
            return
        spell, fault, identity = lasting
        target = self._site.devices[0] if spell.target == HUB else self._device(spell.target)
        try:
            fault.end(self._site, target)
        except (UserError, SilentError, OSError) as error:
            self._recorder.act(ActRow(self.at_s, "fault", spell.target, spell.name, f"could not be ended: {error}"))
            self._say(f"{self.at_s:6.1f} s  {spell.name} of {spell.target} could not be ended: {error}")
        self._recorder.fault_ended(identity, self.at_s)

    def _end_faults(self) -> None:
        for index in list(self._lasting):
            self._end(index)

    # -- verdicts -----------------------------------------------------------------------------------------------------

    def _judge_meanwhile(self) -> None:
        wrong = self._watch.wrong_now(self.at_s)
        for name, pairs in wrong.items():
            if new := [pair for pair in pairs if pair not in self.meanwhile.get(name, ())]:
                self._say(f"{self.at_s:6.1f} s  WRONG: {name} {new}")
                self.meanwhile[name] = (*self.meanwhile.get(name, ()), *new)

    def _settle(self) -> None:
        """Wait for as long as something may be put right: on the bad links, and if that is not enough on perfect ones."""
        self._say(f"{self.at_s:6.1f} s  links heal; waiting until everything has settled")
        self._site.heal()
        healed_s = self.at_s
        if not self._is_settled_within(SETTLE_BAD_SECONDS_MAX):
            self._say(f"{self.at_s:6.1f} s  not settled on these links; now they are perfect")
            for device in self._site.devices:
                device.link.clear()
            if not self._is_settled_within(SETTLE_GOOD_SECONDS_MAX):
                return
        self.settled_s = self.at_s - healed_s

    def _is_settled_within(self, seconds: float) -> bool:
        end_s, calm = self.at_s + seconds, 0
        while self.at_s < end_s:
            self._work_until(self.at_s + _SETTLE_LOOK_SECONDS)
            calm = calm + 1 if self._is_calm() else 0
            if calm >= _CALM_LOOKS:
                return True
            for device in self._site.all_devices:
                if device.connection == "WAITING":
                    device.connect_now()
        return False

    def _is_calm(self) -> bool:
        if self.publisher.waiting_count or any(one.connection != "CONNECTED" for one in self._site.all_devices):
            return False
        try:
            return self._watch.is_calm()
        except sqlite3.Error:
            return False

    def _close(self) -> Verdict:
        """Everybody ends in order; then the stores are at rest."""
        self.publisher.close()
        self._watch.sample(self.at_s)
        self._watch.traffic(self.at_s)
        for device in self._site.all_devices:
            device.stop()
        self._site.hub.stop()
        verdict = self._watch.verdict()
        self._recorder.findings(
            FindingRow(name, device, key) for name, pairs in verdict.found.items() for device, key in pairs
        )
        self._recorder.deliveries(self.deliveries())
        return verdict

    def deliveries(self) -> list[DeliveryRow]:
        """When each alert was first stored on each device."""
        began_at = time.time() - self.at_s
        published = {one.key: one for one in self.publisher.answered}
        rows: dict[tuple[str, str], DeliveryRow] = {}
        for device in self._site.all_devices:
            for arrival in device.ledger.arrivals():
                one = published.get(arrival.key)
                if one is not None and (device.name, arrival.key) not in rows:
                    times = (one.at - began_at, max(one.at, arrival.at) - began_at)
                    rows[device.name, arrival.key] = DeliveryRow(device.name, arrival.key, arrival.number, *times)
        return list(rows.values())


def run_campaign(site: Site, schedule: Schedule, profile: Profile, recorder: Recorder, say: Say) -> Outcome:
    """On a site where everybody has joined and runs. The recorder is written, not closed."""
    campaign = Campaign(site, schedule, recorder, say)
    site.apply(profile, schedule.seed)
    recorder.meta(
        profile=profile.name,
        title=profile.title,
        via=site.links.via,
        seed=schedule.seed,
        minutes=schedule.length_s / 60,
        devices=[device.name for device in site.devices],
        unreproduced=site.unreproduced,
    )
    verdict = campaign.run()
    carried = [device.link.traffic() for device in site.devices]
    outcome = Outcome(
        profile=profile.name,
        via=site.links.via,
        seed=schedule.seed,
        minutes=schedule.length_s / 60,
        devices=len(site.devices),
        verdict=verdict,
        answered=len(campaign.publisher.answered),
        deliveries_ms=[(row.arrived_s - row.published_s) * 1000 for row in campaign.deliveries()],
        faults=dict(sorted(campaign.faults.items())),
        acts=dict(sorted(campaign.acts.items())),
        up_bytes=sum(one.up_bytes for one in carried),
        down_bytes=sum(one.down_bytes for one in carried),
        connections=sum(one.connections for one in carried),
        settled_s=campaign.settled_s,
        unreproduced=site.unreproduced,
        meanwhile=campaign.meanwhile,
        crashed=tuple(campaign.crashed),
    )
    recorder.meta(summary=outcome.as_json())
    return outcome
