"""What was tried and what it is worth, in words for somebody who has never heard of dictionaries."""

from __future__ import annotations

import math
from collections.abc import Iterator

from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import cost_of
from server.dictionary import payback
from server.dictionary.history import History
from server.dictionary.trial import HORIZON_DAYS, Outcome, Trial

KB = 1024


def report(history: History, outcome: Outcome) -> str:
    """The report, several lines."""
    return "\n".join([*_of_history(history, outcome), "", *_of_sizes(outcome), "", *_of_best(outcome)]) + "\n"


def _of_history(history: History, outcome: Outcome) -> Iterator[str]:
    count, days = len(history.entries), (history.now - history.times[0]) / 86_400
    yield f"{count} alerts of {_days(days)}, {size(outcome.text_bytes)} in the languages that devices ask for."
    if history.left_out:
        yield f"{history.left_out} more are not for everybody (Private or Restricted) and are left out: every device reads it."
    yield (
        f"A day brings {_rate(history.daily(30))} alerts (last 30 days; {_rate(history.daily(90))} in 90 days). "
        f"One device gets {history.share():.0%} of them."
    )


def _of_sizes(outcome: Outcome) -> Iterator[str]:
    yield (
        f"Measured on the newest alerts, {outcome.held_back} of them, with dictionaries trained on the older ones; bytes an "
        f"alert are medians."
    )
    yield f"{'text':>8} {'transfer':>10} {'an alert':>9} {'saves':>6} {'after 90 days, one device':>26}"
    for trial in outcome.trials:
        mark = "  <- best" if trial is outcome.best and outcome.is_worth_it and len(outcome.trials) > 1 else ""
        measured = trial.measured
        yield (
            f"{trial.text_bytes // KB:>5} KB {size(measured.transfer):>10} {measured.lean:>9} {measured.saves:>6} "
            f"{_signed(trial.gain):>26}{mark}"
        )
    yield f"{'shipped':>8} {'–':>10} {outcome.trials[0].measured.plain:>9} {'–':>6} {'–':>26}"


def _of_best(outcome: Outcome) -> Iterator[str]:
    best = outcome.best
    if not outcome.is_worth_it:
        yield "None is worth its transfer: a device would pay more than it saves in three months. " + _why_not(outcome)
        return
    measured = best.measured
    yield (
        f"Best: {best.text_bytes // KB} KB of text. The dictionary has {size(len(best.dictionary.data))}; fetching it takes a "
        f"device {size(cost_of(measured.transfer))}, once,"
    )
    took = ", ".join(
        f"{payback.seconds_on(radio, measured.transfer):.0f} s on {radio.name}" for radio in payback.RADIOS
    )
    yield f"which is {took}."
    until = payback.alerts_until(measured.transfer, measured.saves)
    yield (
        f"An alert then has {measured.lean} bytes instead of {measured.plain}. That is earned back after {until:.0f} alerts, "
        f"in {_days(payback.days_until(measured.transfer, measured.saves, outcome.daily))}."
    )
    yield (
        "A larger one saves more of each alert and costs more to fetch; this size leaves a device most after "
        f"{HORIZON_DAYS} days."
    )


def _why_not(outcome: Outcome) -> str:
    best = max(outcome.trials, key=lambda trial: trial.measured.saves)
    if not best.measured.saves:
        return "The one that ships does as well on these alerts."
    until = payback.alerts_until(best.measured.transfer, best.measured.saves)
    return f"At {_rate(outcome.daily)} alerts a day, {until:.0f} alerts are too far away."


def kept(trial: Trial) -> str:
    """What is said when a dictionary has been put in use."""
    return (
        f"In use: {trial.dictionary.address.hex()}. A running hub offers it to devices from their next connection on; "
        "`tocsin-hub dictionary use shipped` takes that back.\n"
    )


def listed_size(dictionary: Dictionary) -> str:
    """The size of a dictionary."""
    return size(len(dictionary.data))


def size(count: float) -> str:
    """Bytes as a person reads them."""
    return f"{count:.0f} bytes" if count < 10 * KB else f"{count / KB:.0f} KB"


def _signed(gain: float) -> str:
    return f"{'+' if gain > 0 else '-'}{size(abs(gain))}"


def _rate(daily: float) -> str:
    return f"{daily:.2g}" if daily < 10 else f"{daily:.0f}"


def _days(days: float) -> str:
    if math.isinf(days):
        return "no time that can be told"
    return f"{days:.0f} days" if days >= 2 else f"{max(1.0, days * 24):.0f} hours"
