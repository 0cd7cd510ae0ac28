"""A hub at which something happens all the time, for whoever counts what happens: `go_on` does one more thing by chance."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.session.claim import Claim
from alerts.session.commits import TakeUplink
from alerts.session.spans import Spans
from alerts.wire.uplink import Answer, Receipt, ReceiptState, pack_uplink
from server.hub import Hub
from tests.support.questions import YES_NO, parameters_for
from tests.support.stores import HOUR, PUBLISHER, SetClock, following, make_alert

AREAS = ("KE", "KE-1", "KE-1-5", "KE-2", "UG", "UG-7")
AUDIENCES = (
    Audience(everyone=True),
    Audience(areas=("KE",)),
    Audience(areas=("KE-1", "UG")),
    Audience(areas=("KE",), roles=("nurse",)),
    Audience(roles=("nurse",)),
)


class Happenings:
    """One hub's chances. Everything comes from `random`."""

    def __init__(self, hub: Hub, clock: SetClock, random: Random) -> None:
        self.hub = hub
        self.clock = clock
        self.random = random
        self.devices: list[str] = []
        self.alerts: list[tuple[int, Alert]] = []
        self._items = 0

    async def enrol(self) -> str:
        """A new device somewhere."""
        areas = tuple(self.random.sample(AREAS, self.random.choice((0, 1, 1, 1, 2))))
        roles = ("nurse",) if self.random.random() < 0.3 else ()
        code = await self.hub.make_enrolment_code(areas=areas, roles=roles)
        device = (await self.hub.enrol(code)).device
        self.devices.append(device)
        return device

    async def publish(self) -> int:
        """An alert that asks, for ten hours."""
        alert = make_alert(f"alert-{len(self.alerts)}", info=[self._info()])
        return await self._put(alert, self.random.choice(AUDIENCES))

    def _info(self) -> dict[str, object]:
        info: dict[str, object] = dict(make_alert().to_json()["info"][0])
        info["parameter"] = [{"valueName": name, "value": value} for name, value in parameters_for(YES_NO)]
        info["expires"] = datetime.fromtimestamp(self.hub.now() + 10 * HOUR, UTC).isoformat()
        return info

    async def _put(self, alert: Alert, audience: Audience) -> int:
        published = await self.hub.publish(alert, audience, by=PUBLISHER)
        self.alerts.append((published.number, alert))
        return published.number

    async def act(self, device: str, number: int, epoch: int) -> None:
        """Somebody sees, acknowledges or answers; what does not fit is refused, and counts nowhere."""
        self._items += 1
        at = self.hub.now() - self.random.randrange(0, 300)
        item = self.random.choice(
            (
                Receipt(at, ReceiptState.SEEN, epoch, number),
                Receipt(at, ReceiptState.ACKNOWLEDGED, epoch, number),
                Answer(at, self.random.random() < 0.5, epoch, number),
            )
        )
        command = TakeUplink(1000 + self._items, 0, 1, ((1, pack_uplink(item)),))
        await self.hub.take_uplink(device, command)

    def state(self, device: str) -> None:
        """A device says what it has; some numbers it was spared, and now and then it has less than before."""
        head = self.hub.log.head
        cursor = self.random.randrange(0, head + 1)
        before = self.hub.claim(device)
        if self.random.random() < 0.8:
            cursor = max(cursor, before.cursor)
        spared = Spans.of(n for n in range(1, head + 1) if n <= cursor and self.random.random() < 0.1)
        self.hub.record_claim(device, Claim(1, self.hub.log.path.newest(), cursor, cursor, (), spared))

    async def go_on(self) -> str:
        """One more thing; what it was."""
        random, hub = self.random, self.hub
        what = random.choice(
            (
                "enrol",
                "publish",
                "act",
                "act",
                "act",
                "state",
                "state",
                "state",
                "update",
                "cancel",
                "move",
                "revoke",
                "wait",
            )
        )
        device = random.choice(self.devices) if self.devices else await self.enrol()
        number, alert = random.choice(self.alerts) if self.alerts else (await self.publish(), self.alerts[-1][1])
        if what == "enrol":
            await self.enrol()
        elif what == "publish":
            await self.publish()
        elif what == "act":
            await self.act(device, number, hub.log.path.epoch_at(number))
        elif what == "state":
            self.state(device)
        elif what in ("update", "cancel"):
            await self._follow_up(what, number, alert)
        elif what == "move":
            if device in hub.log.enrolled:
                await hub.change_device(device, areas=tuple(random.sample(AREAS, 1)))
        elif what == "revoke":
            if random.random() < 0.3:
                await hub.revoke_device(device)
                self.devices.remove(device)
        elif what == "wait":
            self.clock.pass_seconds(random.choice((1, 60, 5 * HOUR)))
        return what

    async def _follow_up(self, what: str, number: int, alert: Alert) -> None:
        entry = self.hub.log.at(number)
        if entry is None or self.hub.log.replaced_by(entry.key) is not None or (what == "cancel" and entry.replaces):
            return
        name = f"alert-{len(self.alerts)}"
        if what == "cancel":
            made = following("Cancel", name, alert, info=[])
        else:
            made = following("Update", name, alert, info=[self._info()])
        await self._put(made, self.random.choice(AUDIENCES))
