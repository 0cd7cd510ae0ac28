"""Rules: which alerts, and who is told what when devices have not acted in time. Pure values and decisions; no clock, no store.

    rule      which alerts (or which silence) ─┬─ step 1   after 30 min, unless 80 % have acknowledged: tell whom
                                               └─ step 2   after 2 h, unless 80 % have acknowledged: tell whom

A rule is stored as JSON (`to_json`, `from_json`) and written by people in one line (rule_text.py); both say the same.

`decide` is the whole of a step's judgement: given the devices as they are now and the contacts that there are, who is to be
told, about which devices, and whom there is nobody to tell about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import nsmallest
from itertools import chain, pairwise
from typing import Any

from alerts.audience import Audience, contains, is_for
from alerts.audience import Reader as CoreReader
from alerts.cap.terms import Category, Certainty, Severity, Status, Term, Urgency
from alerts.errors import RuleError
from server.delivery import DeliveryState

STEPS_MAX = 20
TARGETS_MAX = 20
MATCHED_MAX = 100
"""Areas, events, categories, sources in one rule."""
TEXT_CHARS_MAX = 500
AFTER_SECONDS_MAX = 30 * 86_400
WORD_CHARS_MAX = 255
NAMES_KEPT = 10
"""Devices that figures name."""


class Act(StrEnum):
    """What devices are waited for; each includes those after it."""

    DELIVERED = "delivered"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


_COMES_AFTER = (DeliveryState.DELIVERED, DeliveryState.SEEN, DeliveryState.ACKNOWLEDGED, DeliveryState.ANSWERED)
ACTED: dict[Act, frozenset[DeliveryState]] = {act: frozenset(_COMES_AFTER[at:]) for at, act in enumerate(Act)}
"""The states of a device that has done what is waited for."""


@dataclass(frozen=True, slots=True)
class Unless:
    """The step is not carried out once this share of the addressed devices has acted."""

    act: Act
    percent: int

    def is_reached(self, acted: int, addressed: int) -> bool:
        """Whether so many of so many are enough. An alert that reaches no device has not been acknowledged by any."""
        return addressed > 0 and acted * 100 >= self.percent * addressed


class Whom(StrEnum):
    """Kinds of targets."""

    CONTACT = "contact"
    """The contact of this name."""
    ROLE = "role"
    """The contacts of this role whose areas hold devices that have not acted."""
    SUPERVISOR = "supervisor"
    """The supervisors of the devices that have not acted."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to tell. `name` is the contact's or the role's; a supervisor has none here."""

    whom: Whom
    name: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """So many seconds after the alert was published (or the silence began), unless enough have acted, tell these.

    `text`: what to say in the place of the usual words; see message.py for what stands in braces."""

    after_s: int
    tell: tuple[Target, ...]
    unless: Unless | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AlertMatch:
    """Which alerts. What is None or empty does not matter; severity, urgency and certainty mean at least so grave, soon, sure.

    `event`: words, any of which stands in the event in any language. `areas`: the alert is for somebody in one of them, and only
    the devices in them count."""

    severity: Severity | None = None
    urgency: Urgency | None = None
    certainty: Certainty | None = None
    status: tuple[Status, ...] = (Status.ACTUAL,)
    category: tuple[Category, ...] = ()
    event: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class Quiet(StrEnum):
    """What can be silent."""

    AREA = "area"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class SilenceMatch:
    """Which silence: of these areas (and those below them) or of these sources; without names of any of the kind; without a
    kind of anything."""

    of: Quiet | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """When, and then step by step."""

    when: AlertMatch | SilenceMatch
    steps: tuple[Step, ...]


# -- the facts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What a rule asks of an alert. The terms are the gravest, soonest and surest of its infos."""

    status: Status
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    categories: frozenset[Category]
    events: tuple[str, ...]
    audience: Audience


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """One addressed device, and how far the alert has come with it."""

    device: str
    name: str
    areas: tuple[str, ...]
    supervisor: str | None
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact, without its address. No areas: responsible everywhere."""

    name: str
    roles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def covers(self, area: str) -> bool:
        """Whether the area lies in what the contact is responsible for."""
        return not self.areas or any(contains(own, area) for own in self.areas)


# -- matching ---------------------------------------------------------------------------------------------------------


def matches_alert(when: AlertMatch, facts: AlertFacts) -> bool:
    """Whether a rule is about this alert, as far as the alert itself tells (see `in_areas` for its audience)."""
    return (
        facts.status in when.status
        and _is_at_least(facts.severity, when.severity)
        and _is_at_least(facts.urgency, when.urgency)
        and _is_at_least(facts.certainty, when.certainty)
        and (not when.category or not facts.categories.isdisjoint(when.category))
        and (
            not when.event or any(word.casefold() in event.casefold() for word in when.event for event in facts.events)
        )
    )


def _is_at_least(found: Term, wanted: Term | None) -> bool:
    """Terms are numbered from the gravest on, and Unknown comes last: only a rule that asks for Unknown takes it."""
    return wanted is None or found.number <= wanted.number


def matches_areas(when: AlertMatch, audience: Audience, readers: Iterable[CoreReader]) -> bool:
    """Whether an alert is for somebody in the rule's areas: by its own areas, or by a device that it reaches there."""
    if not when.areas:
        return True
    if audience.everyone:
        return True
    if any(contains(own, code) or contains(code, own) for own in when.areas for code in audience.areas):
        return True
    return any(in_areas(when.areas, reader.areas) and is_for(audience, reader) for reader in readers)


