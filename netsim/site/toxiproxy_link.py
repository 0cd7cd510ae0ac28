"""Links through a Toxiproxy, real or embedded: what a profile is where only a TCP proxy stands between both ends.

    device ── toxiproxy ── meter ── hub

What a proxy can do of a profile: the rate (whole KB/s, at least 1), the delay (half of the round trip each way) with its
spread, and outages, as cuts: connections close and new ones are refused, where a radio without its network falls silent.
It sees no packets, so loss, reordering, duplicates, corruption, queues and a NAT's forgetting are not had; `apply` says so.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from netsim.packet.namespaces import Namespace
from netsim.profiles.outages import draw_outages
from netsim.profiles.profile import Profile, Way
from netsim.site.link import SiteLink, Traffic
from netsim.site.meter import Meter, MeterLoop
from netsim.toxiproxy.control import Link, ToxiproxyServer, start_embedded, start_real
from netsim.toxiproxy.real_location import find_real_server
from netsim.toxiproxy.toxics.toxic import Direction
from netsim.toxiproxy.toxiproxy_client import ToxiproxyClient, ToxiproxyError

Kind = Literal["real", "embedded", "auto"]
_BITS_A_KILOBYTE = 8000
_JITTER_OF_SPREAD = 3**0.5
"""A proxy's jitter is spread evenly about the delay, as wide as this many standard deviations each way."""
_IDLE_SECONDS = 3600.0
_LATER_SECONDS = 1.0
_END_SECONDS_MAX = 60.0
_PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between calls that got no answer."""


class ToxiproxyLinks:
    """All links of a site, one proxy each on one server, and one thread that follows their outages and traces."""

    def __init__(self, kind: Kind = "embedded", *, seed: int = 0, reads: bool = True) -> None:
        """`reads`: what passes is Tocsin's, and is counted by kind. Raises UserError: "real", and there is no Toxiproxy here."""
        self._reads = reads
        is_real = kind == "real" or (kind == "auto" and find_real_server() is not None)
        self.server: ToxiproxyServer = start_real() if is_real else start_embedded(seed)
        self.client = self.server.client
        self.hub_port = 0  # the meters follow it wherever it is
        self.via = f"toxiproxy ({self.server.kind})"
        self.meters = MeterLoop()
        self._links: list[ToxiproxyLink] = []
        self._hub_port = 0
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._follow, name="weather", daemon=True)
        self._thread.start()

    @property
    def hub_host(self) -> str:
        """The hub listens on the loopback."""
        return "127.0.0.1"

    @property
    def hub_place(self) -> Namespace | None:
        """Beside us."""
        return None

    def lead_to(self, hub_port: int) -> None:
        """Where the hub is now."""
        self._hub_port = hub_port
        for link in self._links:
            link.hub_moved(hub_port)

    def link(self, name: str, listen: str = "127.0.0.1:0") -> SiteLink:
        """A new link; devices dial `listen`."""
        meter = self.meters.meter(reads=self._reads)
        link = ToxiproxyLink(self.server.link(name, meter.address, listen), self.server.client, meter, self._wake)
        link.hub_moved(self._hub_port)
        with self._changed:
            self._links.append(link)
        return link

    def place_of(self, link: SiteLink) -> Namespace | None:
        """Beside us."""
        return None

    def close(self) -> None:
        """Stop the server and the meters."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(_END_SECONDS_MAX)  # it asks a server, which answers or is given up
        self.server.stop()
        self.meters.close()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _follow(self) -> None:
        while not self._is_closed:
            now = time.monotonic()
            for link in list(self._links):
                try:
                    link.follow(now)
                except ToxiproxyError:  # a dead server is noticed by whoever asks for something
                    link.next_change = now + _LATER_SECONDS
            with self._changed:
                if not self._is_closed:
                    due = [at for link in self._links if (at := link.next_change) is not None]
                    self._changed.wait(max(0.0, min(due, default=now + _IDLE_SECONDS) - time.monotonic()))


@dataclass(slots=True)
class _Weather:
    """What a profile does over time: outages, and a recorded trace. Times in monotonic seconds."""

    profile: Profile
    began_at: float
    spells: Iterator[tuple[float, float]]
    spell: tuple[float, float] | None = None

    def outage(self, now: float) -> tuple[bool, float | None]:
        """Whether it is out now, and when that changes."""
        elapsed = now - self.began_at
        while self.spell is None or self.spell[1] <= elapsed:
            self.spell = next(self.spells, None)
            if self.spell is None:
                return False, None
        begins, ends = self.spell
        return (True, self.began_at + ends) if begins <= elapsed else (False, self.began_at + begins)


class _Persistent:
    """Whatever it stands for, with calls that are made again where a server on a starved machine gives no answer."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            for seconds in _PAUSES:
                try:
                    return found(*args, **options)
                except ToxiproxyError as error:
                    if error.status:  # it has answered: no
                        raise
                time.sleep(seconds)
            return found(*args, **options)

        return call


