"""A hub with rules, contacts and devices that a test moves through time; its gateway writes down what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.session.commits import TakeUplink
from alerts.wire.uplink import Receipt, ReceiptState, pack_uplink
from server.hub import Hub
from server.ops.contacts import Contacts
from server.ops.escalation import Escalation
from server.ops.facts import Facts
from server.ops.gateway import GatewayOutcome
from server.ops.rule_text import parse
from server.ops.rulebook import RuleBook
from server.store import codes
from server.store.contacts import Contact
from tests.support.stores import PUBLISHER, SetClock, opened_hub

DOWN = GatewayOutcome(False, "the gateway could not be reached")
SILENT = GatewayOutcome(False, "no answer", is_uncertain=True)
KENYA = Audience(areas=("KE",))


@dataclass
class FakeGateway:
    """Takes messages, or answers what a test says."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    """(contact, text) of every time that it was asked."""
    answer: Callable[[str], GatewayOutcome] = lambda contact: GatewayOutcome(True)
    before: Callable[[str], None] = lambda contact: None
    """Called before it answers."""

    def problem_of(self, url: str) -> str | None:
        """Addresses with `bad` in them cannot be used."""
        return "it is bad" if "bad" in url else None

    async def send(self, url: str, title: str, text: str) -> GatewayOutcome:
        """Write it down."""
        contact = url.partition("://")[2]
        self.asked.append((contact, text))
        self.before(contact)
        return self.answer(contact)

    def told(self) -> list[str]:
        """Whom it was asked to tell, in order."""
        return [contact for contact, _ in self.asked]


class Field:
    """The hub and its field. Time passes only by `later`."""

    def __init__(self, hub: Hub, clock: SetClock, gateway: FakeGateway) -> None:
        self.hub = hub
        self.clock = clock
        self.gateway = gateway
        facts = Facts(hub)
        self.contacts = Contacts(hub, gateway, ("fake",))
        self.escalation = Escalation(hub, facts, gateway, self.contacts.services)
        self.rules = RuleBook(hub, facts, self.escalation.wake)
        self.facts = facts
        self._outbox = 0

    async def contact(self, name: str, *roles: str, area: str | None = None, language: str = "") -> None:
        """Somebody who can be told."""
        await self.contacts.add(Contact(name, f"fake://{name}", roles, (area,) if area else (), language))

    async def rule(self, text: str, name: str = "rule") -> None:
        """A rule."""
        await self.rules.add(name, parse(text), "the-administrator")

    async def device(self, area: str, *, name: str = "", supervisor: str = "") -> str:
        """A device that is enrolled."""
        code = await self.hub.make_enrolment_code(areas=(area,), name=name)
        device = (await self.hub.enrol(code)).device
        if supervisor:
            await self.hub.change_device(device, supervisor=supervisor)
        return device

    async def publish(self, alert: Alert, audience: Audience = KENYA) -> int:
        """An alert's number."""
        number = (await self.hub.publish(alert, audience, by=PUBLISHER)).number
        await self.look()
        return number

    async def acknowledge(self, number: int, *devices: str) -> None:
        """Somebody acknowledges the alert on these devices."""
        for device in devices:
            self._outbox += 1
            item = Receipt(self.hub.now(), ReceiptState.ACKNOWLEDGED, self.hub.log.path.epoch_at(number), number)
            command = TakeUplink(1000 + self._outbox, 0, 1, ((1, pack_uplink(item)),))
            outcome = await self.hub.take_uplink(device, command)
            assert not outcome.refusals
        await self.look()

    async def look(self) -> None:
        """What the service does when it is woken."""
        await self.hub.tick()
        for _ in range(2):
            await self.escalation.look()
            await self.escalation.landed()

    async def later(self, minutes: float) -> None:
        """Time passes, and what has become due happens."""
        self.clock.pass_seconds(minutes * 60)
        await self.look()

    async def record(self, number: int) -> list[str]:
        """What the record says of an alert, a line for each step and each contact."""
        lines = []
        for done in await self.rules.done_for(number):
            step = done.step
            lines.append(f"{step.step + 1} {step.state}" + (f": {step.words}" if step.words else ""))
            lines += [
                f"  {one.contact} {one.state} x{one.tries}" + (f": {one.words}" if one.words else "")
                for one in done.tellings
            ]
        return lines


@asynccontextmanager
async def in_the_field(
    folder: Path, clock: SetClock | None = None, gateway: FakeGateway | None = None
) -> AsyncIterator[Field]:
    """A hub on a folder; the same folder again is the same hub after a restart."""
    set_clock = clock or SetClock()
    with patch.object(codes, "_SCRYPT_COST", 2):  # nobody guesses these codes
        async with opened_hub(folder, set_clock) as hub:
            yield Field(hub, set_clock, gateway or FakeGateway())
