"""What every test of a fault tells: an alert before it, one during it, one after it, and nobody lacks one or has it twice."""

from __future__ import annotations

import itertools
import random
from collections import Counter

from client.clocks import system_clocks
from client.store import InboxEntry, Store
from netsim.faults.fault import Fault
from netsim.site.device import SiteDevice
from netsim.site.site import Site
from tests.netsim.site.publishing import publish, until_connected, until_has
from tests.support.waiting import wait_until

_numbers = itertools.count(1)


class Story:
    """A site of two devices, of which the first has the trouble."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.target, self.other = site.devices
        self.keys: list[str] = []
        site.heal()
        until_connected(self.target, self.other)
        self.until_all_have(self.publish())
        self._troubles_before = len(self.target.troubles)

    def publish(self, **changes: object) -> str:
        """An alert for everyone."""
        key = publish(self.site, f"alert-{next(_numbers)}", **changes)
        self.keys.append(key)
        return key

    def until_all_have(self, *keys: str) -> None:
        """Wait until both devices have these."""
        for key in keys:
            until_has(self.target, key)
            until_has(self.other, key)

    def begin(self, fault: Fault, *, seed: int = 1) -> None:
        """Begin it."""
        fault.begin(self.site, self.target, random.Random(seed))

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """Those of the device since the story began: the site has told others before."""
        return self.target.troubles[self._troubles_before :]

    def until_trouble(self, *names: str) -> str:
        """Wait until the device has one of these troubles; its words."""

        def found() -> list[str]:
            return [words for name, words in self.troubles if name in names]

        wait_until(found, f"the device is in trouble: {names}, not {self.troubles}")
        return found()[-1]

    def end(self, fault: Fault) -> None:
        """End it; everybody tries to connect at once."""
        fault.end(self.site, self.target)
        self.site.heal()

    def ends_well(self) -> None:
        """One more alert: everybody gets all, each once, and what is acknowledged then comes to the hub."""
        self.until_all_have(self.publish(), *self.keys)
        for device in (self.target, self.other):
            arrived = Counter(arrival.key for arrival in device.ledger.arrivals())
            assert {key: arrived[key] for key in self.keys} == dict.fromkeys(self.keys, 1), device.name
        self.acknowledges()

    def acknowledges(self) -> None:
        """The person acknowledges something, and ops come to see that."""
        before = len(self.target.ledger.acknowledgements())
        self.target.acknowledge()
        wait_until(lambda: len(self.target.ledger.acknowledgements()) > before, "the acknowledgement is kept")
        key = self.target.ledger.acknowledgements()[-1].key
        wait_until(lambda: self.target.device in self.acknowledged_by(key), f"ops know that {key} was acknowledged")

    def acknowledged_by(self, key: str) -> set[str]:
        """The devices that have acknowledged an alert, by the hub's API."""
        path = f"/v1/alerts/{key.partition(',')[2]}/delivery?state=acknowledged"
        return {one["device"] for one in self.site.hub.said("GET", path, 200)["devices"]}

    def inbox(self, device: SiteDevice) -> dict[str, InboxEntry]:
        """What a device's store has, by key."""
        store = Store(device.folder, system_clocks(), random.Random(1))
        try:
            return {entry.key: entry for entry in store.entries()}
        finally:
            store.close()
