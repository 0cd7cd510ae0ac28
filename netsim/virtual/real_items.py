"""Real alerts for the simulation: the samples as drafts, encoded and decoded as hub and client do, so that sizes are real."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType
from alerts.session.log import Draft, draft_of
from netsim.virtual.clock import START
from netsim.workload import load_samples, rebase

LANGUAGES = ("en",)
LIFE_S = 7 * 86_400


@cache
def sample_alerts() -> tuple[Alert, ...]:
    """The samples that replace nothing and may be addressed to a device (CAP 1.2 §3.2.1, scope), sent when a run begins.

    The same, in the same order, as those of netsim.bench.hub_end.
    """
    alerts = (from_xml(rebase(sample.xml, int(START))).alert for sample in load_samples())
    return tuple(alert for alert in alerts if alert.msg_type is MsgType.ALERT and alert.scope.name != "RESTRICTED")


def drafts(audience: Audience) -> Iterator[Draft]:
    """The samples in turn, without end, each with an identifier of its own."""
    for turn, alert in enumerate(itertools.cycle(sample_alerts())):
        own = alert.model_copy(update={"identifier": f"{alert.identifier}-{turn}"})
        yield draft_of(own, audience, default_life_s=LIFE_S, payload=own)


def following(alert: Alert, key_suffix: str, kind: MsgType, audience: Audience) -> Draft:
    """An update or a cancel of an alert."""
    reference = f"{alert.sender},{alert.identifier},{alert.sent}"
    update = {"identifier": f"{alert.identifier}-{key_suffix}", "msg_type": kind, "references": reference}
    own = alert.model_copy(update=update)
    return draft_of(own, audience, default_life_s=LIFE_S, payload=own)


def languages_of(raw: bytes) -> str:
    """What the judge is told of an item's languages: that they are those asked for; this world changes none."""
    return "+".join(LANGUAGES)
