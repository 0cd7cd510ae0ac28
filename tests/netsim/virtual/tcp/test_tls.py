"""TLS costs its round trips and its bytes, and what is sent through it arrives."""

from __future__ import annotations

from netsim.virtual.tcp.end import TcpEnd, User
from netsim.virtual.tcp.tls import Tls, TlsRoundTrips
from tests.support.tcp_pair import NotingUser, TcpPair, link

RTT_S = 0.4


def secured(round_trips: TlsRoundTrips) -> tuple[TcpPair, dict[str, NotingUser], dict[str, Tls]]:
    pair = TcpPair(link(rtt_ms=RTT_S * 1000))
    users: dict[str, NotingUser] = {}
    layers: dict[str, Tls] = {}

    def secure(name: str, *, is_server: bool) -> object:
        def use(end: TcpEnd) -> User:
            users[name] = NotingUser(pair.timeline, end)
            layers[name] = Tls(end, users[name], round_trips, is_server=is_server)
            return layers[name]

        return use

    pair.hub.listen(secure("hub", is_server=True))  # type: ignore[arg-type]
    pair.device.connect(1, pair.up, secure("device", is_server=False))  # type: ignore[arg-type]
    pair.timeline.run_until(5)
    return pair, users, layers


def test_each_version_takes_its_round_trips_beyond_tcps() -> None:
    for round_trips in (0, 1, 2):
        _, users, _ = secured(round_trips)
        opened_at = users["device"].opened_at
        assert opened_at is not None
        assert round(opened_at / RTT_S, 2) == 1 + round_trips


def test_what_is_written_arrives_with_the_overhead_of_records() -> None:
    pair, users, layers = secured(1)
    before = pair.path.up_bytes
    layers["device"].send(b"x" * 20_000)
    layers["hub"].send(b"y" * 5)
    pair.timeline.run_until(10)
    assert users["hub"].data == b"x" * 20_000
    assert users["device"].data == b"y" * 5
    assert pair.path.up_bytes - before > 20_000 + 2 * 22
