"""Every kind of link is one in the eyes of the type checker, and counts from nothing."""

from __future__ import annotations

from netsim.site.link import Links, SiteLink, Traffic
from netsim.site.toxiproxy_link import ToxiproxyLink, ToxiproxyLinks


def test_a_new_link_has_carried_nothing() -> None:
    assert Traffic() == Traffic(0, 0, 0, {})


def test_the_protocol_names_what_faults_ask_of_a_link() -> None:
    asked = {"apply", "cut", "heal", "stall", "black_hole", "reset", "clear", "divert", "traffic", "address", "state"}
    for protocol, kind in ((SiteLink, ToxiproxyLink), (Links, ToxiproxyLinks)):
        named = {name for name in vars(protocol) if not name.startswith("_")}
        assert named <= set(dir(kind))
        assert protocol is Links or asked <= named
