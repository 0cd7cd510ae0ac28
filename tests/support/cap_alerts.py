"""CAP alerts for tests: one small example to vary, and a Hypothesis strategy for any valid alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from alerts.cap.model import Alert, Area, EventCode, Geocode, Info, Parameter, Resource
from alerts.cap.terms import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency
from alerts.cap.times import CapTime


def example(**changes: Any) -> dict[str, Any]:
    """A valid alert as JSON, with these members changed; None takes one away."""
    info = {
        "language": "en",
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "headline": "Boil all drinking water",
        "expires": "2026-03-03T08:30:00+03:00",
        "area": [{"areaDesc": "Kisumu County", "polygon": ["0.1,34.6 0.1,34.9 -0.2,34.9 0.1,34.6"]}],
    }
    alert = {
        "identifier": "KE-2026-17",
        "sender": "moh.example",
        "sent": "2026-03-01T08:30:00+03:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "info": [info],
    }
    return {name: value for name, value in {**alert, **changes}.items() if value is not None}


SPACE = " \t\r\n"
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r\x85"
)
texts = st.text(_LETTERS, max_size=30).map(lambda text: text.strip(SPACE))
words = texts.filter(bool)
identities = st.text(st.characters(categories=("L", "N", "P"), exclude_characters=",<&"), min_size=1, max_size=20)
addresses = st.sampled_from(["https://moh.example/x?y=1&z=%20#a", "tel:+254700000000", "", "bücher/ä"])
languages = st.sampled_from(["en", "en-US", "sw", "fr-FR", "zh-Hant-TW", "pt-BR", "ar"])
feet = st.decimals(-9999, 99999, places=2).map(lambda number: format(number, "f")) | st.sampled_from(
    ["0.0", "+5", ".5"]
)
offsets = st.none() | st.integers(-840, 840)
times = st.builds(CapTime, st.integers(-60_000_000_000, 250_000_000_000), offsets)
triples = st.builds(lambda sender, name, sent: f"{sender},{name},{sent}", identities, identities, times)


def _of(kind: Callable[..., Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Not `st.builds`: it would add what the signature requires under CAP's names."""
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


def _many(values: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=size).map(tuple)


resources = _of(
    Resource,
    resource_desc=words,
    mime_type=words,
    size=st.none() | st.integers(-5, 2**53 - 1),
    uri=st.none() | addresses,
    deref_uri=st.none() | st.sampled_from(["", "AA==", "aGVsbG8=", "aGVs\nbG8=", "not base64", "AB=="]),
    digest=st.none() | texts,
)
areas = _of(
    Area,
    area_desc=words,
    polygon=_many(texts),
    circle=_many(texts),
    geocode=_many(_of(Geocode, value_name=words, value=texts)),
    altitude=st.none() | feet,
    ceiling=st.none() | feet,
)
infos = _of(
    Info,
    language=st.none() | languages,
    category=st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
    event=words,
    response_type=_many(st.sampled_from(ResponseType)),
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    audience=st.none() | texts,
    event_code=_many(_of(EventCode, value_name=words, value=texts)),
    effective=st.none() | times,
    onset=st.none() | times,
    expires=st.none() | times,
    sender_name=st.none() | texts,
    headline=st.none() | texts,
    description=st.none() | texts,
    instruction=st.none() | texts,
    web=st.none() | addresses,
    contact=st.none() | texts,
    parameter=_many(_of(Parameter, value_name=words, value=texts)),
    resource=_many(resources, 2),
    area=_many(areas, 2),
)
alerts = _of(
    Alert,
    identifier=identities,
    sender=identities,
    sent=times,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    source=st.none() | texts,
    scope=st.sampled_from(Scope),
    restriction=words,
    addresses=words,
    code=_many(texts),
    note=st.none() | texts,
    references=st.lists(triples, min_size=1, max_size=3).map(" ".join),
    incidents=st.none() | texts,
    info=_many(infos, 3),
)
