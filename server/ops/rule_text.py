"""A rule in one line, as people write it in a command, and back.

    rule       = [ match { "," match } "," ] step { ";" step }
               | "silence of" subject [ when ] ":" tell { ";" when ":" tell }
    match      = SEVERITY | "urgency" WORD | "certainty" WORD | "severity" WORD
               | ( "status" | "category" | "event" | "area" ) WORD { "or" WORD }
    step       = [ "not" ACT "by" PERCENT ] when ":" tell
    when       = "within" DURATION | "after" DURATION | "at once"
    tell       = "tell" target { "and" target } [ "say" WORD ]
    target     = "contact" WORD | "role" WORD | "supervisor"
    subject    = "area" WORD { "or" WORD } | "source" WORD { "or" WORD } | "any area" | "any source" | "anything"

A WORD with white space or one of , ; : in it stands in double quotes, with \\" and \\\\ inside. `within` is under the condition
that stands before it, or under that of an earlier step; `after` and `at once` are under none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from alerts.cap.terms import Category, Certainty, Severity, Status, Term, Urgency
from alerts.errors import RuleError
from server.ops.rules import Act, AlertMatch, Quiet, Rule, SilenceMatch, Step, Target, Unless, Whom, check

TEXT_CHARS_MAX = 8000

_TOKEN = re.compile(r'\s*(?:(?P<mark>[,;:])|"(?P<quoted>(?:[^"\\]|\\["\\])*)"|(?P<word>[^\s,;:"]+))')
_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))

TermKind = TypeVar("TermKind", bound=Term)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    is_mark: bool = False
    is_quoted: bool = False

    def is_word(self, word: str) -> bool:
        return not self.is_mark and not self.is_quoted and self.text.casefold() == word.casefold()


_END = _Token("", -1, True)


def parse(text: str) -> Rule:
    """The rule that a line says. Raises RuleError: what was expected, what stands there, and at which character."""
    if len(text) > TEXT_CHARS_MAX:
        raise RuleError(f"a rule has at most {TEXT_CHARS_MAX} characters, not {len(text)}", "text")
    return check(_Parser(text).rule())


class _Parser:
    """One line, read from left to right with one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read())
        self._at = 0
        self._unless: Unless | None = None

    # -- tokens -------------------------------------------------------------------------------------------------------

    def _read(self) -> Iterable[_Token]:
        at, end = 0, len(self._text.rstrip())
        while at < end:
            found = _TOKEN.match(self._text, at)
            if found is None:
                start = at + len(self._text[at:]) - len(self._text[at:].lstrip())
                raise self._wrong_at(start, 'a closing " is missing, or a \\ stands before something else than " or \\')
            kind = str(found.lastgroup)
            raw = found[kind]
            text = re.sub(r'\\(["\\])', r"\1", raw) if kind == "quoted" else raw
            start = found.start(kind) - (1 if kind == "quoted" else 0)
            yield _Token(text, start, kind == "mark", kind == "quoted")
            at = found.end()

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, *words: str) -> bool:
        """Whether these words come next."""
        coming = self._tokens[self._at : self._at + len(words)]
        return len(coming) == len(words) and all(token.is_word(word) for token, word in zip(coming, words, strict=True))

    def _taken(self, *words: str) -> bool:
        if self._is(*words):
            self._at += len(words)
            return True
        return False

    def _mark(self, mark: str) -> bool:
        if self._next.is_mark and self._next.text == mark:
            self._at += 1
            return True
        return False

    def _wrong(self, expected: str) -> RuleError:
        token = self._next
        found = "the end" if token is _END else f"{token.text[:40]!r}"
        return self._wrong_at(
            len(self._text.rstrip()) if token is _END else token.at, f"expected {expected}, found {found}"
        )

    def _wrong_at(self, at: int, words: str) -> RuleError:
        before, after = self._text[max(0, at - 30) : at], self._text[at : at + 20]
        return RuleError(f"{words}, at character {at + 1}: {before}▸{after}", "text")

    # -- the grammar --------------------------------------------------------------------------------------------------

    def rule(self) -> Rule:
        if self._taken("silence"):
            return self._silence_rule()
        when = self._alert_match()
        steps = [self._step()]
        while self._mark(";"):
            steps.append(self._step())
        self._ended()
        return Rule(when, tuple(steps))

    def _ended(self) -> None:
        if self._next is not _END:
            raise self._wrong('"and", "say", ";" or the end')

    def _alert_match(self) -> AlertMatch:
        found: dict[str, object] = {}
        while not self._begins_step():
            start = self._next
            name, value = self._match()
            if name in found:
                raise self._wrong_at(start.at, f"{name} is said twice; write several as: {name} X or Y")
            found[name] = value
            if not self._mark(","):
                raise self._wrong('"or", or ","')
        return AlertMatch(**found)  # type: ignore[arg-type]

    def _begins_step(self) -> bool:
        return self._is("not") or self._is("within") or self._is("after") or self._is("at", "once")

    def _match(self) -> tuple[str, object]:
        for word, kind in (("urgency", Urgency), ("certainty", Certainty), ("severity", Severity)):
            if self._taken(word):
                return word, self._term(kind)
        if self._taken("status"):
            return "status", self._several(lambda: self._term(Status))
        if self._taken("category"):
            return "category", self._several(lambda: self._term(Category))
        if self._taken("event"):
            return "event", self._several(lambda: self._word("a word of the event"))
        if self._taken("area"):
            return "areas", self._several(lambda: self._word("the code of an area"))
        if any(self._next.is_word(term) for term in Severity):
            return "severity", self._term(Severity)
        raise self._wrong(
            f"a severity ({', '.join(Severity)}), urgency, certainty, status, category, event, area, or a step (not …, "
            "within, after, at once)"
        )

    def _term(self, kind: type[TermKind]) -> TermKind:
        found = next((term for term in kind if self._next.is_word(term)), None)
        if found is None:
            raise self._wrong(f"one of {', '.join(kind)}")
        self._take()
        return found

    def _several(self, one: Callable[[], object]) -> tuple[object, ...]:
        found = [one()]
        while self._taken("or"):
            found.append(one())
        return tuple(dict.fromkeys(found))

    def _word(self, what: str) -> str:
        if self._next.is_mark:
            raise self._wrong(what)
        return self._take().text

    def _step(self) -> Step:
        if self._taken("not"):
            self._unless = self._condition()
            if not self._is("within"):
                raise self._wrong('"within" and a duration')
        start = self._next
        after_s, is_within = self._when()
        if is_within and self._unless is None:
            raise self._wrong_at(
                start.at, '"within" needs a condition before it, like: not acknowledged by 80% within 30m'
            )
        return self._tell(after_s, self._unless if is_within else None)

    def _condition(self) -> Unless:
        act = next((act for act in Act if self._next.is_word(act)), None)
        if act is None:
            raise self._wrong(f"one of {', '.join(Act)}")
        self._take()
        if not self._taken("by"):
            raise self._wrong('"by" and a share like 80%')
        found = re.fullmatch(r"(\d{1,3})%", self._next.text, re.ASCII)
        if self._next.is_mark or not found or not 1 <= int(found[1]) <= 100:
            raise self._wrong("a share from 1% to 100%")
        self._take()
        return Unless(act, int(found[1]))

    def _when(self) -> tuple[int, bool]:
        if self._taken("at", "once"):
            return 0, False
        if self._taken("within"):
            return self._duration(), True
        if self._taken("after"):
            return self._duration(), False
        raise self._wrong('"not", "within", "after" or "at once"')

    def _duration(self) -> int:
        found = None if self._next.is_mark else _DURATION.fullmatch(self._next.text.lower())
        if not found or not any(found.groups()):
            raise self._wrong("a duration like 30m, 2h, 1h30m or 1d")
        self._take()
        return sum(int(number) * unit for number, (_, unit) in zip(found.groups("0"), _UNITS, strict=True))

    def _tell(self, after_s: int, unless: Unless | None) -> Step:
        if not self._mark(":"):
            raise self._wrong('":" and whom to tell')
        if not self._taken("tell"):
            raise self._wrong('"tell"')
        targets = [self._target()]
        while self._taken("and"):
            targets.append(self._target())
        text = self._word("the words to say, in double quotes") if self._taken("say") else ""
        return Step(after_s, tuple(dict.fromkeys(targets)), unless, text)

    def _target(self) -> Target:
        if self._taken("supervisor") or self._taken("supervisors"):
            return Target(Whom.SUPERVISOR)
        if self._taken("contact"):
            return Target(Whom.CONTACT, self._word("the name of a contact"))
        if self._taken("role"):
            return Target(Whom.ROLE, self._word("the name of a role"))
        raise self._wrong('"contact" and a name, "role" and a name, or "supervisor"')

    def _silence_rule(self) -> Rule:
        if not self._taken("of"):
            raise self._wrong('"of"')
        when = self._subject()
        first = self._when()[0] if self._begins_step() and not self._is("within") else 0
        steps = [self._tell(first, None)]
        while self._mark(";"):
            if self._is("within") or self._is("not"):
                raise self._wrong('"after" and a duration: in a silence nothing can be acknowledged')
            steps.append(self._tell(self._when()[0], None))
        self._ended()
        return Rule(when, tuple(steps))

    def _subject(self) -> SilenceMatch:
        if self._taken("anything"):
            return SilenceMatch()
        for kind in Quiet:
            if self._taken("any", kind):
                return SilenceMatch(kind)
            if self._taken(kind):
                names = self._several(lambda: self._word("a name"))
                return SilenceMatch(kind, tuple(str(name) for name in names))
        raise self._wrong('"area" and a code, "source" and a name, "any area", "any source" or "anything"')


