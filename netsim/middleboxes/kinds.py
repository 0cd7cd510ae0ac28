"""All kinds of middlebox by name: a new one is a file, and one line here."""

from __future__ import annotations

from netsim.middleboxes.buffering_proxy import BufferingProxy
from netsim.middleboxes.captive_portal import CaptivePortal
from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.pass_on import PassOn
from netsim.middleboxes.slow_reader import SlowReader
from netsim.middleboxes.stripping_proxy import StrippingProxy
from netsim.middleboxes.tls_front import TlsFront

KINDS: dict[str, type[Middlebox]] = {
    kind.name: kind for kind in (PassOn, CaptivePortal, BufferingProxy, StrippingProxy, SlowReader, TlsFront)
}
