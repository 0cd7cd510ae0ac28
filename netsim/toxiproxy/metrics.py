"""What passed, in bytes, and how this process is doing: for Prometheus, under the names that Toxiproxy gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

LABELS = ("direction", "proxy", "listener", "upstream")


@dataclass
class Meter:
    """The bytes of one direction of a proxy, over all its connections: read from one side, handed to the other."""

    received_bytes: int = 0
    sent_bytes: int = 0


class Traffic(Collector):
    """The meters of all proxies. They stay when a proxy goes: a counter never goes back."""

    def __init__(self) -> None:
        self._meters: dict[tuple[str, ...], Meter] = {}

    def meter(self, direction: str, proxy: str, listener: str, upstream: str) -> Meter:
        """The one meter of these labels."""
        return self._meters.setdefault((direction, proxy, listener, upstream), Meter())

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counters, as prometheus_client wants them."""
        received = CounterMetricFamily("toxiproxy_proxy_received_bytes", "Bytes read, before any toxic.", labels=LABELS)
        sent = CounterMetricFamily("toxiproxy_proxy_sent_bytes", "Bytes passed on, after every toxic.", labels=LABELS)
        for labels, meter in self._meters.items():
            received.add_metric(labels, meter.received_bytes)
            sent.add_metric(labels, meter.sent_bytes)
        yield from (received, sent)


class Metrics:
    """The page of metrics. `traffic` and the process's own figures stand on it where they are asked for."""

    CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, traffic: Traffic | None, runtime: bool) -> None:
        self._registry = CollectorRegistry()
        if traffic is not None:
            self._registry.register(traffic)
        if runtime:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)
            GCCollector(registry=self._registry)

    def page(self) -> str:
        """The page, in the text format of Prometheus."""
        return generate_latest(self._registry).decode()
