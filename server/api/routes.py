"""All addresses of the hub, in one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tornado.routing import Rule, URLSpec
from tornado.web import Application

from server.api import alerts, description, devices, dictionaries, health, lists
from server.api.handler import Api, ApiHandler, NotFoundHandler, log_request
from server.api.operation import Operation, operations_of
from server.push.device_socket import DeviceSocket, Push

CONNECT = "/v1/connect"

ROUTES: dict[str, type[ApiHandler]] = {
    "/v1/alerts": alerts.AlertsHandler,
    "/v1/alerts/{identifier}": alerts.AlertHandler,
    "/v1/alerts/{identifier}/update": alerts.UpdateHandler,
    "/v1/alerts/{identifier}/cancel": alerts.CancelHandler,
    "/v1/alerts/{identifier}/delivery": alerts.DeliveryHandler,
    "/v1/devices": devices.DevicesHandler,
    "/v1/devices/{device}": devices.DeviceHandler,
    "/v1/enrolment-codes": devices.EnrolmentCodesHandler,
    "/v1/enrolments": devices.EnrolmentsHandler,
    "/v1/dictionaries/{address}": dictionaries.DictionaryHandler,
    "/v1/areas": lists.AreasHandler,
    "/v1/quarantine": lists.QuarantineHandler,
    "/v1/openapi.json": description.OpenApiHandler,
    "/v1/docs": description.DocsHandler,
    "/healthz": health.HealthHandler,
    "/readyz": health.ReadyHandler,
    "/metrics": health.MetricsHandler,
}
"""Path → handler; beside these there is CONNECT, the devices' WebSocket."""


@dataclass(frozen=True, slots=True)
class _Sized:
    pattern: re.Pattern[str]
    operations: dict[str, Operation]


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "([^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))


_SIZED = [_Sized(re.compile(_pattern(path)), operations_of(handler)) for path, handler in ROUTES.items()]


def is_large(method: str, path: str) -> bool:
    """Whether a body at this address may be as large as an alert."""
    found = next((sized for sized in _SIZED if sized.pattern.fullmatch(path)), None)
    wanted = found.operations.get(method) if found else None
    return bool(wanted and wanted.body and wanted.body.is_large)


def make_application(api: Api, push: Push, **settings: Any) -> Application:
    """The application of a hub."""
    rules: list[Rule] = [
        URLSpec(f"{_pattern(path)}$", handler, {"api": api, "template": path}) for path, handler in ROUTES.items()
    ]
    rules.append(URLSpec(f"{CONNECT}$", DeviceSocket, {"push": push}))
    return Application(
        rules,
        default_handler_class=NotFoundHandler,
        default_handler_args={"api": api, "template": "(none)"},
        **{"log_function": log_request, **settings},
    )
