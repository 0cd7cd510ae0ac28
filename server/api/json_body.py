"""JSON from outside, read strictly: UTF-8, no key twice, no NaN, no number beyond a double, bounded nesting."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from alerts.cap.violations import path_of
from server.api.problems import ProblemError

Model = TypeVar("Model", bound=BaseModel)

VIOLATIONS_MAX = 200

NESTING_MAX = 32
"""Arrays and objects within each other; an alert has nine levels."""


def read_json(body: bytes) -> Any:
    """The value in a body.

    Raises ProblemError `body-invalid`: says what is wrong and, where it can be said, in which line and column.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(f"the body is not UTF-8: byte {error.start} is {body[error.start]:#04x}") from None
    if not text.strip():
        raise _invalid("the body is empty; JSON was expected")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float)
    except json.JSONDecodeError as error:
        raise _invalid(f"the body is not JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # int() refuses thousands of digits
        raise _invalid(f"the body has a number that cannot be read: {error}") from None
    _check_depth(value)
    return value


def _invalid(detail: str) -> ProblemError:
    return ProblemError("body-invalid", detail)


def _too_deep() -> ProblemError:
    return _invalid(f"the body is nested too deeply; at most {NESTING_MAX} levels are read")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _invalid(f"an object has the key {twice[:80]!r} twice; which of the two values is meant?")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _invalid(f"{name} is not JSON (RFC 8259 §6)")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _invalid(f"the number {text[:40]} is too large")
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(NESTING_MAX):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    if any(isinstance(inner, dict | list) for inner in level):
        raise _too_deep()


def read_as(body: bytes, kind: type[Model]) -> Model:
    """A body as a type. Raises ProblemError naming everything that is wrong with it."""
    value = read_json(body)
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise ProblemError("content-invalid", _summary(told(error)), violations=told(error)) from None


def told(error: ValidationError) -> list[dict[str, str]]:
    """What pydantic found wrong, as violations."""
    found = error.errors(include_url=False, include_context=False)[:VIOLATIONS_MAX]
    return [{"path": _where(one["loc"]), "problem": _words(one["type"], one["msg"])} for one in found]


def _where(location: tuple[int | str, ...]) -> str:
    return path_of(location) if location else "body"


def _words(kind: str, message: str) -> str:
    if kind in ("model_type", "dict_type"):
        return "must be an object"  # pydantic's own words name our classes
    words = message.removeprefix("Value error, ")
    return words[:1].lower() + words[1:]


def _summary(violations: list[dict[str, str]]) -> str:
    first = f"{violations[0]['path']}: {violations[0]['problem']}"
    return first if len(violations) == 1 else f"{first}; and {len(violations) - 1} more"
