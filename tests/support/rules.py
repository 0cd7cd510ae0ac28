"""Any rule, for property tests."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from alerts.cap.terms import Category, Certainty, Severity, Status, Urgency
from server.ops.rules import Act, AlertMatch, Quiet, Rule, SilenceMatch, Step, Target, Unless, Whom, check

SUPERVISOR = Target(Whom.SUPERVISOR)
OFFICER = Target(Whom.ROLE, "district-officer")
WORDS = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)
NAMES = st.text("abcABC019._-", min_size=1, max_size=12).filter(
    lambda name: re.fullmatch(r"[A-Za-z0-9._]+(-[A-Za-z0-9._]+)*", name)
)
UNLESS = st.builds(Unless, st.sampled_from(Act), st.integers(1, 100))


def _targets(words: st.SearchStrategy[str]) -> st.SearchStrategy[Target]:
    contacts, roles = st.builds(Target, st.just(Whom.CONTACT), words), st.builds(Target, st.just(Whom.ROLE), words)
    return st.one_of(contacts, roles, st.just(SUPERVISOR))


def _unique(words: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(words, max_size=most, unique=True).map(tuple)


@st.composite
def rules(draw: st.DrawFn, *, names_only: bool = False) -> Rule:
    """Any rule; with `names_only` one whose names the API takes, and without texts."""
    words = NAMES if names_only else WORDS
    is_silence = draw(st.booleans())
    when: AlertMatch | SilenceMatch
    if is_silence:
        of = draw(st.sampled_from([None, *Quiet]))
        when = SilenceMatch(of, draw(_unique(words)) if of else ())
    else:
        when = AlertMatch(
            draw(st.none() | st.sampled_from(Severity)),
            draw(st.none() | st.sampled_from(Urgency)),
            draw(st.none() | st.sampled_from(Certainty)),
            tuple(draw(st.lists(st.sampled_from(Status), min_size=1, max_size=3, unique=True))),
            tuple(draw(st.lists(st.sampled_from(Category), max_size=3, unique=True))),
            draw(_unique(words)),
            draw(_unique(words)),
        )
    steps = []
    for after_s in sorted(draw(st.lists(st.integers(0, 30 * 86_400), min_size=1, max_size=4))):
        unless = None if is_silence or after_s == 0 else draw(st.none() | UNLESS)
        is_of_source = isinstance(when, SilenceMatch) and when.of is Quiet.SOURCE
        targets = draw(st.lists(_targets(words), min_size=1, max_size=3, unique=True))
        tell = tuple(one for one in targets if not is_of_source or one != SUPERVISOR) or (OFFICER,)
        steps.append(Step(after_s, tell, unless, draw(st.just("") if names_only else st.just("") | WORDS)))
    return check(Rule(when, tuple(steps)))
