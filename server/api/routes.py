"""All addresses of the hub, in one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tornado.routing import Rule, URLSpec
from tornado.web import Application

from server.api import (
    alerts,
    answers,
    areas,
    audiences,
    audit,
    contacts,
    description,
    devices,
    dictionaries,
    drafts,
    estimates,
    events,
    feeds_in,
    feeds_out,
    health,
    imports,
    lists,
    people,
    progress,
    roster,
    rules,
    session,
    silence,
    situation,
    stream,
    templates,
    tokens,
    webhooks,
)
from server.api.handler import Api, ApiHandler, NotFoundHandler, log_request
from server.api.operation import Body, Operation, operations_of
from server.bridges.stomp_socket import Stomp, StompSocket
from server.console.shell import ShellHandler
from server.console.static_files import StaticHandler
from server.live.live_socket import LiveSocket, LiveSockets
from server.push.device_socket import DeviceSocket, Push

CONNECT = "/v1/connect"
STOMP = "/stomp"
LIVE = "/v1/live"

ROUTES: dict[str, type[ApiHandler]] = {
    "/v1/alerts": alerts.AlertsHandler,
    "/v1/alerts/stream": stream.AlertStreamHandler,
    "/v1/alerts/{identifier}": alerts.AlertHandler,
    "/v1/alerts/{identifier}/update": alerts.UpdateHandler,
    "/v1/alerts/{identifier}/cancel": alerts.CancelHandler,
    "/v1/alerts/{identifier}/delivery": alerts.DeliveryHandler,
    "/v1/alerts/{identifier}/answers": answers.AnswersHandler,
    "/v1/alerts/{identifier}/progress": progress.ProgressHandler,
    "/v1/alerts/{identifier}/calls": progress.CallsHandler,
    "/v1/drafts": drafts.DraftsHandler,
    "/v1/drafts/{draft}": drafts.DraftHandler,
    "/v1/drafts/{draft}/dry-run": drafts.DraftDryRunHandler,
    "/v1/drafts/{draft}/submit": drafts.DraftSubmitHandler,
    "/v1/drafts/{draft}/approve": drafts.DraftApproveHandler,
    "/v1/drafts/{draft}/reject": drafts.DraftRejectHandler,
    "/v1/drafts/{draft}/withdraw": drafts.DraftWithdrawHandler,
    "/v1/drafts/{draft}/publish": drafts.DraftPublishHandler,
    "/v1/estimates": estimates.EstimatesHandler,
    "/v1/templates": templates.TemplatesHandler,
    "/v1/templates/{template}": templates.TemplateHandler,
    "/v1/devices": devices.DevicesHandler,
    "/v1/devices/move": audiences.MoveHandler,
    "/v1/devices/{device}": devices.DeviceHandler,
    "/v1/enrolment-codes": devices.EnrolmentCodesHandler,
    "/v1/enrolment-sheets": roster.SheetsHandler,
    "/v1/enrolments": devices.EnrolmentsHandler,
    "/v1/session": session.SessionHandler,
    "/v1/session/password": session.OwnPasswordHandler,
    "/v1/sessions": session.SessionsHandler,
    "/v1/invitations": session.InvitationsHandler,
    "/v1/audit": audit.AuditHandler,
    "/v1/audit/export": audit.AuditExportHandler,
    "/v1/audit/verification": audit.AuditVerificationHandler,
    "/v1/people": people.PeopleHandler,
    "/v1/people/first": session.FirstPersonHandler,
    "/v1/people/{name}": people.PersonHandler,
    "/v1/people/{name}/invitation": people.PersonInvitationHandler,
    "/v1/people/{name}/sessions": people.PersonSessionsHandler,
    "/v1/tokens": tokens.TokensHandler,
    "/v1/tokens/{name}": tokens.TokenHandler,
    "/v1/dictionaries": dictionaries.DictionariesHandler,
    "/v1/dictionaries/{address}": dictionaries.DictionaryHandler,
    "/v1/dictionaries/{address}/use": dictionaries.DictionaryUseHandler,
    "/v1/feeds/alerts.atom": feeds_out.AtomHandler,
    "/v1/feeds/alerts.rss": feeds_out.RssHandler,
    "/v1/feeds/alerts/{alert}.xml": feeds_out.CapHandler,
    "/v1/feeds-in": feeds_in.FeedsInHandler,
    "/v1/feeds-in/{feed}": feeds_in.FeedInHandler,
    "/v1/feeds-in/{feed}/poll": feeds_in.FeedPollHandler,
    "/v1/feed-items": feeds_in.FeedItemsHandler,
    "/v1/feed-items/{item}": feeds_in.FeedItemHandler,
    "/v1/feed-items/{item}/approve": feeds_in.ApproveHandler,
    "/v1/feed-items/{item}/reject": feeds_in.RejectHandler,
    "/v1/events": events.EventsHandler,
    "/v1/events/stream": events.EventStreamHandler,
    "/v1/areas": areas.AreasHandler,
    "/v1/areas/within": areas.WithinHandler,
    "/v1/map": areas.MapHandler,
    "/v1/audiences": audiences.AudiencesHandler,
    "/v1/imports/outlines": imports.OutlinesHandler,
    "/v1/imports/{kind}": imports.ImportHandler,
    "/v1/exports/{kind}": imports.ExportHandler,
    "/v1/roster": roster.RosterHandler,
    "/v1/roster/{reference}": roster.RosterRowHandler,
    "/v1/quarantine": lists.QuarantineHandler,
    "/v1/webhooks": webhooks.WebhooksHandler,
    "/v1/webhooks/{name}": webhooks.WebhookHandler,
    "/v1/webhooks/{name}/rotate": webhooks.WebhookRotateHandler,
    "/v1/webhooks/{name}/test": webhooks.WebhookTestHandler,
    "/v1/webhooks/{name}/deliveries": webhooks.WebhookDeliveriesHandler,
    "/v1/alerts/{identifier}/escalations": rules.EscalationsHandler,
    "/v1/contacts": contacts.ContactsHandler,
    "/v1/contacts/{name}": contacts.ContactHandler,
    "/v1/contacts/{name}/test": contacts.ContactTestHandler,
    "/v1/rules": rules.RulesHandler,
    "/v1/rules/{name}": rules.RuleHandler,
    "/v1/rules/{name}/dry-run": rules.DryRunHandler,
    "/v1/rules/{name}/log": rules.RuleLogHandler,
    "/v1/silence": silence.SilenceHandler,
    "/v1/situation": situation.SituationHandler,
    "/v1/openapi.json": description.OpenApiHandler,
    "/v1/docs": description.DocsHandler,
    "/healthz": health.HealthHandler,
    "/readyz": health.ReadyHandler,
    "/metrics": health.MetricsHandler,
}
"""Path → handler; beside these there are CONNECT, the devices' WebSocket, STOMP, that of programs, and LIVE, that of pages."""


