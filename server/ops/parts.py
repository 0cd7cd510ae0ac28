"""The parts of a hub's operations, made together: approval, drafts, contacts, rules, and the services beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alerts.cap.model import Alert
from server.hub import Hub
from server.ops.approval import Approval
from server.ops.contacts import Contacts
from server.ops.drafts import Drafts
from server.ops.escalation import Escalation
from server.ops.estimates import Estimating
from server.ops.facts import Facts
from server.ops.gateway import AppriseGateway, Gateway
from server.ops.rulebook import RuleBook
from server.ops.schedule import Schedule
from server.ops.silence import SilenceWatch
from server.ops.template_library import TemplateLibrary
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Operations:
    """What the API and the process ask."""

    contacts: Contacts
    rules: RuleBook
    escalation: Escalation
    silence: SilenceWatch
    approval: Approval
    drafts: Drafts
    schedule: Schedule
    templates: TemplateLibrary
    estimating: Estimating

    @classmethod
    def of(
        cls,
        hub: Hub,
        settings: Settings,
        is_connected: Callable[[str], bool],
        gateway: Gateway | None = None,
        told: Callable[[Alert], None] = lambda _: None,
    ) -> Operations:
        """The parts of one hub. `told` hears of each alert that was published."""
        way_out, facts = gateway or AppriseGateway(), Facts(hub)
        contacts = Contacts(hub, way_out, settings.contact_services)
        escalation = Escalation(hub, facts, way_out, contacts.services)
        approval = Approval(hub, settings.second_person, told)
        drafts = Drafts(hub, approval, is_connected)
        return cls(
            contacts=contacts,
            rules=RuleBook(hub, facts, escalation.wake),
            escalation=escalation,
            silence=SilenceWatch(hub, is_connected),
            approval=approval,
            drafts=drafts,
            schedule=Schedule(hub, drafts),
            templates=TemplateLibrary(hub),
            estimating=Estimating(hub),
        )
