"""How far one alert has come with each device, kept up to date: one byte a device, and the times of who has acted.

The judgement is `server.delivery.state_of`, the same as for a single reading. A board that holds is asked again for a device when
something about it changes; what changes the alert itself (its end, what replaces it) makes another board.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.audience import Reader
from alerts.session.claim import Claim
from server.delivery import DeliveryState, Ending, Evidence, state_of
from server.events import EventKind
from server.store.records import StoredAlert
from server.watch.course import Sample
from server.watch.roster import Roster
from server.watch.tallies import NEVER, ORDER, PLACE, Times, reached

NONE = len(ORDER)
"""Stands in the place of a state: the alert is not for this device."""
ADDRESSED = PLACE[DeliveryState.ADDRESSED]

ACTS: dict[EventKind, int] = {
    EventKind.ALERT_SEEN: 0,
    EventKind.ALERT_ACKNOWLEDGED: 1,
    EventKind.ALERT_ANSWERED: 2,
}
"""Kind of event → its place among the times of a device."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the store knows of an alert. `readers`: the audiences that devices had when it ended; None: it holds, and the newest
    count. `asks`: it has a question. `ended_at`: when it expired or was replaced. `samples`: how many had it when."""

    key: str
    stored: StoredAlert
    alert: Ending
    ended_at: int | None
    readers: Mapping[str, Reader] | None
    times: Mapping[str, Times]
    asks: bool
    samples: tuple[Sample, ...] = ()


class Board:
    """The states of one alert. `changed` are the places whose state or times are other than when it was last emptied."""

    def __init__(self, loaded: Loaded, roster: Roster) -> None:
        self.loaded = loaded
        self.number = loaded.alert.number
        self.roster = roster
        self.states = bytearray()
        self.times: dict[int, Times] = {}
        self.counts = [0] * (len(ORDER) + 1)
        self.changed: set[int] = set()
        self.samples = list(loaded.samples)
        self.answers = 0
        """Rises with each answer."""
        for device, times in loaded.times.items():
            place = roster.place_of(device)
            if place is not None:
                self.times[place] = times
        self.grow()

    def is_outdated(self, replaced_by: int | None, now: int) -> bool:
        """Whether the alert has ended since it was loaded: another board is needed."""
        alert = self.loaded.alert
        has_expired = alert.expires <= now and self.loaded.ended_at is None
        return has_expired or (replaced_by is not None and alert.replaced_by is None)

    def grow(self) -> None:
        """Make room for devices that the roster has got since."""
        more = len(self.roster) - len(self.states)
        self.states.extend(bytes([NONE]) * more)
        self.counts[NONE] += more

    def judge(self, place: int, claim: Claim, now: int) -> None:
        """Look at a device anew: it was heard, it was moved, somebody has acted on it."""
        traits = self.roster.devices[place]
        readers = self.loaded.readers
        reader = self.roster.readers[place] if readers is None else readers.get(traits.device)
        times = self.times.get(place, NEVER)
        evidence = Evidence(traits.device, traits.name, reader, traits.revoked_at, claim, *times)
        state = state_of(self.loaded.alert, evidence, now)
        new, old = NONE if state is None else PLACE[state], self.states[place]
        if new != old:
            self.states[place] = new
            self.counts[old] -= 1
            self.counts[new] += 1
            self.changed.add(place)

    def act(self, place: int, kind: EventKind, at: int) -> None:
        """Somebody has acted on a device; `judge` is due."""
        self.answers += kind is EventKind.ALERT_ANSWERED
        which, times = ACTS[kind], list(self.times.get(place, NEVER))
        before = times[which]
        if before is None or at < before:
            times[which] = at
            self.times[place] = (times[0], times[1], times[2])
            self.changed.add(place)

    @property
    def reached(self) -> int:
        """How many devices have the alert, or had it."""
        return reached(self.counts)
