"""Looks at a site while a campaign runs: a sample a second, and what must not be found at any moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing

from netsim.chaos.record import HubRow, Recorder, Sample, TrafficRow
from netsim.chaos.testimony import write_testimony
from netsim.judge.stores import Verdict, judge_stores
from netsim.site.device import SiteDevice
from netsim.site.site import Site

ALWAYS = (
    *("forgotten_by_hub", "doubled", "strays", "acknowledgements_doubled"),
    *("alarms_twice", "claimed_without_proof"),
)
"""What must not be found even while everything is on its way."""

FOR_GOOD = frozenset({"forgotten_by_hub", "doubled", "acknowledgements_doubled", "alarms_twice"})
"""What no waiting puts right."""

CONNECTED_SECONDS = 3.0
"""After a store was put back, everybody must have been connected for so long before the hub's word counts again."""

_READ_SECONDS_MAX = 0.2


class Watch:
    """`answered` gives (key, number) of every publish that was answered; `due` how many alerts are for a device."""

    def __init__(
        self,
        site: Site,
        recorder: Recorder,
        answered: Callable[[], Iterable[tuple[str, int]]],
        due: Callable[[SiteDevice], int],
    ) -> None:
        self._site = site
        self._recorder = recorder
        self._answered = answered
        self._due = due
        self._has: dict[str, int] = {}
        self._restores = 0
        self._back_since: dict[str, float] = {}

    # -- samples ------------------------------------------------------------------------------------------------------

    def sample(self, at_s: float) -> None:
        """Write down what everybody has now."""
        devices = self._site.all_devices
        rows = [
            Sample(at_s, one.name, self._held(one), self._due(one), one.connection, one.link.state) for one in devices
        ]
        hub = self._site.hub
        self._recorder.sampled(rows, HubRow(at_s, "off" if not hub.is_running else "up" if hub.look() else "starting"))
        self._note_restores(at_s)

    def traffic(self, at_s: float) -> None:
        """Write down what links have carried by now."""
        rows = []
        for device in self._site.devices:
            carried = device.link.traffic()
            rows.append(TrafficRow(at_s, device.name, carried.connections, carried.up_bytes, carried.down_bytes))
            self._recorder.kinds(at_s, device.name, carried.kinds)
        self._recorder.traffic(rows)

    def _held(self, device: SiteDevice) -> int:
        try:
            uri = f"{device.database.resolve().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=_READ_SECONDS_MAX)) as db:
                self._has[device.name] = int(db.execute("SELECT count(*) FROM alert").fetchone()[0])
        except sqlite3.Error:
            pass  # locked, or just being put back: as a moment ago
        return self._has.get(device.name, 0)

    # -- verdicts -----------------------------------------------------------------------------------------------------

    def verdict(self) -> Verdict:
        """What the stores hold now. Raises sqlite3.Error: one cannot be read now."""
        site = self._site
        ledger = site.folder / "testimony.sqlite"
        write_testimony(ledger, self._answered(), site.all_devices)
        return judge_stores(
            site.hub.database,
            {device.name: device.database for device in site.all_devices},
            ledger,
            site.hub.now(),
            replaced=[restored.replaced for restored in site.hub.restored],
            lives={device.name: device.store_life for device in site.all_devices},
        )

    def is_calm(self) -> bool:
        """Whether nothing is found that may yet be put right. Raises sqlite3.Error: a store cannot be read now."""
        return FOR_GOOD.issuperset(self.verdict().wrong)

    def wrong_now(self, at_s: float) -> dict[str, tuple[tuple[str, str], ...]]:
        """What must not be at any moment, and is. Nothing is said within the span of a restore: until all were back."""
        if not self._may_judge(at_s):
            return {}
        try:
            found = self.verdict().wrong
        except sqlite3.Error:
            return {}
        return {name: found[name] for name in ALWAYS if name in found}

    def _restores_so_far(self) -> int:
        stores = sum(device.store_life for device in self._site.all_devices)
        return len(self._site.hub.restored) + stores

    def _note_restores(self, at_s: float) -> None:
        if self._restores_so_far() != self._restores:
            self._restores = self._restores_so_far()
            self._back_since = {}
        for device in self._site.all_devices:
            if device.connection != "CONNECTED":
                continue
            self._back_since.setdefault(device.name, at_s)

    def _may_judge(self, at_s: float) -> bool:
        self._note_restores(at_s)
        since = [self._back_since.get(device.name) for device in self._site.all_devices]
        return all(one is not None and at_s - one >= CONNECTED_SECONDS for one in since)
