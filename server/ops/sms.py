"""How long a text is as an SMS: in GSM 7-bit, or in UCS-2 as soon as one character is not in that alphabet.

A message of one segment holds 160 units of GSM 7-bit or 70 of UCS-2; of several, 153 or 67 each (3GPP TS 23.040 §9.2.3.24.1: the
rest numbers them). Characters of the extension table (3GPP TS 23.038 §6.2.1.1) take two units, and a character outside
the Basic Multilingual Plane two of UCS-2; neither is cut in two by the end of a segment.
"""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

GSM_ONE, GSM_MANY = 160, 153
UCS_ONE, UCS_MANY = 70, 67


@dataclass(frozen=True, slots=True)
class SmsLength:
    """The encoding, the units that the text takes in it, and into how many segments it is cut."""

    encoding: str
    units: int
    segments: int


def sms_length(text: str) -> SmsLength:
    """How a text goes out as SMS."""
    is_gsm = all(one in _BASIC or one in _EXTENDED for one in text)
    units = (
        [2 if one in _EXTENDED else 1 for one in text] if is_gsm else [2 if ord(one) > 0xFFFF else 1 for one in text]
    )
    one, many = (GSM_ONE, GSM_MANY) if is_gsm else (UCS_ONE, UCS_MANY)
    total = sum(units)
    return SmsLength("GSM-7" if is_gsm else "UCS-2", total, 1 if total <= one else _segments(units, many))


def _segments(units: list[int], size: int) -> int:
    segments, left = 1, size
    for unit in units:
        if unit > left:
            segments, left = segments + 1, size
        left -= unit
    return segments
