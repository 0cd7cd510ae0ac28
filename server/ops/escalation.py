"""Rules carried out: what is due is told, once, for as long as it is true, and everything is written down before and after.

    an event ─┐                    ┌─▶ settle   what is over is stopped
    a timer  ─┼─▶ look ────────────┼─▶ begin    new alerts and silences get their steps
    a change ─┘   (one at a time)  ├─▶ due      a step's time has come: does its condition hold, and who is told?
                                   └─▶ tell     sending is committed ─▶ the gateway is asked ─▶ sent, or failed with the next time

Nothing is remembered but in the store, so a hub that was down begins where the world is now: what is over is stopped, what still
holds goes out once and says how late. All times are the hub's. The only thing that cannot be known is whether a message went out
whose sending had begun when the hub ended, or that the gateway did not answer: it is sent once more, and never a third time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import structlog

from alerts.audience import Reader
from alerts.errors import ContactError, UnknownAlertError, UnknownContactError
from alerts.session.log import Entry
from alerts.wire.uplink import ReceiptState
from server.bell import until_first
from server.events import Event, EventKind
from server.hub import Hub
from server.ops import message
from server.ops.contacts import check_service
from server.ops.facts import Facts
from server.ops.gateway import Gateway, GatewayOutcome
from server.ops.rulebook import facts_of, rule_of
from server.ops.rules import (
    Act,
    AlertMatch,
    ContactFacts,
    Decision,
    DeviceFacts,
    Figures,
    Quiet,
    Rule,
    SilenceMatch,
    Step,
    Telling,
    Unless,
    count,
    decide,
    decide_silence,
    in_areas,
    matches_silence,
)
from server.ops.silence import AREA_KINDS
from server.store import contacts as contact_rows
from server.store import escalations, silences
from server.store import rules as rule_rows
from server.store.alerts import alerts_after
from server.store.escalations import NewStep, StepRecord, Subject, TellingRecord, Told
from server.store.records import StoredAlert
from server.store.rules import RuleRecord
from server.store.silences import Silence

_logger = structlog.get_logger("server.escalation")

REST_S_MAX = 60.0
PAUSE_S = 0.25
"""Between two looks, in seconds, however fast events come: a rule stops within a second of the event that ends it."""
IN_FLIGHT_MAX = 16
RETRY_S = 30
RETRY_S_MAX = 600
"""How long a contact's message waits after a failure, in seconds: doubled each time."""
RETRIED_FOR_S = 86_400
"""How long a gateway that refuses is tried, in seconds."""
UNCERTAIN_RETRY_S = 60
LANDING_S = 10.0
"""How long a hub that stops waits for gateways that are being asked, in seconds."""

_BEGIN = frozenset({EventKind.ALERT_PUBLISHED, EventKind.ALERT_UPDATED})
_ACTS = frozenset({EventKind.ALERT_SEEN, EventKind.ALERT_ACKNOWLEDGED, EventKind.ALERT_ANSWERED})
_ENDS = frozenset({EventKind.ALERT_CANCELLED, EventKind.ALERT_EXPIRED, EventKind.SILENCE_ENDED})
_DEVICES = frozenset({EventKind.DEVICE_ENROLLED, EventKind.DEVICE_CHANGED, EventKind.DEVICE_REVOKED})
_RECEIPTS = {Act.SEEN: ReceiptState.SEEN, Act.ACKNOWLEDGED: ReceiptState.ACKNOWLEDGED}


@dataclass(slots=True)
class _Heard:
    """What events since the last look ask for."""

    begun: list[int] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    is_silence: bool = False
    is_end: bool = False
    """Something may be over."""


@dataclass(frozen=True, slots=True)
class _Message:
    """What is to go out."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A step with everything that it is judged by, and the judgement. `stored` or `silence` is what it is about."""

    record: RuleRecord
    step: Step
    decision: Decision
    stored: StoredAlert | None
    silence: Silence | None


