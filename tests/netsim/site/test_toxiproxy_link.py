"""A profile on a proxy: what it does, what it says that it cannot, and faults beside the profile's own outages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from netsim.profiles.bursts import Bursts
from netsim.profiles.outages import Outage
from netsim.profiles.profile import Nat, Profile, Way
from netsim.profiles.trace import Step, Trace, Track
from netsim.site.toxiproxy_link import ToxiproxyLink, ToxiproxyLinks
from netsim.toxiproxy.toxiproxy_client import ToxiproxyError

SLOW = Profile(
    name="slow",
    title="Slow",
    up=Way(rate_bit_s=16_000, delay_ms=100, delay_spread_ms=10),
    down=Way(rate_bit_s=2400, delay_ms=300, loss=Bursts.even(0.1), reorder=0.1),
    nat=Nat(idle_s=60, forgets="drop"),
)
OUT_A_MINUTE_LATER = Profile(name="out", title="Out", outages=(Outage(every_s=100, lasts_s=50, distribution="fixed"),))


@pytest.fixture(scope="module")
def links() -> Iterator[ToxiproxyLinks]:
    made = ToxiproxyLinks("embedded", seed=1)
    yield made
    made.close()


@pytest.fixture
def link(links: ToxiproxyLinks, request: pytest.FixtureRequest) -> ToxiproxyLink:
    """One that no thread follows: the tests do."""
    meter = links.meters.meter()
    return ToxiproxyLink(links.server.link(request.node.name, meter.address), links.client, meter, lambda: None)


def _toxics(links: ToxiproxyLinks, link: ToxiproxyLink) -> dict[str, Mapping[str, float]]:
    return {name: toxic["attributes"] for name, toxic in links.client.toxics(link.name).items()}


def _is_open(links: ToxiproxyLinks, link: ToxiproxyLink) -> bool:
    return links.client.proxies()[link.name]["enabled"]


def test_a_profile_becomes_delay_and_rate_and_the_rest_is_said(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    said = " ".join(link.apply(SLOW, seed=1))
    toxics = _toxics(links, link)
    assert toxics["delay_upstream"] == toxics["delay_downstream"] == {"latency": 200, "jitter": 9}
    assert (toxics["throttle_upstream"], toxics["throttle_downstream"]) == ({"rate": 2}, {"rate": 1})
    for word in ("loss", "reordering", "2400 bit/s", "nat"):
        assert word in said
    assert "corruption" not in said
    link.clear()
    assert _toxics(links, link) == {}


def test_an_outage_is_a_cut_that_no_fault_ends(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    link.apply(OUT_A_MINUTE_LATER, seed=1)
    assert link.next_change is not None and link.state == "open"
    begins = link.next_change
    link.follow(begins + 1)
    assert link.state == "outage" and not _is_open(links, link)
    link.cut()
    assert link.state == "cut"
    link.heal()
    assert link.state == "outage" and not _is_open(links, link)
    link.follow(begins + 51)
    assert link.state == "open" and _is_open(links, link)


def test_a_cut_outlasts_the_outage_in_which_it_began(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    link.apply(OUT_A_MINUTE_LATER, seed=1)
    assert link.next_change is not None
    begins = link.next_change
    link.follow(begins + 1)
    link.cut()
    link.follow(begins + 51)
    assert link.state == "cut" and not _is_open(links, link)
    link.heal()
    assert link.state == "open" and _is_open(links, link)


def test_the_same_seed_draws_the_same_outages(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    waits = []
    for seed in (1, 1, 2):
        link.apply(OUT_A_MINUTE_LATER, seed)
        assert link.next_change is not None and link._weather is not None
        waits.append(link.next_change - link._weather.began_at)
    assert waits[0] == pytest.approx(waits[1]) != pytest.approx(waits[2])


def test_a_recorded_rate_is_replayed(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    steps = (Step(0.0, 80_000), Step(10_000.0, 16_000))
    track = Track(file="x.csv", steps=steps, lasts_s=20_000.0)
    link.apply(Profile(name="traced", title="Traced", trace=Trace(up=track, down=track)), seed=1)
    assert _toxics(links, link)["throttle_upstream"] == {"rate": 10}
    assert link.next_change is not None
    link.follow(link.next_change + 1)
    assert _toxics(links, link)["throttle_upstream"] == {"rate": 2}


def test_stalls_and_black_holes_end_with_heal(links: ToxiproxyLinks, link: ToxiproxyLink) -> None:
    link.apply(SLOW, seed=1)
    before = _toxics(links, link)
    link.stall()
    link.black_hole("upstream")
    assert link.state == "black hole" and len(_toxics(links, link)) == len(before) + 3
    link.heal()
    assert link.state == "open" and _toxics(links, link) == before


def test_a_call_that_gets_no_answer_is_made_again(link: ToxiproxyLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsim.site.toxiproxy_link._PAUSES", (0.0, 0.0))
    inner, failures = link._link._inner, [ToxiproxyError("no answer")] * 2  # type: ignore[attr-defined]
    cut = inner.cut

    def fail_first() -> None:
        if failures:
            raise failures.pop()
        cut()

    monkeypatch.setattr(inner, "cut", fail_first)
    link.cut()
    assert link.state == "cut" and not failures
    failures.append(ToxiproxyError("no such proxy", status=404))
    with pytest.raises(ToxiproxyError, match="no such proxy"):
        link.cut()