def in_areas(areas: Sequence[str], codes: Iterable[str]) -> bool:
    """Whether any of the codes lies in any of the areas; in no areas at all means everywhere."""
    return not areas or any(contains(area, code) for area in areas for code in codes)


def matches_silence(when: SilenceMatch, of: Quiet, name: str) -> bool:
    """Whether a rule is about this silence. A rule about an area hears of those below it too."""
    if when.of is None:
        return True
    if when.of is not of:
        return False
    if not when.names:
        return True
    return any(contains(own, name) if of is Quiet.AREA else own == name for own in when.names)


# -- deciding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of the addressed devices have not acted, and the first of them (by name)."""

    addressed: int
    lacking: int
    names: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    """Which areas the figures are about; none: all that the alert is for."""

    @property
    def acted(self) -> int:
        """How many have acted."""
        return self.addressed - self.lacking


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is to be told, as what, and about which devices."""

    contact: str
    target: Target
    figures: Figures


@dataclass(frozen=True, slots=True)
class Decision:
    """What a step comes to now. `is_reached`: enough have acted, so nobody is told. `nobody_for`: what there was no contact for,
    in words."""

    figures: Figures
    is_reached: bool
    tellings: tuple[Telling, ...] = ()
    nobody_for: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    tellings: dict[str, Telling] = field(default_factory=dict)
    nobody_for: list[str] = field(default_factory=list)

    def add(self, telling: Telling) -> None:
        """A contact is told once in a step, by the first target that names it."""
        self.tellings.setdefault(telling.contact, telling)


def decide(
    rule: Rule,
    step: Step,
    devices: Sequence[DeviceFacts],
    contacts: Sequence[ContactFacts],
    audience: Audience | None = None,
) -> Decision:
    """Who is to be told now. `devices` are those that the alert addresses; `audience` is the alert's, for when there are none."""
    if isinstance(rule.when, AlertMatch) and rule.when.areas:
        devices = [one for one in devices if in_areas(rule.when.areas, one.areas)]
    areas = rule.when.areas if isinstance(rule.when, AlertMatch) else ()
    figures = replace(count(devices, step.unless), areas=areas)
    if step.unless is not None and step.unless.is_reached(figures.acted, figures.addressed):
        return Decision(figures, True)
    found, known = _Found(), {one.name: one for one in contacts}
    for target in step.tell:
        match target.whom:
            case Whom.CONTACT if target.name in known:
                found.add(Telling(target.name, target, figures))
            case Whom.CONTACT:
                found.nobody_for.append(f"there is no contact {target.name}")
            case Whom.ROLE:
                _add_role(found, target, step, devices, contacts, areas or (audience.areas if audience else ()))
            case Whom.SUPERVISOR:
                _add_supervisors(found, target, step, devices, known)
    return Decision(figures, False, tuple(found.tellings.values()), tuple(found.nobody_for))


def count(devices: Iterable[DeviceFacts], unless: Unless | None) -> Figures:
    """How many devices there are, and how many of them have not acted; without a condition: not acknowledged."""
    acted_states = ACTED[unless.act if unless else Act.ACKNOWLEDGED]
    total, lacking = 0, []
    for one in devices:
        total += 1
        if one.state not in acted_states:
            lacking.append(one.name)
    return Figures(total, len(lacking), tuple(nsmallest(NAMES_KEPT, lacking)))


