"""CAP times: an instant in whole seconds and the offset it was written with, so that the same text comes out again.

CAP 1.2 §3.3.2 writes 2002-05-24T16:49:00-07:00, and UTC as -00:00. Files in the wild also say +00:00, Z, and
fractions of a second. The first is kept apart from -00:00; `read_loosely` reads the others and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

OFFSET_MINUTES_MAX = 14 * 60  # xs:dateTime
_EPOCH = datetime(1970, 1, 1)
_CAP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([+-])(\d\d):(\d\d)", re.ASCII)
_LOOSE = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)", re.ASCII
)
_FORM = "write it as 2026-03-01T08:30:00+03:00"


@dataclass(frozen=True)
class CapTime:
    """An instant as CAP writes it.

    `seconds` since 1970-01-01 UTC, whole; `offset_minutes` east of UTC as written, None where that was "-00:00".
    """

    seconds: int
    offset_minutes: int | None = None

    def __post_init__(self) -> None:
        """ValueError for what no CAP text can say: an offset of more than 14 hours, a year outside 1 to 9999."""
        if abs(self.offset_minutes or 0) > OFFSET_MINUTES_MAX:
            raise ValueError(f"the offset of {self.offset_minutes} minutes is more than 14 hours")
        try:
            self._local()
        except OverflowError:
            raise ValueError(f"{self.seconds} seconds since 1970 lies outside the years 1 to 9999") from None

    def __str__(self) -> str:
        """CAP's text, as it was read."""
        offset = self.offset_minutes or 0
        sign = "-" if self.offset_minutes is None or offset < 0 else "+"
        hours, minutes = divmod(abs(offset), 60)
        return f"{self._local().isoformat(timespec='seconds')}{sign}{hours:02}:{minutes:02}"

    def _local(self) -> datetime:
        return _EPOCH + timedelta(seconds=self.seconds, minutes=self.offset_minutes or 0)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """In JSON and for pydantic: CAP's text."""
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(pattern=f"^{_CAP.pattern}$"),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A string with CAP's pattern, in what is read and in what is written."""
        return {
            "type": "string",
            "pattern": f"^{_CAP.pattern}$",
            "examples": ["2026-03-01T08:30:00+03:00"],
            "description": "CAP time: whole seconds and the offset, UTC as -00:00",
        }


def parse(text: str) -> CapTime:
    """Read a time in CAP's form; ValueError says what is wrong with it."""
    match = _CAP.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:60]!r} is not a time as CAP writes it; {_FORM}")
    local, sign, hours, minutes = match.groups()
    return _made(text, local, sign, int(hours), int(minutes))


def read_loosely(text: str) -> tuple[CapTime, str | None]:
    """Read a time in CAP's form or one that files in the wild have; the second value says how it differed.

    Read besides: Z, fractions of a second (dropped), no seconds, a space for the T, offsets like +0300 and +03.
    """
    if _CAP.fullmatch(text):
        return parse(text), None
    match = _LOOSE.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:60]!r} is not a time; {_FORM}")
    date, clock, seconds, fraction, _, sign, hours, minutes = match.groups()
    time = _made(text, f"{date}T{clock}{seconds or ':00'}", sign or "-", int(hours or 0), int(minutes or 0))
    lost = " (the fraction of a second is left out)" if fraction and int(fraction) else ""
    return time, f"{text!r} is not in CAP's form; read as {time}{lost}"


def _made(text: str, local: str, sign: str, hours: int, minutes: int) -> CapTime:
    offset = hours * 60 + minutes
    try:
        if minutes > 59:
            raise ValueError("an offset has at most 59 minutes beside its hours")
        at = datetime.fromisoformat(local)
        signed = -offset if sign == "-" else offset
        seconds = (at - _EPOCH - timedelta(minutes=signed)) // timedelta(seconds=1)
        return CapTime(seconds, None if sign == "-" and offset == 0 else signed)
    except ValueError as problem:
        raise ValueError(f"{text[:60]!r} is not a time that exists: {problem}") from None


def _validated(value: object) -> CapTime:
    if isinstance(value, CapTime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("cap", "must be a time as text; {form}", {"form": _FORM})
    try:
        return parse(value)
    except ValueError as problem:
        raise PydanticCustomError("cap", "{problem}", {"problem": str(problem)}) from None
