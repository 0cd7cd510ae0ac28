"""The situation as JSON."""

from __future__ import annotations

from alerts.audience import Audience
from server.api.situation_types import SituationAlertAnswer
from tests.server.watch.test_situation import situation_of


def test_what_is_no_actual_alert_says_so_and_headlines_keep_their_languages() -> None:
    row = situation_of(("Exercise", "Severe", Audience(areas=("KE",)))).alerts[1]
    said = SituationAlertAnswer.of(row)
    assert (said.status, said.severity, said.areas, said.everyone) == ("Exercise", "Severe", ("KE",), False)
    assert [(one.language, one.event) for one in said.headlines] == [("en-US", "Cholera")]
