from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.cap.model import Alert
from alerts.cap.terms import Status
from server.ops import message
from server.ops.message import AlertWords, check_text, figures_text, shortened, span_text, tell, tell_silence, words_of
from server.ops.rules import Act, Figures, Step, Target, Unless, Whom
from server.ops.sms import sms_length
from tests.support.stores import make_alert

STEP = Step(1800, (Target(Whom.CONTACT, "ops"),), Unless(Act.ACKNOWLEDGED, 80))
WORDS = AlertWords(Status.ACTUAL, "Extreme", "Boil all water.", "Cholera", "Dr Achieng 0700 000000")
FIGURES = Figures(40, 12, tuple(f"Clinic {letter}" for letter in "ABCDEFGHIJKL"), ("KE-047",))


def test_a_message_has_the_alert_the_figures_the_age_and_whom_to_call() -> None:
    text = tell(WORDS, STEP, FIGURES, age_s=1870, late_s=10)
    assert text == (
        "Extreme: Boil all water. 12 of 40 devices in KE-047 have not acknowledged, 31 min after it was sent. "
        "Not yet: Clinic A, Clinic B, Clinic C, +9. Call: Dr Achieng 0700 000000"
    )
    assert sms_length(text).encoding == "GSM-7"


def test_an_exercise_begins_with_that_word_and_what_is_late_says_so() -> None:
    text = tell(replace(WORDS, status=Status.EXERCISE), STEP, FIGURES, age_s=5400, late_s=3600)
    assert text.startswith("EXERCISE. Extreme: ")
    assert "1 h 30 min after it was sent (1 h late)." in text
    own = replace(STEP, text="{headline}")
    assert tell(replace(WORDS, status=Status.TEST), own, FIGURES, age_s=0, late_s=0) == "TEST. Boil all water."


def test_a_step_says_it_in_its_own_words() -> None:
    step = replace(STEP, text="Piga simu {call}: {figures} {late} {unknown}")
    assert tell(WORDS, step, FIGURES, age_s=60, late_s=0) == (
        "Piga simu Dr Achieng 0700 000000: 12 of 40 devices in KE-047 have not acknowledged {unknown}"
    )


@pytest.mark.parametrize("letter", ["x", "ለ"])
def test_what_is_too_long_for_three_segments_is_shortened_but_for_the_figures(letter: str) -> None:
    words = replace(WORDS, headline=letter * 400, call=letter * 400)
    figures = replace(FIGURES, names=tuple(letter * 90 + str(number) for number in range(12)))
    text = tell(words, STEP, figures, age_s=60, late_s=0)
    assert "12 of 40 devices in KE-047 have not acknowledged" in text
    assert sms_length(text).segments <= 4
    assert len(text) < len(message._tell(words, STEP, figures, age_s=60, late_s=0, names=3, chars=160))


@pytest.mark.parametrize(
    ("figures", "act", "expected"),
    [
        (Figures(40, 12), Act.ACKNOWLEDGED, "12 of 40 devices have not acknowledged"),
        (Figures(1, 1), Act.DELIVERED, "1 of 1 device has not got it"),
        (Figures(2, 0, (), ("A", "B", "C", "D")), Act.SEEN, "0 of 2 devices in A, B, C, +1 have not seen it"),
        (Figures(5, 5), Act.ANSWERED, "5 of 5 devices have not answered"),
        (Figures(0, 0, (), ("A",)), Act.ACKNOWLEDGED, "No device in A is addressed"),
    ],
)
def test_figures(figures: Figures, act: Act, expected: str) -> None:
    assert figures_text(figures, act) == expected


def test_the_words_are_in_the_contacts_language() -> None:
    info: dict[str, Any] = make_alert().to_json()["info"][0]
    alert = make_alert(
        info=[
            {**info, "language": "en", "headline": "Boil  water", "contact": "Call\n0700"},
            {**info, "language": "sw", "event": "Kipindupindu"},
        ]
    )
    assert words_of(alert, "").headline == "Boil water"
    assert words_of(alert, "en-KE").call == "Call 0700"
    assert words_of(alert, "sw").headline == "Kipindupindu"
    assert words_of(alert, "sw").call == "ops@health.example"


def test_an_alert_without_an_info_has_words_too() -> None:
    alert = Alert.from_json({**make_alert().to_json(), "info": []})
    assert words_of(alert, "sw").headline == "an alert"


@pytest.mark.parametrize(
    ("text", "words"),
    [("{headline} {late}", None), ("{head}", "there is no {head}"), ("{", "a brace stands alone"), ("a }", "a brace")],
)
def test_places_of_a_text_are_checked(text: str, words: str | None) -> None:
    found = check_text(text)
    assert found == words if words is None else found and words in found


def test_spans_and_cuts() -> None:
    spans = [span_text(seconds) for seconds in (0, 59, 60, 3600, 3660, 86_400, 97_200)]
    assert spans == ["less than 1 min", "less than 1 min", "1 min", "1 h", "1 h 1 min", "1 d", "1 d 3 h"]
    assert shortened("a long headline about water", 20) == "a long headline..."
    assert shortened("x" * 30, 20) == "x" * 17 + "..."
    assert shortened("short", 20) == "short"


def test_a_silence_is_told() -> None:
    usual = "devices heard 0 times in the last 3 h; at these hours it was 30 times or more, 40 as a rule"
    plain = Step(0, STEP.tell)
    assert tell_silence("area", "KE-047", usual, plain, age_s=120, late_s=0) == (
        f"Silence: area KE-047. {usual}. Noticed 2 min ago."
    )
    own = replace(plain, text="{headline}: {figures}")
    assert tell_silence("source", "who", "x", own, age_s=0, late_s=0) == "source who is silent: x"
