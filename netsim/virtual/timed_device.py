"""A device's process in virtual time: the simulation's device behind a connecting TCP, with the client's rules of coming back.

waiting ─▶ connecting ─▶ upgrading ─▶ connected ─┐       how long it waits: client.backoff, as in client.link
   ▲          30 s at most in all                │
   └───────── broken, silent, told to go ◀───────┘
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

from alerts.session.commits import DeviceCommand, KeepItems
from client.backoff import Backoff
from client.link import GOOD_SECONDS
from client.patience import Patience
from client.trouble import End, Trouble, end_of
from netsim.virtual import websocket
from netsim.virtual.costs import Costs
from netsim.virtual.device import VirtualDevice
from netsim.virtual.items import ProcessDiedError
from netsim.virtual.path import Path
from netsim.virtual.tcp.end import Ending, Stream, TcpEnd, User
from netsim.virtual.tcp.host import Host
from netsim.virtual.tcp.tls import Tls, TlsRoundTrips
from netsim.virtual.tcp_link import TcpLink
from netsim.virtual.timed_hub import ROUNDING_S
from netsim.virtual.timeline import Timeline, Timer


class TimedDevice:
    """`inside` is the store and the session. `stepped` is called after each step of it."""

    def __init__(
        self,
        inside: VirtualDevice,
        host: Host,
        path: Path,
        timeline: Timeline,
        costs: Costs,
        chance: random.Random,
        numbers: count[int],
        stepped: Callable[[TimedDevice], None],
        tls_round_trips: TlsRoundTrips | None = None,
    ) -> None:
        self.inside, self.host, self.path = inside, host, path
        self.connections = 0
        """Attempts so far."""
        self.is_on = False
        self._timeline, self._costs, self._chance, self._numbers = timeline, costs, chance, numbers
        self._stepped, self._tls_round_trips = stepped, tls_round_trips
        self._backoff = Backoff(chance)
        self._patience = Patience()
        self._attempt: _Attempt | None = None
        self._life = 0
        self._is_at_work = False
        self._command: DeviceCommand | None = None
        self._steps = 0
        self._timer = Timer(timeline, self._tick)

    # -- the process --------------------------------------------------------------------------------------------------

    def switch_on(self, after_s: float = 0.0) -> None:
        """Start the process, and connect."""
        self.is_on = True
        self._later(after_s, self._connect)

    def kill(self, *, with_power: bool, starts_after_s: float) -> None:
        """Kill -9 (the kernel resets what was open), or no power at all (it does not); and a start some time later."""
        self.switch_off(with_power=with_power)
        self.inside.start()
        self._backoff = Backoff(self._chance)
        self._patience = Patience()
        self.switch_on(starts_after_s + self._costs.device_start_s)

    def switch_off(self, *, with_power: bool = True) -> None:
        """End the process without a word."""
        self._life += 1
        self.is_on = False
        self._attempt = None
        self._is_at_work = False
        self._timer.set(None)
        (self.host.kill_process if with_power else self.host.lose_power)()
        self.inside.drop()

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        life = self._life
        self._timeline.after(seconds, lambda: action() if self._life == life else None)

    @property
    def connection(self) -> int | None:
        """The number of the connection that it has, or tries to have."""
        return self._attempt.number if self._attempt else None

    @property
    def is_connected(self) -> bool:
        """Whether the hub has welcomed it on a connection that it holds for alive."""
        return self.inside.session is not None and self.inside.session.is_welcome

    # -- a connection -------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        attempt = self._attempt = _Attempt(self, next(self._numbers), self._timeline.now)
        self.connections += 1
        attempt.link = TcpLink(attempt.number)
        attempt.value = self.inside.connect(attempt.link)

        def use(end: TcpEnd) -> User:
            attempt.stream = end
            if self._tls_round_trips is None:
                return attempt
            attempt.stream = tls = Tls(end, attempt, self._tls_round_trips, is_server=False)
            return tls

        self.host.connect(attempt.number, self.path.up, use)
        self._timeline.after(self._patience.seconds, lambda: self._give_up(attempt))

    def _give_up(self, attempt: _Attempt) -> None:
        if attempt is self._attempt and not attempt.is_upgraded:
            attempt.close()
            self._patience.unanswered()
            self._over(attempt, End(Trouble.NO_ANSWER))

    def opened(self, attempt: _Attempt) -> None:
        """TCP stands, and TLS where there is any: ask for the upgrade."""
        if attempt is self._attempt:
            self._later(self._costs.request_ms / 1000, lambda: self._ask(attempt))

    def _ask(self, attempt: _Attempt) -> None:
        if attempt is self._attempt:
            attempt.send(websocket.request(self.inside.name, attempt.value))

    def received(self, attempt: _Attempt, data: bytes) -> None:
        """Bytes have come."""
        if attempt is not self._attempt or self.inside.session is None:
            return
        attempt.reader.feed(data)
        self.inside.session.heard(self.inside.monotonic())
        if not attempt.is_upgraded:
            if attempt.reader.head() is None:
                return
            attempt.is_upgraded = True
            self._patience.answered(self._timeline.now - attempt.began_at)
            assert attempt.link is not None, "made before connecting"
            attempt.link.up.write = attempt.send
        self.inside.received.extend(attempt.reader.messages())
        self._work()
        self._set_timer()

    def ended(self, attempt: _Attempt, end: End) -> None:
        """The connection is gone. What had come by then is read first: the reason may be in it."""
        attempt.end = end
        if attempt is self._attempt:
            self.inside.broken()
        if attempt is self._attempt and not self.inside.has_work():
            self._over(attempt, end)

    def _over(self, attempt: _Attempt, end: End) -> None:
        """Stay away for as long as the client would, and come back."""
        if attempt is not self._attempt:
            return
        self._attempt = None
        self._timer.set(None)
        self.inside.drop()
        self._is_at_work = False
        self._life += 1
        if attempt.is_upgraded and self._timeline.now - attempt.began_at >= GOOD_SECONDS:
            self._backoff.reset()
        self._later(self._backoff.wait(end.pause_s), self._connect)

    # -- work ---------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        if self._is_at_work or not self.inside.has_work():
            return
        self._is_at_work = True
        self._later(self._cost_ms() / 1000, self._step)

    def _cost_ms(self) -> float:
        """What the next step takes: reading, noting and decoding an item, the commit, and what follows it."""
        command = self.inside.under_way
        if command is None:
            return self._costs.turn_ms
        if command is not self._command:
            self._command, self._steps = command, 0
        self._steps += 1
        items = len(command.items) if isinstance(command, KeepItems) else 0
        if self._steps <= items:
            return self._costs.item_ms
        return self._costs.commit_ms if self._steps == items + 1 else 0.0

    def _step(self) -> None:
        self._is_at_work = False
        attempt, session = self._attempt, self.inside.session
        try:
            self.inside.step()
        except ProcessDiedError:
            self.kill(with_power=True, starts_after_s=0.0)
            return
        self._stepped(self)
        if attempt is not None and session is not None and session.ended and self.inside.session is None:
            attempt.close()
            self._over(attempt, end_of(session.ended))
            return
        if attempt is not None and attempt.end is not None and not self.inside.has_work():
            self._over(attempt, attempt.end)
            return
        self._work()
        self._set_timer()

    def stored_something(self) -> None:
        """An alert was committed: the connection was good for something."""
        self._backoff.reset()

    def write(self, words: str) -> None:
        """A person does something: a receipt for the hub."""
        self.inside.write(words)
        self._set_timer()

    def _set_timer(self) -> None:
        session = self.inside.session
        if session is not None and self._attempt is not None and self._attempt.is_upgraded and not session.ended:
            delay_s = max(session.deadline() - self.inside.monotonic(), 0.0)
            self._timer.set(self._timeline.now + delay_s + ROUNDING_S)

    def _tick(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        self.inside.tick()
        if self.inside.session is None:
            attempt.close()
            self._over(attempt, End(Trouble.SILENT))
        else:
            self._set_timer()


class _Attempt:
    """One connection as TCP's user."""

    def __init__(self, device: TimedDevice, number: int, began_at: float) -> None:
        self.number, self.began_at = number, began_at
        self.reader = websocket.Reader()
        self.link: TcpLink | None = None
        self.stream: Stream | None = None
        self.value = ""
        self.is_upgraded = False
        self.end: End | None = None
        self._device = device

    def send(self, data: bytes) -> None:
        """Send bytes."""
        if self.stream is not None:
            self.stream.send(data)

    def close(self) -> None:
        """Nothing follows."""
        if self.stream is not None:
            self.stream.close()

    def opened(self) -> None:
        """The connection stands."""
        self._device.opened(self)

    def received(self, data: bytes) -> None:
        """Bytes have come."""
        self._device.received(self, data)

    def ended(self, how: Ending) -> None:
        """It is over."""
        trouble = Trouble.UNREACHABLE if how in (Ending.REFUSED, Ending.TIMED_OUT) else Trouble.BROKEN
        self.close()
        self._device.ended(self, End(trouble))
