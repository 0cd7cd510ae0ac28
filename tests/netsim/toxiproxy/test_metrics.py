from __future__ import annotations

import re
import socket

import pytest
from prometheus_client.parser import text_string_to_metric_families

from netsim.toxiproxy.control import ToxiproxyServer, start_embedded, start_real
from netsim.toxiproxy.metrics import LABELS, Metrics, Traffic
from tests.netsim.toxiproxy.conftest import REAL
from tests.netsim.toxiproxy.harness import Ends, call, ends_of, read_to_end

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_meters_are_told_apart_by_their_labels_and_stay() -> None:
    traffic = Traffic()
    traffic.meter("upstream", "hub", "127.0.0.1:1", "127.0.0.1:2").received_bytes += 5
    traffic.meter("upstream", "hub", "127.0.0.1:1", "127.0.0.1:2").received_bytes += 2
    traffic.meter("downstream", "hub", "127.0.0.1:1", "127.0.0.1:2").sent_bytes += 9
    page = Metrics(traffic, runtime=False).page()
    assert (
        'toxiproxy_proxy_received_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="hub",'
        'upstream="127.0.0.1:2"} 7.0\n' in page
    )
    assert len(_samples(page)) == 4


def test_each_part_stands_where_it_is_asked_for() -> None:
    assert Metrics(None, runtime=False).page() == ""
    assert "process_open_fds" in Metrics(None, runtime=True).page()
    assert "toxiproxy" not in Metrics(None, runtime=True).page()
    assert "process" not in Metrics(Traffic(), runtime=False).page()


@pytest.fixture(scope="module", params=["embedded", REAL])
def measured(request: pytest.FixtureRequest) -> ToxiproxyServer:
    server = start_embedded(seed=1, metrics=True) if request.param == "embedded" else start_real(metrics=True)
    request.addfinalizer(server.stop)
    return server


def _counted(ends: Ends) -> dict[tuple[str, str], float]:
    """(metric, direction) -> bytes, of this link."""
    found: dict[tuple[str, str], float] = {}
    for (name, labels), value in _samples(call(ends.server, "GET", "/metrics")[2]).items():
        named = dict(labels)
        if name.startswith("toxiproxy_") and named["proxy"] == ends.link.name:
            assert set(named) == set(LABELS)
            assert (named["listener"], named["upstream"]) == (ends.link.address, ends.upstream)
            found[name, named["direction"]] = value
    return found


def test_what_passed_is_counted(measured: ToxiproxyServer) -> None:
    with ends_of(measured) as ends:
        for _ in range(2):
            client, upstream = ends.connect()
            client.sendall(b"x" * 1000)
            client.shutdown(socket.SHUT_WR)
            assert read_to_end(upstream) == (b"x" * 1000, "FIN")
            upstream.close()
            assert read_to_end(client) == (b"", "FIN")
        ends.toxic("limit_data", "downstream", bytes=10)
        client, upstream = ends.connect()
        upstream.sendall(b"y" * 50)
        assert read_to_end(client)[0] == b"y" * 10
        assert read_to_end(upstream)[0] == b""
        ends.link.cut()
        ends.link.heal()  # a request later at the earliest, the last connection has been counted
        received, sent = "toxiproxy_proxy_received_bytes_total", "toxiproxy_proxy_sent_bytes_total"
        while _counted(ends).get((received, "downstream")) != 50:
            pass
        assert _counted(ends) == {
            (received, "upstream"): 2000,
            (sent, "upstream"): 2000,
            (received, "downstream"): 50,
            (sent, "downstream"): 10,
        }


def test_the_page_is_text_for_prometheus(measured: ToxiproxyServer) -> None:
    status, content_type, text = call(measured, "GET", "/metrics")
    assert status == 200
    assert re.match(r"text/plain; version=0\.0\.4; charset=utf-8", content_type)
    names = {name for name, _ in _samples(text)}
    assert {"process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes"} <= names
    assert call(measured, "PUT", "/metrics")[0] == 200  # whatever the method
    assert call(measured, "GET", "/metrics", **{"User-Agent": "Mozilla/5.0"})[0] == 403


def test_unless_asked_for_there_is_no_page(server: ToxiproxyServer) -> None:
    assert call(server, "GET", "/metrics")[0] == 404