class ToxiproxyLink:
    """One link; see `SiteLink`."""

    def __init__(self, link: Link, client: ToxiproxyClient, meter: Meter, wake: Callable[[], None]) -> None:
        self.name = link.name
        self.next_change: float | None = None
        """When `follow` has something to do (monotonic seconds)."""
        self._link = cast(Link, _Persistent(link))
        self._client = cast(ToxiproxyClient, _Persistent(client))
        self._meter = meter
        self._wake = wake
        self._lock = threading.RLock()
        self._weather: _Weather | None = None
        self._is_out = False
        self._is_cut = False
        self._held: str = ""
        self._rates: tuple[int | None, int | None] = (None, None)
        self._hub_port = 0
        self._diverted: tuple[str, int] | None = None

    @property
    def address(self) -> str:
        """Where the proxy listens."""
        return self._link.address

    @property
    def state(self) -> str:
        """In a word or two."""
        return "cut" if self._is_cut else "outage" if self._is_out else self._held or "open"

    def apply(self, profile: Profile, seed: int) -> tuple[str, ...]:
        """Be like this profile."""
        with self._lock:
            self._end_outage()
            chance = random.Random(seed)
            self._weather = _Weather(profile, time.monotonic(), draw_outages(profile.outages, chance))
            spread_ms = (profile.up.delay_spread_ms + profile.down.delay_spread_ms) / 2
            self._link.delay(round(profile.round_trip_ms / 2), round(spread_ms * _JITTER_OF_SPREAD))
            self._rates = (None, None)
            self._link.throttle(None, None)
            self.follow(time.monotonic())
        self._wake()
        return tuple(_not_reproduced(profile))

    def cut(self) -> None:
        """Close everything, refuse what is new."""
        with self._lock:
            self._is_cut = True
            self._link.cut()

    def stall(self, *directions: Direction) -> None:
        """Hold every byte."""
        with self._lock:
            self._held = "stalled"
            self._link.stall(*directions)

    def black_hole(self, *directions: Direction) -> None:
        """Swallow every byte."""
        with self._lock:
            self._held = "black hole"
            self._link.black_hole(*directions)

    def reset(self) -> None:
        """Break what is open."""
        with self._lock:
            if not (self._is_cut or self._is_out):  # which has broken it already, and stays
                self._link.reset()

    def heal(self) -> None:
        """End what a fault did; an outage of the profile goes on."""
        with self._lock:
            self._is_cut, self._held = False, ""
            self._link.heal()
            if self._is_out:
                self._link.cut()

    def clear(self) -> None:
        """A perfect link."""
        with self._lock:
            self._weather, self.next_change = None, None
            self._is_out = self._is_cut = False
            self._held = ""
            self._rates = (None, None)
            self._link.clear()

    def divert(self, address: str | None) -> None:
        """To another server on this machine, or back."""
        with self._lock:
            host, _, port = (address or "").rpartition(":")
            self._diverted = (host, int(port)) if address else None
            self._lead(is_new=True)

    def hub_moved(self, hub_port: int) -> None:
        """The hub listens there from now on."""
        with self._lock:
            self._hub_port = hub_port
            if self._diverted is None:
                self._lead(is_new=False)

    def _lead(self, *, is_new: bool) -> None:
        self._meter.lead_to(*(self._diverted or ("127.0.0.1", self._hub_port)), is_new=is_new)

    def traffic(self) -> Traffic:
        """As the meter has it."""
        return self._meter.traffic()

    # -- what the profile does over time ------------------------------------------------------------------------------

    def follow(self, now: float) -> None:
        """Begin and end outages, and change the rates of a trace, as the profile says for this moment."""
        with self._lock:
            weather = self._weather
            if weather is None:
                return
            is_out, until = weather.outage(now)
            if is_out and not self._is_out:
                self._is_out = True
                self._link.cut()
            elif not is_out:
                self._end_outage()
            changes = [until]
            if weather.profile.trace is not None:
                elapsed = now - weather.began_at
                tracks = (weather.profile.trace.up, weather.profile.trace.down)
                changes += [weather.began_at + track.next_change_s(elapsed) for track in tracks]
            self._set_rates(_rates(weather.profile, now - weather.began_at))
            self.next_change = min((at for at in changes if at is not None), default=None)

    def _end_outage(self) -> None:
        if self._is_out:
            self._is_out = False
            if not self._is_cut:
                self._client.enable_proxy(self.name, True)

    def _set_rates(self, rates: tuple[int | None, int | None]) -> None:
        if rates != self._rates and not self._held:  # at the real server a change lets slip what is held back
            self._rates = rates
            self._link.throttle(*rates)


def _rates(profile: Profile, elapsed_s: float) -> tuple[int | None, int | None]:
    """KB/s up and down at this moment."""
    up, down = profile.up.rate_bit_s, profile.down.rate_bit_s
    if profile.trace is not None:
        recorded_up, recorded_down = (
            profile.trace.up.at(elapsed_s).rate_bit_s,
            profile.trace.down.at(elapsed_s).rate_bit_s,
        )
        up = up if recorded_up is None else recorded_up
        down = down if recorded_down is None else recorded_down
    return _kilobytes(up), _kilobytes(down)


def _kilobytes(rate_bit_s: int | None) -> int | None:
    if rate_bit_s is None:
        return None
    return max(1, round(rate_bit_s / _BITS_A_KILOBYTE)) if rate_bit_s else 0


def _not_reproduced(profile: Profile) -> Iterator[str]:
    for name, way in (("up", profile.up), ("down", profile.down)):
        if lacks := [what for what, is_asked in _beyond(way).items() if is_asked]:
            yield f"{name}: a TCP proxy sees no packets, so not reproduced: {', '.join(lacks)}"
        if way.rate_bit_s is not None and way.rate_bit_s < _BITS_A_KILOBYTE:
            yield f"{name}: {way.rate_bit_s} bit/s is below a proxy's slowest rate; 8000 bit/s instead"
    if profile.trace is not None:
        yield "trace: the rates are replayed in whole KB/s; its losses and delays are not"
    if profile.outages:
        yield "outages: connections close and new ones are refused, instead of falling silent"
    if profile.nat is not None:
        yield "nat: a proxy forgets no connection"


def _beyond(way: Way) -> dict[str, bool]:
    return {
        "loss": way.loss is not None,
        "queue": way.queue_bytes is not None,
        "reordering": way.reorder > 0,
        "duplicates": way.duplicate > 0,
        "corruption": way.corrupt > 0,
    }
