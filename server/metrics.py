"""What Prometheus reads: one registry for a hub. States of delivery use the words of `server.delivery` only."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from server.delivery import DeliveryState

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


class Metrics:
    """The numbers of one hub."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "tocsin_http_requests",
            "Requests answered, by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tocsin_http_request_seconds",
            "Seconds from a request's head to its answer.",
            ["route"],
            registry=self.registry,
        )
        self.published = Counter(
            "tocsin_alerts_published",
            "Alerts that this process has put into the log.",
            ["severity"],
            registry=self.registry,
        )
        self.happened = Counter(
            "tocsin_events",
            "Events that were written while this process ran, by kind.",
            ["kind"],
            registry=self.registry,
        )
        self.delivered = Counter(
            "tocsin_webhook_attempts",
            "Attempts to deliver by webhook, by what came of it (arrived, failed).",
            ["webhook", "outcome"],
            registry=self.registry,
        )
        self.cut = Counter(
            "tocsin_http_connections_refused",
            "Connections cut or refused, by reason.",
            ["reason"],
            registry=self.registry,
        )
        self._states = Gauge(
            "tocsin_alert_devices",
            "Pairs of a device and an alert in force, by the state of delivery.",
            ["state"],
            registry=self.registry,
        )

    def watch(self, name: str, words: str, value: Callable[[], float]) -> None:
        """A gauge that is read when it is asked for."""
        Gauge(name, words, registry=self.registry).set_function(value)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has been answered."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def set_states(self, counts: dict[DeliveryState, int]) -> None:
        """How many pairs of device and alert are in each state now."""
        for state in DeliveryState:
            self._states.labels(str(state)).set(counts.get(state, 0))

    def page(self, accept: str) -> tuple[bytes, str]:
        """All numbers in the format that `accept` asks for, and its media type."""
        encoder, content_type = choose_encoder(accept)
        return encoder(self.registry), content_type