# -- back to text -----------------------------------------------------------------------------------------------------


def write(rule: Rule) -> str:
    """The rule as one line; `parse` gives the same rule back."""
    when = rule.when
    if isinstance(when, SilenceMatch):
        first, *others = rule.steps
        begun = (
            f"silence of {_subject_text(when)}{f' {_when_text(first)}' if first.after_s else ''}: {_tell_text(first)}"
        )
        return "; ".join([begun, *(f"{_when_text(step)}: {_tell_text(step)}" for step in others)])
    parts, stated = _match_texts(when), None
    steps = []
    for step in rule.steps:
        condition = f"not {step.unless.act} by {step.unless.percent}% " if step.unless and step.unless != stated else ""
        stated = step.unless or stated
        steps.append(f"{condition}{_when_text(step)}: {_tell_text(step)}")
    return ", ".join([*parts, "; ".join(steps)])


def _match_texts(when: AlertMatch) -> list[str]:
    parts = [str(when.severity)] if when.severity else []
    parts += [f"urgency {when.urgency}"] if when.urgency else []
    parts += [f"certainty {when.certainty}"] if when.certainty else []
    lists: list[tuple[str, tuple[str, ...]]] = [
        ("status", () if when.status == (Status.ACTUAL,) else when.status),
        ("category", when.category),
        ("event", when.event),
        ("area", when.areas),
    ]
    return parts + [f"{name} {' or '.join(map(_word_text, words))}" for name, words in lists if words]


def _subject_text(when: SilenceMatch) -> str:
    if when.of is None:
        return "anything"
    return f"{when.of} {' or '.join(map(_word_text, when.names))}" if when.names else f"any {when.of}"


def _when_text(step: Step) -> str:
    if step.after_s == 0:
        return "at once"
    return f"{'within' if step.unless else 'after'} {duration_text(step.after_s)}"


def duration_text(seconds: int) -> str:
    """A duration as rules write it: 1h30m."""
    parts = []
    for unit, size in _UNITS:
        number, seconds = divmod(seconds, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


def _tell_text(step: Step) -> str:
    targets = " and ".join(
        str(target.whom) if target.whom is Whom.SUPERVISOR else f"{target.whom} {_word_text(target.name)}"
        for target in step.tell
    )
    return f"tell {targets}" + (f" say {_quoted(step.text)}" if step.text else "")


def _word_text(word: str) -> str:
    return word if re.fullmatch(r'[^\s,;:"\\]+', word) else _quoted(word)


def _quoted(word: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", word)
    return f'"{escaped}"'