def _add_role(
    found: _Found,
    target: Target,
    step: Step,
    devices: Sequence[DeviceFacts],
    contacts: Sequence[ContactFacts],
    areas: Sequence[str],
) -> None:
    """The contacts of a role in whose areas too few have acted; each hears of the devices there."""
    having = [one for one in contacts if target.name in one.roles]
    if not having:
        found.nobody_for.append(f"there is no contact of the role {target.name}")
        return
    places: dict[tuple[str, ...], list[DeviceFacts]] = {}  # devices are many, the places that they are in few
    for one in devices:
        places.setdefault(one.areas, []).append(one)
    covered: set[tuple[str, ...]] = set()
    for contact in having:
        where = [codes for codes in places if not contact.areas or any(contact.covers(code) for code in codes)]
        covered.update(where)
        own = list(chain.from_iterable(places[codes] for codes in where))
        figures = replace(count(own, step.unless), areas=contact.areas)
        is_responsible = bool(own) or (not devices and _touches(contact, areas))
        if is_responsible and not (step.unless and step.unless.is_reached(figures.acted, figures.addressed)):
            found.add(Telling(contact.name, target, figures))
    alone = [codes for codes in places if codes not in covered and _lacking(places[codes], step)]
    uncovered = sorted({code for codes in alone for code in codes})
    if alone:
        named = uncovered[:10] + ["more"] * (len(uncovered) > 10) + ["devices without an area"] * (() in alone)
        found.nobody_for.append(f"there is no contact of the role {target.name} for {', '.join(named)}")


def _touches(contact: ContactFacts, areas: Sequence[str]) -> bool:
    """Whether a contact is responsible for what an alert without devices is for."""
    if not contact.areas or not areas:
        return True
    return any(contains(own, code) or contains(code, own) for own in contact.areas for code in areas)


def _add_supervisors(
    found: _Found, target: Target, step: Step, devices: Sequence[DeviceFacts], known: dict[str, ContactFacts]
) -> None:
    """The supervisors of devices that have not acted; each hears of their own devices."""
    lacking = _lacking(devices, step)
    of: dict[str | None, list[DeviceFacts]] = {}
    for one in devices:
        of.setdefault(one.supervisor, []).append(one)
    for name in sorted({one.supervisor for one in lacking if one.supervisor}):
        if name not in known:
            found.nobody_for.append(f"there is no contact {name}, who is a device's supervisor")
            continue
        found.add(Telling(name, target, count(of[name], step.unless)))
    alone = sum(one.supervisor is None for one in lacking)
    if alone:
        found.nobody_for.append(f"{alone} device{'s have' if alone > 1 else ' has'} no supervisor")


def _lacking(devices: Iterable[DeviceFacts], step: Step) -> list[DeviceFacts]:
    acted_states = ACTED[step.unless.act if step.unless else Act.ACKNOWLEDGED]
    return [one for one in devices if one.state not in acted_states]


def decide_silence(
    step: Step, of: Quiet, name: str, devices: Sequence[DeviceFacts], contacts: Sequence[ContactFacts]
) -> Decision:
    """Who is to be told of a silence. `devices` are those in the area that is silent; a source has none."""
    found, known = _Found(), {one.name: one for one in contacts}
    figures = Figures(len(devices), len(devices), tuple(sorted(one.name for one in devices)))
    areas = (name,) if of is Quiet.AREA else ()
    for target in step.tell:
        match target.whom:
            case Whom.CONTACT if target.name in known:
                found.add(Telling(target.name, target, figures))
            case Whom.CONTACT:
                found.nobody_for.append(f"there is no contact {target.name}")
            case Whom.ROLE:
                having = [one for one in contacts if target.name in one.roles and _touches(one, areas)]
                for contact in having:
                    found.add(Telling(contact.name, target, figures))
                if not having:
                    where = f" for {name}" if areas else ""
                    found.nobody_for.append(f"there is no contact of the role {target.name}{where}")
            case Whom.SUPERVISOR:
                _add_supervisors(found, target, step, devices, known)
    return Decision(figures, False, tuple(found.tellings.values()), tuple(found.nobody_for))


# -- JSON -------------------------------------------------------------------------------------------------------------


def check(rule: Rule) -> Rule:
    """That a rule makes sense. Raises RuleError naming what does not, and where."""
    if not 1 <= len(rule.steps) <= STEPS_MAX:
        raise RuleError(f"a rule has 1 to {STEPS_MAX} steps, not {len(rule.steps)}", "steps")
    for at, step in enumerate(rule.steps):
        _check_step(rule, step, f"steps[{at}]")
    for at, (before, after) in enumerate(pairwise(rule.steps), 1):
        if after.after_s < before.after_s:
            raise RuleError("a step cannot come before the one that stands before it", f"steps[{at}]")
    when = rule.when
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    if isinstance(when, AlertMatch):
        if not when.status:
            raise RuleError("a rule without a status would be about nothing", "when.status")
        lists = (("event", when.event), ("areas", when.areas), ("category", when.category))
    else:
        lists = (("names", when.names),)
        if when.of is None and when.names:
            raise RuleError("say what the names are of: area or source", "when.names")
    for name, words in lists:
        if len(words) > MATCHED_MAX:
            raise RuleError(f"at most {MATCHED_MAX} are possible, not {len(words)}", f"when.{name}")
        for word in words:
            _check_word(word, f"when.{name}")
    return rule


