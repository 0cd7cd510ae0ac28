"""A link is out in the spans that were drawn, whoever asks for which moment first."""

from __future__ import annotations

import random
from itertools import islice

from netsim.packet.outages import Outages
from netsim.profiles.outages import Outage, draw_outages
from tests.support.seeds import new_seed

KINDS = (Outage(every_s=60, lasts_s=5), Outage(every_s=15, lasts_s=1, distribution="fixed"))


def test_it_is_out_in_the_spans_that_were_drawn() -> None:
    seed = new_seed()
    outages = Outages(KINDS, random.Random(seed), begins_at=1000.0)
    assert not outages.is_on(1000.0)
    before = 0.0
    for begins_s, ends_s in islice(draw_outages(KINDS, random.Random(seed)), 200):
        assert not outages.is_on(1000.0 + (before + begins_s) / 2)
        assert outages.is_on(1000.0 + begins_s + 1e-6)
        assert outages.is_on(1000.0 + ends_s - 1e-6)
        before = ends_s


def test_the_order_of_the_questions_does_not_matter() -> None:
    seed = new_seed()
    moments = [turn * 0.5 for turn in range(5000)]
    forward = Outages(KINDS, random.Random(seed), 0.0)
    backward = Outages(KINDS, random.Random(seed), 0.0)
    asked_forward = [forward.is_on(at) for at in moments]
    asked_backward = [backward.is_on(at) for at in reversed(moments)]
    assert asked_forward == asked_backward[::-1]
    assert 0 < sum(asked_forward) < len(moments)


def test_with_no_outages_it_is_never_out() -> None:
    outages = Outages((), random.Random(0), 0.0)
    assert not outages.is_on(0.0)
    assert not outages.is_on(1e9)
