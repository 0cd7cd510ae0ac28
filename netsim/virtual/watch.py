"""Takes plain snapshots of hub and devices, and has them judged. Knows the programs; the judge knows only the snapshots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from alerts.audience import Reader, is_for
from alerts.session.inbox import Alarm
from alerts.session.log import Entry
from netsim.judge import invariants
from netsim.judge.invariants import Held, Inbox, Listed
from netsim.virtual.device import VirtualDevice
from netsim.virtual.hub import VirtualHub
from netsim.virtual.items import languages_of


class Watch:
    """What has to be remembered of a run to judge it: what was addressed to whom, and which alarms were raised."""

    def __init__(self, languages_of: Callable[[bytes], str] = languages_of) -> None:
        self._languages_of = languages_of
        self._addressed: defaultdict[str, set[str]] = defaultdict(set)
        self._raised: Counter[tuple[int, str]] = Counter()
        self._deaths: Counter[tuple[int, str]] = Counter()
        self._forgotten: set[bytes] = set()

    # -- what happens -------------------------------------------------------------------------------------------------

    def published(self, entry: Entry, readers: Iterable[Reader]) -> None:
        """An alert is in the hub's store."""
        for reader in readers:
            if is_for(entry.audience, reader):
                self._addressed[reader.device].add(entry.key)

    def addressed(self, hub: VirtualHub, reader: Reader) -> None:
        """A device's audience was set: what stands in the hub's store may now be for it."""
        self._addressed[reader.device].update(
            entry.key for entry in hub.store.entries if is_for(entry.audience, reader)
        )

    def copied(self, before: VirtualDevice, after: VirtualDevice) -> None:
        """A store was put back or cloned: alarms that it knows as raised are not raised again by it."""
        for key, row in after.store.rows.items():
            if row.alarm is Alarm.RAISED:
                self._raised[after.life, key] = self._raised[before.life, key] - self._deaths[before.life, key]

    def raised(self, device: VirtualDevice, keys: Iterable[str], *, recorded: bool) -> None:
        """The application sounded these alarms; `recorded`: and lived to say so."""
        for key in keys:
            self._raised[device.life, key] += 1
            times = self._raised[device.life, key]
            invariants.check_alarm(device.title, key, times, self._deaths[device.life, key])
            self._deaths[device.life, key] += not recorded

    def forgotten(self, items: Iterable[bytes]) -> None:
        """A store forgot uplink items that the hub had had for long; a hub that lost them is told to pass over them."""
        self._forgotten.update(items)

    # -- what is judged -----------------------------------------------------------------------------------------------

    def check_device(self, hub: VirtualHub, device: VirtualDevice) -> None:
        """After a step of a device: 2, 3, 7, and 4 for what the hub says of it; the hub's row names one opening of one store."""
        inbox = snapshot(device, self._languages_of)
        invariants.check_nothing_twice(inbox)
        invariants.check_addressed(inbox, self._addressed[device.name])
        invariants.check_passed(inbox, _passed(hub, device))
        self._check_claims(hub, device, inbox)

    def _check_claims(self, hub: VirtualHub, device: VirtualDevice, inbox: Inbox) -> None:
        reader, now = hub.log.enrolled[device.name].reader, hub.wall.now()
        rows = (hub.store.claims.get(device.name), hub.unwritten.get(device.name))
        for claim in rows:
            if claim is not None and claim.opening in device.openings:
                claimed = [
                    entry
                    for entry in hub.log
                    if claim.has(entry.number, entry.expires, now) and is_for(entry.audience, reader)
                ]
                invariants.check_claim(inbox, [_listed(hub, entry) for entry in claimed])

    def check_rest(self, hub: VirtualHub, device: VirtualDevice) -> None:
        """At rest: 1, both ways."""
        reader, now = hub.log.enrolled[device.name].reader, hub.wall.now()
        in_force = [_listed(hub, entry) for entry in hub.log.roll(reader, now)]
        replacers = {key: (entry.epoch, entry.number) for entry in hub.store.entries for key in entry.replaces}
        languages = "+".join(hub.store.languages.get(device.name) or device.store.standing().languages)
        invariants.check_nothing_lost(snapshot(device, self._languages_of), in_force, languages, replacers)
        # An old item that another copy of this store has forgotten, and the hub lost, is passed over on the word of that copy.
        kept = {raw for book in device.store.books.values() for raw, _ in book.items.values()} - self._forgotten
        taken = {raw.decode() for raw in hub.store.taken.values()}
        invariants.check_uplink_complete(device.title, sorted(raw.decode() for raw in kept), taken)


def snapshot(device: VirtualDevice, languages_of: Callable[[bytes], str] = languages_of) -> Inbox:
    """A device's store as plain data. `languages_of` reads an item's languages."""
    store, now = device.store, device.reckon()
    alerts = {
        key: Held(
            *(row.epoch, row.number, row.is_in_force(now), not row.unconfirmed, row.alarm is Alarm.RAISED),
            languages_of(row.item),
        )
        for key, row in store.rows.items()
    }
    return Inbox(device.title, alerts, store.quarantined.keys(), store.withdrawals)


def _listed(hub: VirtualHub, entry: Entry) -> Listed:
    return Listed(entry.key, entry.epoch, entry.number, entry.replaces if hub.is_withdrawal(entry) else None)


def _passed(hub: VirtualHub, device: VirtualDevice) -> list[Listed]:
    """What a position that counts says is stored: in force, and for every audience that the device had since its cursor."""
    position, now = device.store.standing().position(), hub.wall.now()
    counts = hub.log.counts(position.epoch, position.as_of) and not position.owes and position.heard <= now
    if not counts:
        return []
    readers = hub.store.readers_since(device.name, position.cursor)
    return [
        _listed(hub, entry)
        for entry in hub.log
        if (entry.number <= position.cursor or entry.number in position.held)
        and hub.log.in_force(entry, now)
        and all(is_for(entry.audience, reader) for reader in readers)
    ]
