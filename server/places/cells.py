"""What cells of a table say, as values; each reader answers the value, or a CellError that says what would be right.

Among what it catches is what spreadsheets do to cells that they take for numbers: 00312 becomes 312, a telephone number
2.547E+11.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from alerts import limits
from alerts.cap.language import ALL, is_well_formed
from server.publish import ROLE_CHARS_MAX
from server.store import areas
from server.store.records import AreaKind, Point

NAME_CHARS_MAX = 200
DEVICE_NAME_CHARS_MAX = 100
ON_A_DEVICE_MAX = 100
PHONE_DIGITS_MIN, PHONE_DIGITS_MAX = 5, 20
REFERENCE_CHARS_MAX = 64
_AS_TEXT = "format the column as text in the spreadsheet, and write it again"
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*E[+-]?[0-9]+", re.ASCII | re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,3}([.,][0-9]+)?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]+", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s().\-/\u00a0\u202f]")
_ZEROS = re.compile(r"(?<![A-Za-z0-9._])0+(?=[A-Za-z0-9._])")
_KINDS = {
    **dict.fromkeys(("", "area", "zone", "aire", "region", "district"), AreaKind.AREA),
    **dict.fromkeys(("facility", "etablissement", "structure", "formationsanitaire", "centre"), AreaKind.FACILITY),
}


class CellError(Exception):
    """A cell is wrong: what is the matter, and what would be right."""

    def __init__(self, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected


def code(text: str) -> str:
    """The code of an area."""
    if not text:
        raise CellError("it is empty", "a code, like KE-047-0312")
    if _SCIENTIFIC.fullmatch(text):
        raise CellError("a spreadsheet has made a number of the code", _AS_TEXT)
    if not areas.is_well_formed(text):
        raise CellError(
            "it is no code", "letters, digits, dots and underscores, the levels joined by hyphens: KE-047-0312"
        )
    return text


def without_zeros(one: str) -> str:
    """A code as a spreadsheet leaves it that drops leading zeros."""
    return _ZEROS.sub("", one)


def lost_zeros(one: str, others: Collection[str], bare: dict[str, str]) -> None:
    """Raises CellError: a code is not among `others`, but would be with leading zeros. `bare`: without zeros → as it is there."""
    if one not in others and (meant := bare.get(one)) is not None and meant != one:
        raise CellError("a spreadsheet may have dropped leading zeros", f"{meant} (format the column as text)")


def name(text: str, chars_max: int = NAME_CHARS_MAX) -> str:
    """What an area or a device is called."""
    if not text:
        raise CellError("it is empty", "a name")
    if len(text) > chars_max:
        raise CellError(f"the name has {len(text)} characters", f"at most {chars_max}")
    return text


def kind(text: str, plain: str) -> AreaKind:
    """Whether it is an area or a facility."""
    if plain not in _KINDS:
        raise CellError("it is no kind of place", "area or facility")
    return _KINDS[plain]


def point(lat: str, lon: str) -> Point | None:
    """A place; None where both are empty. The error's problem begins with the column that it is about."""
    if not lat and not lon:
        return None
    return Point(_degrees(lat, 90, "latitude"), _degrees(lon, 180, "longitude"))


def _degrees(text: str, most: int, column: str) -> float:
    expected = f"degrees between -{most} and {most}, like -1.28333"
    if not text:
        raise CellError("one of latitude and longitude is missing", expected)
    if not _DECIMAL.fullmatch(text):
        raise CellError(f"it is no {column} in decimal degrees", expected)
    value = round(float(text.replace(",", ".")), 6)
    if abs(value) > most:
        raise CellError(f"it is no {column}: it lies beyond {most} degrees", expected)
    return value


def reference(text: str) -> str:
    """The ministry's own name of a device or its user."""
    if _SCIENTIFIC.fullmatch(text):
        raise CellError("a spreadsheet has made a number of the reference", _AS_TEXT)
    if len(text) > REFERENCE_CHARS_MAX:
        raise CellError(f"the reference has {len(text)} characters", f"at most {REFERENCE_CHARS_MAX}")
    return text


def phone(text: str) -> str | None:
    """A telephone number, in digits, with + where it has one; None where the cell is empty."""
    if not text:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise CellError("a spreadsheet has rounded the number", _AS_TEXT)
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _PHONE.fullmatch(digits) or not PHONE_DIGITS_MIN <= len(digits.lstrip("+")) <= PHONE_DIGITS_MAX:
        raise CellError("it is no telephone number", "digits, with + and the country's code in front: +254700123456")
    return digits


def words(text: str) -> tuple[str, ...]:
    """Several values in one cell, separated by commas, semicolons or bars; each once."""
    return tuple(dict.fromkeys(word for piece in re.split(r"[,;|]", text) if (word := piece.strip())))


def codes(text: str) -> tuple[str, ...]:
    """Codes of areas in one cell, also separated by spaces."""
    found = tuple(dict.fromkeys(code(word) for word in re.split(r"[,;|\s]+", text) if word))
    if len(found) > ON_A_DEVICE_MAX:
        raise CellError(f"it names {len(found)} areas", f"at most {ON_A_DEVICE_MAX}")
    return found


def roles(text: str) -> tuple[str, ...]:
    """Roles of the device's user."""
    found = words(text)
    long = next((role for role in found if len(role) > ROLE_CHARS_MAX), None)
    if long is not None:
        raise CellError(
            f"a role has {len(long)} characters", f"at most {ROLE_CHARS_MAX}; several are separated by commas"
        )
    if len(found) > ON_A_DEVICE_MAX:
        raise CellError(f"it names {len(found)} roles", f"at most {ON_A_DEVICE_MAX}")
    return found


def languages(text: str) -> tuple[str, ...] | None:
    """Languages, best first; None where the cell is empty: it is left to the device."""
    found = tuple(dict.fromkeys(word for word in re.split(r"[,;|\s]+", text) if word))
    for tag in found:
        if tag != ALL and not is_well_formed(tag):
            raise CellError(f"{tag[:40]!r} is no language tag", "tags of BCP 47, best first, like: sw en")
    if len(found) > limits.LANGUAGES_MAX:
        raise CellError(f"it names {len(found)} languages", f"at most {limits.LANGUAGES_MAX}")
    return found or None
