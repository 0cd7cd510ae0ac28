"""What pydantic found wrong, in the words and paths that a person who wrote the alert understands."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alerts.errors import Violation

VIOLATIONS_MAX = 200  # named at once; what is hostile or hopeless may have a hundred thousand
_SHOWN_MAX = 60


def from_pydantic(error: ValidationError) -> list[Violation]:
    """Every violation, in the order of the model's fields; of more than VIOLATIONS_MAX the first, and how many more."""
    found = error.errors(include_url=False)
    violations = [Violation(path_of(details["loc"]), _problem(details)) for details in found[:VIOLATIONS_MAX]]
    return violations + more(len(found) - VIOLATIONS_MAX)


def more(count: int) -> list[Violation]:
    """That there are `count` more than are named, if there are."""
    return [Violation("alert", f"{count} more violations are not named")] if count > 0 else []


def path_of(location: Sequence[int | str]) -> str:
    """`("info", 0, "area", 1)` as `info[0].area[1]`; the alert itself is `alert`."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "alert"


def _problem(details: ErrorDetails) -> str:
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    match details["type"]:
        case "cap":
            return details["msg"]
        case "missing":
            return "is missing; CAP requires it"
        case "extra_forbidden":
            return "is not a name that CAP has here"
        case "enum":
            return _not_a_term(value, context["expected"])
        case "string_type":
            return f"must be text, in quotes; found {_kind(value)}"
        case "int_type" | "int_from_float":
            return f"must be a whole number; found {_kind(value)}"
        case "tuple_type":
            return f"must be a list; found {_kind(value)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"must be an object with CAP's names; found {_kind(value)}"
        case "too_short":
            return "is an empty list; CAP requires at least one"
        case _:
            return details["msg"].lower()


def _not_a_term(value: object, expected: str) -> str:
    terms = expected.replace("'", "").replace(" or ", ", ").split(", ")
    if value == "":
        return f"is empty; it must be one of {', '.join(terms)}"
    near = difflib.get_close_matches(str(value)[:_SHOWN_MAX].lower(), [term.lower() for term in terms], 1)
    meant = [term for term in terms if near and term.lower() == near[0]]
    hint = f"; did you mean {meant[0]}?" if meant else ""
    return f"{_shown(value)} is not one of {', '.join(terms)}{hint}"


def _shown(value: object) -> str:
    return repr(value[:_SHOWN_MAX]) if isinstance(value, str) else _kind(value)


def _kind(value: object) -> str:
    kinds = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
