from __future__ import annotations

from server.dictionary.history import of_alerts
from server.dictionary.report import kept, report, size
from server.dictionary.trial import try_out
from tests.support.history import history

KB = 1024


def test_the_report_says_what_it_is_worth() -> None:
    alerts = of_alerts([*history(160, days=10), *history(2, scope="Private")])
    outcome = try_out(alerts, (8 * KB, 16 * KB), made=1)
    text, best = report(alerts, outcome), outcome.best
    assert "160 alerts of 10 days" in text and "2 more are not for everybody" in text
    assert "<- best" in text and "s on 2G (GPRS)" in text and "earned back after" in text
    assert f"{best.measured.lean} bytes instead of {best.measured.plain}" in text
    assert best.dictionary.address.hex() in kept(best)


def test_a_report_of_what_is_not_worth_it_says_so() -> None:
    alerts = of_alerts(history(60, days=3000))
    text = report(alerts, try_out(alerts, (8 * KB,), made=1))
    assert "None is worth its transfer" in text and "are too far away" in text and "<- best" not in text


def test_bytes_are_written_for_people() -> None:
    assert (size(900), size(20 * KB)) == ("900 bytes", "20 KB")