class Escalation:
    """The service that carries out the rules of one hub."""

    name = "escalation"

    def __init__(self, hub: Hub, facts: Facts, gateway: Gateway, services: Collection[str]) -> None:
        self._hub = hub
        self._facts = facts
        self._gateway = gateway
        self._services = services
        self._cursor = 0
        self._all_anew = True
        self._bell = asyncio.Event()
        self._looking = asyncio.Lock()
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._addressed: dict[tuple[int, int], int] = {}
        """(alert, rule) → how many devices it was about when they were last counted one by one."""
        self._decided: dict[int, tuple[tuple[DeviceFacts, ...], list[ContactFacts], Decision]] = {}
        """Step → what it came to, and by which facts."""
        hub.subscribe(_ClockListener(self.wake))

    # -- the service --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; then finish what the gateway is being asked."""
        self._cursor, self._all_anew = self._hub.events.newest, True
        await self._take_back()
        try:
            while True:
                await self.look()
                await self._rest()
        finally:
            await self._land()

    def wake(self) -> None:
        """Something changed that is no event: a rule, the clock."""
        self._all_anew = True
        self._bell.set()

    async def _rest(self) -> None:
        """Wait for an event, a change, or the time of what is due next."""
        await asyncio.sleep(PAUSE_S)
        due = await self._hub.read(escalations.next_due)
        rest_s = REST_S_MAX if due is None else min(REST_S_MAX, max(0.0, due - self._hub.now()))
        if self._flying:
            rest_s = max(rest_s, 1.0)  # what is in flight still stands as due; its end rings the bell
        await until_first(self._hub.events.wait(self._cursor, rest_s), self._bell.wait())

    async def _land(self) -> None:
        flying = list(self._flying.values())
        if flying:
            await asyncio.wait(flying, timeout=LANDING_S)
        for task in flying:
            task.cancel()
        if flying:
            await asyncio.wait(flying)
        self._flying.clear()

    async def landed(self) -> None:
        """Wait until no gateway is being asked."""
        while flying := [task for task in self._flying.values() if not task.done()]:
            await asyncio.wait(flying)

    async def _take_back(self) -> None:
        """What was being sent when the hub ended may have gone out: it is sent once more, or, the second time, given up."""
        now = self._hub.now()
        for step, telling in await self._hub.read(escalations.uncertain_tellings):
            if telling.is_uncertain:
                words, next_at = "the hub ended twice while this was being sent; it may have arrived", None
            else:
                words, next_at = (
                    "the hub ended while this was being sent; it may have arrived, and is sent once more",
                    now,
                )
            await self._fail(step, telling, words, next_at, is_uncertain=True)
            _logger.warning(
                "a message may have gone out", contact=telling.contact, alert=step.subject.alert, words=words
            )

    # -- one look -----------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Do everything that is due now. Raises StoreError."""
        async with self._looking:
            self._raise_failures()
            self._bell.clear()
            heard = await self._hear()
            is_all, self._all_anew = self._all_anew, False
            try:
                await self._look(heard, is_all)
            except BaseException:
                self._all_anew = True
                raise

    async def _look(self, heard: _Heard, is_all: bool) -> None:
        now = self._hub.now()
        if is_all:
            await self._begin_all()
        else:
            await self._begin(heard.begun)
        if is_all or heard.is_silence:
            await self._begin_silences()
        due = await self._hub.read(escalations.next_due)
        if due is None:
            self._decided.clear()
            return
        for alert in heard.touched:
            await self._stop_reached(alert)
        if not (is_all or heard.is_end or due <= now):
            return
        await self._hub.write(lambda db: escalations.settle(db, now))
        for step in await self._hub.read(lambda db: escalations.due_steps(db, now)):
            await self._carry_out(step)
        for step, telling in await self._hub.read(lambda db: escalations.due_tellings(db, now)):
            if len(self._flying) >= IN_FLIGHT_MAX:
                break
            if telling.id not in self._flying:
                self._flying[telling.id] = asyncio.create_task(self._tell(step, telling))
                self._flying[telling.id].add_done_callback(lambda _: self._bell.set())

    def _raise_failures(self) -> None:
        """Forget what has landed; a failure of the store there is this service's."""
        landed = [(number, task) for number, task in self._flying.items() if task.done()]
        for number, _ in landed:
            del self._flying[number]
        for _, task in landed:
            if not task.cancelled() and (error := task.exception()):
                raise error

    async def _hear(self) -> _Heard:
        heard = _Heard()
        while found := await self._hub.events.after(self._cursor):
            for event in found:
                self._take(event, heard)
            self._cursor = found[-1].id
        return heard

    def _take(self, event: Event, heard: _Heard) -> None:
        if event.kind in _DEVICES:
            self._addressed.clear()
            return
        if event.kind in _BEGIN and event.alert is not None:
            heard.begun.append(event.alert)
        if event.kind in _ACTS and event.alert is not None:
            heard.touched.add(event.alert)
        heard.is_silence |= event.kind is EventKind.SILENCE_BEGAN
        heard.is_end |= event.kind in _BEGIN or event.kind in _ENDS

    # -- beginning ----------------------------------------------------------------------------------------------------

    async def _begin_all(self) -> None:
        """Steps for everything that is in force: those that are there stay as they are."""
        if not await self._hub.read(rule_rows.rules_at_work):
            return
        after, now = 0, self._hub.now()
        while page := await self._hub.read(lambda db, after=after: alerts_after(db, after, 200, True, now)):  # type: ignore[misc]
            await self._begin_for(page)
            after = page[-1].number

    async def _begin(self, numbers: Iterable[int]) -> None:
        found = [await self._stored(number) for number in dict.fromkeys(numbers)]
        await self._begin_for([one for one in found if one is not None and one.in_force])

    async def _begin_for(self, alerts: Iterable[StoredAlert]) -> None:
        records = await self._hub.read(rule_rows.rules_at_work)
        rules = [(record, rule_of(record)) for record in records]
        now = self._hub.now()
        for stored in alerts:
            subject = Subject(alert=stored.number)
            for record, rule in rules:
                if isinstance(rule.when, AlertMatch) and self._facts.matches(rule.when, stored):
                    await self._write_steps(record, rule, subject, stored.published_at, now)

    async def _begin_silences(self) -> None:
        records = await self._hub.read(rule_rows.rules_at_work)
        rules = [(record, rule_of(record)) for record in records]
        now = self._hub.now()
        for silence in await self._hub.read(silences.open_silences):
            of = Quiet.AREA if silence.kind in AREA_KINDS else Quiet.SOURCE
            for record, rule in rules:
                if isinstance(rule.when, SilenceMatch) and matches_silence(rule.when, of, silence.name):
                    await self._write_steps(record, rule, Subject(silence=silence.id), silence.began_at, now)

    async def _write_steps(self, record: RuleRecord, rule: Rule, subject: Subject, since: int, now: int) -> None:
        """A step whose time had come before the rule was made is no step: a rule that is added does not tell of the past."""
        early = "its time had come before the rule was made or switched on"
        steps = [
            NewStep(number, since + step.after_s, early if since + step.after_s < record.made_at else "")
            for number, step in enumerate(rule.steps)
        ]
        await self._hub.write(lambda db: escalations.begin_steps(db, record.id, subject, steps, now))

    # -- what a step comes to -----------------------------------------------------------------------------------------

    async def _stored(self, number: int) -> StoredAlert | None:
        try:
            return await self._hub.alert(str(number))
        except UnknownAlertError:
            return None

    async def _case(self, record: StepRecord) -> _Case | None:
        """A step judged as things are now; None: what it was about is not there any more."""
        rules = await self._hub.read(lambda db: rule_rows.wordings(db, [record.rule]))
        rule = rule_of(rules[record.rule])
        step = rule.steps[record.step]
        contacts = [facts_of(one) for one in await self._hub.read(contact_rows.contacts)]
        if record.subject.alert:
            stored = await self._stored(record.subject.alert)
            if stored is None:
                return None
            devices = await self._facts.devices(stored.number)
            known = self._decided.get(record.id)
            if known is None or known[0] is not devices or known[1] != contacts:
                # Thousands of devices: beside the loop, and once for all whom the step tells.
                decision = await asyncio.to_thread(decide, rule, step, devices, contacts, stored.audience)
                known = self._decided[record.id] = (devices, contacts, decision)
            return _Case(rules[record.rule], step, known[2], stored, None)
        silence = await self._hub.read(lambda db: silences.silence(db, record.subject.silence))
        if silence is None or silence.ended_at is not None:
            return None
        of = Quiet.AREA if silence.kind in AREA_KINDS else Quiet.SOURCE
        devices = await self._facts.devices_in(silence.name) if of is Quiet.AREA else ()
        decision = decide_silence(step, of, silence.name, devices, contacts)
        return _Case(rules[record.rule], step, decision, None, silence)

    async def _carry_out(self, record: StepRecord) -> None:
        """A step's time has come."""
        case, now = await self._case(record), self._hub.now()
        if case is None:
            await self._hub.write(lambda db: escalations.stop_steps(db, [record.id], "what it was about is over", now))
            return
        if case.decision.is_reached and case.step.unless:
            await self._stop_condition(record.subject.alert, record.rule, case.step.unless, case.decision)
            return
        contacts = {one.contact: str(one.target.whom) for one in case.decision.tellings}
        words = "; ".join(case.decision.nobody_for)
        if not contacts and not words:
            words = "there was nobody to tell"
        told, name = Told(contacts, words), case.record.name
        await self._hub.write(lambda db: escalations.carry_out(db, record, told, name, now))
        if words:
            _logger.warning("a rule has nobody to tell", rule=name, alert=record.subject.alert, words=words)

    async def _stop_reached(self, alert: int) -> None:
        """Devices have acted: stop what was waiting for that. Devices are counted one by one only where it may be enough."""
        records = await self._hub.read(lambda db: escalations.open_steps(db, alert))
        ids = sorted({record.rule for record in records})
        rules = {
            key: rule_of(one) for key, one in (await self._hub.read(lambda db: rule_rows.wordings(db, ids))).items()
        }
        asked = {
            (record.rule, unless) for record in records if (unless := rules[record.rule].steps[record.step].unless)
        }
        for rule, unless in asked:
            if await self._may_be_enough(alert, rule, unless):
                when = rules[rule].when
                areas = when.areas if isinstance(when, AlertMatch) else ()
                devices = await self._facts.devices(alert)
                figures = await asyncio.to_thread(_counted, devices, areas, unless)
                self._addressed[alert, rule] = figures.addressed
                if unless.is_reached(figures.acted, figures.addressed):
                    await self._stop_condition(alert, rule, unless, Decision(figures, True))

    async def _may_be_enough(self, alert: int, rule: int, unless: Unless) -> bool:
        known, receipt = self._addressed.get((alert, rule)), _RECEIPTS.get(unless.act)
        if known is None or receipt is None:
            return True
        acted = await self._hub.read(lambda db: escalations.acted_count(db, alert, receipt))
        return unless.is_reached(acted, known)

    async def _stop_condition(self, alert: int, rule: int, unless: Unless, decision: Decision) -> None:
        """Enough have acted: all steps of the rule under this condition are over for this alert, for good."""
        now, figures = self._hub.now(), decision.figures
        spec = rule_of((await self._hub.read(lambda db: rule_rows.wordings(db, [rule])))[rule])
        records = await self._hub.read(lambda db: escalations.open_steps(db, alert))
        ids = [one.id for one in records if one.rule == rule and spec.steps[one.step].unless == unless]
        words = f"{unless.act} by {figures.acted} of {figures.addressed} devices"
        await self._hub.write(lambda db: escalations.stop_steps(db, ids, words, now))

    # -- telling ------------------------------------------------------------------------------------------------------

    async def _tell(self, record: StepRecord, telling: TellingRecord) -> None:
        """One contact is told, or why not is written down."""
        case = await self._case(record)
        name = "" if case is None else case.record.name
        try:
            made = await self._message(record, telling, case)
        except (ContactError, UnknownContactError) as error:
            await self._fail(record, telling, str(error), None)
            return
        if made is None:
            return
        now = self._hub.now()
        if not await self._hub.write(lambda db: escalations.begin_sending(db, record, telling.id, made.text, now)):
            return
        outcome = await self._gateway.send(made.url, made.title, made.text)
        if outcome.ok:
            now = self._hub.now()
            await self._hub.write(lambda db: escalations.note_sent(db, record, telling, name, now))
            _logger.info("told", rule=name, step=record.step + 1, contact=telling.contact, alert=record.subject.alert)
            return
        await self._failed(record, telling, outcome)

    async def _message(self, record: StepRecord, telling: TellingRecord, case: _Case | None) -> _Message | None:
        """What the contact is told as things are now; None: nothing any more. Raises ContactError, UnknownContactError."""
        now = self._hub.now()
        found: Telling | None = None
        words = "what it was about is over"
        if case is not None:
            found = next((one for one in case.decision.tellings if one.contact == telling.contact), None)
            figures = case.decision.figures
            act = case.step.unless.act if case.step.unless else Act.ACKNOWLEDGED
            words = f"{act} by {figures.acted} of {figures.addressed} devices" if case.decision.is_reached else ""
        contact = await self._hub.read(lambda db: contact_rows.contact(db, telling.contact))
        if case is None or found is None:
            words = words or f"enough have acted where {telling.contact} is asked"
            await self._hub.write(lambda db: escalations.stop_telling(db, telling.id, words, now))
            return None
        check_service(contact.url, self._services)
        late_s = now - record.due_at
        if case.stored is not None:
            said = message.words_of(case.stored.alert, contact.language)
            age_s = now - case.stored.published_at
            text = message.tell(said, case.step, found.figures, age_s=age_s, late_s=late_s)
            return _Message(contact.url, message.title_of(said), text)
        assert case.silence is not None, "a case is about an alert or a silence"
        kind = "area" if case.silence.kind in AREA_KINDS else "source"
        age_s = now - case.silence.began_at
        text = message.tell_silence(kind, case.silence.name, case.silence.words, case.step, age_s=age_s, late_s=late_s)
        return _Message(contact.url, "Tocsin: silence", text)

    async def _failed(self, record: StepRecord, telling: TellingRecord, outcome: GatewayOutcome) -> None:
        now = self._hub.now()
        next_at: int | None = now + min(RETRY_S_MAX, RETRY_S * 2 ** min(telling.tries, 10))
        words = outcome.words
        if outcome.is_uncertain:
            next_at = None if telling.is_uncertain else now + UNCERTAIN_RETRY_S
            words += "; it may have arrived" + (", and is sent once more" if next_at else ", twice")
        elif now - telling.made_at > RETRIED_FOR_S:
            next_at, words = None, f"{words}, for a day"
        await self._fail(record, telling, words, next_at, is_uncertain=outcome.is_uncertain)
        _logger.warning("a contact was not told", contact=telling.contact, alert=record.subject.alert, words=words)

    async def _fail(
        self,
        record: StepRecord,
        telling: TellingRecord,
        words: str,
        next_at: int | None,
        *,
        is_uncertain: bool = False,
    ) -> None:
        now = self._hub.now()
        found = await self._hub.read(lambda db: rule_rows.wordings(db, [record.rule]))
        name = found[record.rule].name
        await self._hub.write(
            lambda db: escalations.note_failed(
                db, record, telling, name, now, words=words, next_at=next_at, is_uncertain=is_uncertain
            )
        )


def _counted(devices: tuple[DeviceFacts, ...], areas: tuple[str, ...], unless: Unless) -> Figures:
    return count((one for one in devices if in_areas(areas, one.areas)), unless)


class _ClockListener:
    """Of what a hub tells its listeners only that its clock was set matters here: everything may be due, or nothing."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def clock_stepped(self) -> None:
        """What is due is judged by another time."""
        self._wake()

    def log_grew(self, entry: Entry) -> None:
        """Heard as an event."""

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """Heard as an event."""

    def device_revoked(self, device: str) -> None:
        """Heard as an event."""

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Of no matter here."""
