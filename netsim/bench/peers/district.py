"""The district of an alert, as a name that may stand in a topic of MQTT, a channel of Centrifugo and a topic of ntfy."""

from __future__ import annotations

import re

from alerts.cap.model import Alert

NOWHERE = "all"
CHARS_MAX = 48
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_]+")  # ntfy takes fewest: letters, digits, `_` and `-`


def district_of(alert: Alert) -> str:
    """The first geocode of the alert, else the first words of its first area, else a name for everywhere."""
    areas = [area for info in alert.info for area in info.area]
    codes = [code.value for area in areas for code in area.geocode]
    for name in (*codes[:1], *(area.area_desc for area in areas[:1])):
        fit = _NOT_ALLOWED.sub("-", name)[:CHARS_MAX].strip("-")
        if fit:
            return fit
    return NOWHERE