def _check_step(rule: Rule, step: Step, where: str) -> None:
    if not 0 <= step.after_s <= AFTER_SECONDS_MAX:
        raise RuleError(f"a step comes at most {AFTER_SECONDS_MAX // 86_400} days after", f"{where}.after_seconds")
    if not 1 <= len(step.tell) <= TARGETS_MAX:
        raise RuleError(f"a step tells 1 to {TARGETS_MAX} targets, not {len(step.tell)}", f"{where}.tell")
    if len(step.text) > TEXT_CHARS_MAX:
        raise RuleError(f"a text has at most {TEXT_CHARS_MAX} characters, not {len(step.text)}", f"{where}.text")
    if step.text and any(ord(one) < 32 for one in step.text):
        raise RuleError("a text is one line", f"{where}.text")
    if step.unless:
        if not isinstance(rule.when, AlertMatch):
            raise RuleError("nothing can be acknowledged in a silence; leave the condition out", f"{where}.unless")
        if not 1 <= step.unless.percent <= 100:
            raise RuleError("a share is 1 to 100 percent", f"{where}.unless.percent")
        if step.after_s == 0:
            raise RuleError("nobody can have acted at once; give devices some time", f"{where}.after_seconds")
    for target in step.tell:
        if target.whom is not Whom.SUPERVISOR:
            _check_word(target.name, f"{where}.tell")
        if target.whom is Whom.SUPERVISOR and isinstance(rule.when, SilenceMatch) and rule.when.of is Quiet.SOURCE:
            raise RuleError("a source has no supervisor", f"{where}.tell")


def _check_word(word: str, where: str) -> None:
    if not word or word != word.strip() or len(word) > WORD_CHARS_MAX or any(ord(one) < 32 for one in word):
        raise RuleError(
            f"{word[:60]!r} is no name: 1 to {WORD_CHARS_MAX} characters, without white space around", where
        )


def to_json(rule: Rule) -> dict[str, Any]:
    """The rule under the API's names; what is the default is left out."""
    made: dict[str, Any] = {}
    when = rule.when
    if isinstance(when, AlertMatch):
        said = {
            "severity": when.severity,
            "urgency": when.urgency,
            "certainty": when.certainty,
            "status": None if when.status == (Status.ACTUAL,) else when.status,
            "category": when.category,
            "event": when.event,
            "areas": when.areas,
        }
        made["when"] = {name: _plain(value) for name, value in said.items() if value}
    else:
        made["silence"] = {"of": str(when.of or "anything")} | ({"names": list(when.names)} if when.names else {})
    made["steps"] = [_step_json(step) for step in rule.steps]
    return made


def _plain(value: Term | Sequence[str]) -> str | list[str]:
    return str(value) if isinstance(value, str) else [str(one) for one in value]


def _step_json(step: Step) -> dict[str, Any]:
    made: dict[str, Any] = {"after_seconds": step.after_s}
    if step.unless:
        made["unless"] = {"act": str(step.unless.act), "percent": step.unless.percent}
    made["tell"] = [
        {"supervisor": True} if target.whom is Whom.SUPERVISOR else {str(target.whom): target.name}
        for target in step.tell
    ]
    return made | ({"text": step.text} if step.text else {})


def from_json(made: dict[str, Any]) -> Rule:
    """The rule that `to_json` has written. What comes from outside goes through the API's types first."""
    if "silence" in made:
        of = made["silence"]["of"]
        names = tuple(made["silence"].get("names", ()))
        when: AlertMatch | SilenceMatch = SilenceMatch(None if of == "anything" else Quiet(of), names)
    else:
        said = made.get("when", {})
        when = AlertMatch(
            Severity(said["severity"]) if said.get("severity") else None,
            Urgency(said["urgency"]) if said.get("urgency") else None,
            Certainty(said["certainty"]) if said.get("certainty") else None,
            tuple(Status(one) for one in said.get("status") or ("Actual",)),
            tuple(Category(one) for one in said.get("category", ())),
            tuple(said.get("event", ())),
            tuple(said.get("areas", ())),
        )
    return Rule(when, tuple(_step_of(step) for step in made["steps"]))


def _step_of(made: dict[str, Any]) -> Step:
    unless = made.get("unless")
    return Step(
        made["after_seconds"],
        tuple(_target_of(target) for target in made["tell"]),
        Unless(Act(unless["act"]), unless["percent"]) if unless else None,
        made.get("text") or "",
    )


def _target_of(made: dict[str, Any]) -> Target:
    if made.get("supervisor"):
        return Target(Whom.SUPERVISOR)
    name = "contact" if made.get("contact") else "role"
    return Target(Whom(name), made[name])
