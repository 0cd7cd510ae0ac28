"""What campaigns publish: small alerts as JSON, and how often a link can bear one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from netsim.profiles.profile import Profile, Way
from netsim.site.device import Person

SENDER = "campaign.example"
ALERT_BYTES = 700
"""What one alert costs on a link, connecting and confirming counted in: more than most."""
LINK_SHARE = 0.1
"""Of a link's rate, what alerts may take."""
PACE_MAX, PACE_MIN = 12.0, 1.0
"""Alerts a minute."""

_SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor")
_SEVERITY_WEIGHTS = (15, 25, 40, 20)
_SHORT_SHARE = 0.1
_SHORT_SECONDS = (20.0, 120.0)
_EVENTS = ("Cholera", "Measles", "Flood", "Falsified medicine", "Heat", "Unsafe water", "Meningitis", "Stock-out")
_ADVICE = (
    "Boil all drinking water until further notice.",
    "Check the vaccine refrigerator now and report its temperature.",
    "Do not give the batch named here; put it aside and count it.",
    "Refer every case with fever and rash to the district hospital.",
    "Stay off the river road; the ferry does not run.",
)


def pace_of(profile: Profile) -> float:
    """Alerts a minute that the slower direction of a link bears with ease."""
    rates = [rate for rate in (_mean_rate(profile, "up"), _mean_rate(profile, "down")) if rate is not None]
    if not rates:
        return PACE_MAX
    return max(PACE_MIN, min(PACE_MAX, min(rates) / 8 * 60 * LINK_SHARE / ALERT_BYTES))


def _mean_rate(profile: Profile, direction: str) -> float | None:
    way: Way = getattr(profile, direction)
    if profile.trace is not None:
        recorded: list[int] = [
            step.rate_bit_s for step in getattr(profile.trace, direction).steps if step.rate_bit_s is not None
        ]
        if recorded:
            return sum(recorded) / len(recorded)
    return way.rate_bit_s


def new_alert(identifier: str, chance: random.Random, now: int) -> dict[str, Any]:
    """An alert in JSON, in two languages; one in ten expires within two minutes. `now` is the hub's time."""
    event, advice = chance.choice(_EVENTS), chance.choice(_ADVICE)
    severity = chance.choices(_SEVERITIES, _SEVERITY_WEIGHTS)[0]
    info: dict[str, Any] = {
        "category": ["Health"],
        "event": event,
        "urgency": "Immediate",
        "severity": severity,
        "certainty": "Likely",
        "headline": f"{event}: {identifier}",
        "description": advice,
    }
    if chance.random() < _SHORT_SHARE:
        info["expires"] = _cap_time(now + chance.uniform(*_SHORT_SECONDS))
    infos = [{**info, "language": "en"}, {**info, "language": "fr", "headline": f"{event} : {identifier}"}]
    return {
        "identifier": identifier,
        "sender": SENDER,
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "info": infos,
    }


def _cap_time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def audience_for(chance: random.Random, staff: Sequence[Person]) -> dict[str, Any]:
    """Whom an alert is for: everyone, an area of somebody's or the one above it, a role, or both."""
    what = chance.choices(("everyone", "areas", "roles", "both"), (35, 40, 15, 10))[0]
    if what == "everyone":
        return {"everyone": True}
    person = chance.choice(staff)
    asked: dict[str, Any] = {}
    if what in ("areas", "both"):
        area = chance.choice(person.areas)
        asked["areas"] = [area if chance.random() < 0.6 else area.rpartition("-")[0] or area]
    if what in ("roles", "both"):
        asked["roles"] = [chance.choice(person.roles)]
    return asked