@dataclass(frozen=True, slots=True)
class _Sized:
    pattern: re.Pattern[str]
    operations: dict[str, Operation]


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "([^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))


_SIZED = [_Sized(re.compile(_pattern(path)), operations_of(handler)) for path, handler in ROUTES.items()]


def body_of(method: str, path: str) -> Body | None:
    """What a body at this address may be."""
    found = next((sized for sized in _SIZED if sized.pattern.fullmatch(path)), None)
    wanted = found.operations.get(method) if found else None
    return wanted.body if wanted else None


def make_application(api: Api, push: Push, stomp: Stomp, live: LiveSockets, **settings: Any) -> Application:
    """The application of a hub."""
    rules: list[Rule] = [
        URLSpec(f"{_pattern(path)}$", handler, {"api": api, "template": path}) for path, handler in ROUTES.items()
    ]
    rules.append(URLSpec(f"{CONNECT}$", DeviceSocket, {"push": push}))
    rules.append(URLSpec(f"{STOMP}$", StompSocket, {"stomp": stomp}))
    rules.append(URLSpec(f"{LIVE}$", LiveSocket, {"shared": live}))
    rules.append(URLSpec(r"/console/static/([^/]+)$", StaticHandler))
    rules.append(URLSpec(r"/(?:console(?:/(.*))?)?$", ShellHandler))
    return Application(
        rules,
        default_handler_class=NotFoundHandler,
        default_handler_args={"api": api, "template": "(none)"},
        **{"log_function": log_request, **settings},
    )
